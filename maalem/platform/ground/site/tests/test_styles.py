"""What the style sheets, fonts and templates of every room must keep to."""

import gzip
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[4]
SHEETS = sorted(PACKAGE.rglob("static/**/*.css"))
TEMPLATES = sorted((PACKAGE / "platform").rglob("templates/**/*.html"))
PHYSICAL = re.compile(
    r"(?:^|[;{\s])((?:margin|padding|border|inset)-(?:left|right|top|bottom)[\w-]*"
    r"|left|right|top|bottom|float|(?:min-|max-)?(?:width|height)"
    r"|border-(?:top|bottom)-(?:left|right)-radius)\s*:|text-align\s*:\s*(?:left|right)"
)
AT_RULE = re.compile(r"@media[^{]*\{|url\([^)]*\)|/\*.*?\*/", re.DOTALL)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_styles_know_no_left_and_right(sheet: Path):
    text = AT_RULE.sub(" ", sheet.read_text(encoding="utf-8"))
    assert [found.group(0).strip() for found in PHYSICAL.finditer(text)] == []


@pytest.mark.parametrize("page", TEMPLATES, ids=lambda path: path.name)
def test_templates_hold_no_inline_style_or_script(page: Path):
    text = page.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"<style\b|\son[a-z]+\s*=\s*[\"']", text)
    scripts = re.findall(r"<script\b[^>]*>", text)
    assert all("src=" in tag or "application/ld+json" in tag for tag in scripts)


def test_every_font_brings_its_licence():
    fonts = sorted(PACKAGE.rglob("static/**/*.woff2"))
    assert fonts
    for font in fonts:
        licence = font.with_suffix(".OFL.txt")
        assert "SIL Open Font License" in licence.read_text(encoding="utf-8")


def test_the_frame_is_light():
    static = PACKAGE / "platform" / "ground" / "site" / "static" / "site"
    script = gzip.compress((static / "site.js").read_bytes())
    styles = gzip.compress((static / "site.css").read_bytes())
    assert len(script) <= 30_000
    assert len(styles) <= 20_000
