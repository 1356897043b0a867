"""A first visit stays light: markup, styles, script and fonts of the language, compressed."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.test import Client, RequestFactory

from maalem.platform.ground.site.squeeze import Squeeze

BUDGET = 100_000
SCRIPT_BUDGET = 30_000
FONTS = {
    "fr": ["commissioner"],
    "en": ["commissioner"],
    # Digits and Latin names stand in Arabic pages too.
    "ar": ["commissioner-plain", "noto-naskh-arabic", "el-messiri"],
}
FONT_BUDGET = {
    "commissioner": 31_000,
    "commissioner-plain": 23_000,
    "noto-naskh-arabic": 25_000,
    "el-messiri": 9_000,
}


@pytest.fixture(autouse=True)
def unhashed_static(settings: object) -> None:
    """Pages name their styles as the folders do, so that the test can weigh them."""
    settings.STORAGES = {  # type: ignore[attr-defined]
        **settings.STORAGES,  # type: ignore[attr-defined]
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


def static(name: str) -> bytes:
    found = finders.find(name)
    assert isinstance(found, str), name
    return Path(found).read_bytes()


def must_be_light(html: bytes, *, language: str) -> None:
    """A page and all that it names, without pictures, is within both budgets."""
    text = html.decode()
    sheets = set(re.findall(r'rel="stylesheet" href="/static/([^"]+)"', text))
    scripts = set(re.findall(r'<script src="/static/([^"]+)"', text))
    assert "site/site.css" in sheets
    script = sum(len(gzip.compress(static(name))) for name in scripts)
    weight = len(gzip.compress(html)) + script
    weight += sum(len(gzip.compress(static(name))) for name in sheets)
    weight += sum(len(static(f"design/fonts/{font}.woff2")) for font in FONTS[language])
    assert script <= SCRIPT_BUDGET
    assert weight <= BUDGET


@pytest.mark.django_db
@pytest.mark.parametrize("language", sorted(FONTS))
def test_a_first_visit_is_light(language: str):
    must_be_light(Client().get(f"/{language}/").content, language=language)


def test_every_script_of_all_pages_together_is_light():
    package = Path(__file__).resolve().parents[3]
    # The worker is no page's: the browser fetches it by itself, when the page stands already.
    scripts = sorted(set(package.rglob("static/**/*.js")) - set(package.rglob("worker.js")))
    assert {"htmx.min.js", "lively.js", "site.js"} <= {script.name for script in scripts}
    assert sum(len(gzip.compress(script.read_bytes())) for script in scripts) <= SCRIPT_BUDGET


def test_each_script_has_its_own_small_file():
    for font, budget in FONT_BUDGET.items():
        assert len(static(f"design/fonts/{font}.woff2")) <= budget
    assert len(static("design/fonts/noto-sans-tifinagh.woff2")) <= 12_000


@pytest.mark.django_db
def test_a_page_travels_compressed_to_whoever_asks():
    answer = Client(headers={"accept-encoding": "gzip"}).get("/ar/")
    assert answer["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer["Vary"]
    assert 'dir="rtl"' in gzip.decompress(answer.content).decode()
    assert not Client().get("/ar/").has_header("Content-Encoding")


def test_a_picture_is_left_as_it_is():
    picture = HttpResponse(b"RIFF" * 500, content_type="image/webp")
    squeeze = Squeeze(lambda request: picture)
    request = RequestFactory().get("/media/a.webp", headers={"accept-encoding": "gzip"})
    assert squeeze(request).content == b"RIFF" * 500
