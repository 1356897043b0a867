"""Whatever a page or a message says is there in French and in Arabic, and nothing is left over."""

import re
from pathlib import Path

import pytest
from babel.messages import pofile

PLATFORM = Path(__file__).resolve().parent.parent / "maalem" / "platform"
ROOMS = sorted(path.parent for path in PLATFORM.rglob("apps.py"))
WORD = re.compile(r"""\{%\s*translate\s+(?:"([^"]+)"|'([^']+)')""")
BLOCK = re.compile(r"\{%\s*blocktranslate([^%]*)%\}(.*?)\{%\s*endblocktranslate\s*%\}", re.S)
PLURAL = re.compile(r"\{%\s*plural\s*%\}")
CODE = re.compile(r"\b(?:_|n?gettext(?:_lazy)?)\(\s*((?:\"(?:[^\"\\]|\\.)*\"\s*)+)")
LITERAL = re.compile(r"\"((?:[^\"\\]|\\.)*)\"")


def said_in_templates(room: Path) -> set[str]:
    found: set[str] = set()
    for path in [*room.rglob("*.html"), *room.rglob("*.txt")]:
        text = path.read_text(encoding="utf-8")
        found.update(one or other for one, other in WORD.findall(text))
        for options, body in BLOCK.findall(text):
            singular = PLURAL.split(body)[0]
            if "trimmed" in options:
                singular = " ".join(line.strip() for line in singular.strip().splitlines())
            found.add(re.sub(r"\{\{\s*(\w+)\s*\}\}", r"%(\1)s", singular))
    return found


def said_in_code(room: Path) -> set[str]:
    found: set[str] = set()
    for path in room.rglob("*.py"):
        if not {"tests", "migrations"} & set(path.parts):
            literals = CODE.findall(path.read_text(encoding="utf-8"))
            found.update("".join(LITERAL.findall(literal)) for literal in literals)
    return found


def translated(room: Path, language: str) -> dict[str, bool]:
    path = room / "locale" / language / "LC_MESSAGES" / "django.po"
    if not path.exists():
        return {}
    with path.open("rb") as source:
        entries = [entry for entry in pofile.read_po(source, locale=language) if entry.id]
    return {
        entry.id if isinstance(entry.id, str) else entry.id[0]: all(
            [entry.string] if isinstance(entry.string, str) else entry.string
        )
        for entry in entries
    }


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("room", ROOMS, ids=lambda room: str(room.relative_to(PLATFORM)))
def test_a_room_says_everything_in_both_languages(room, language):
    said = said_in_templates(room) | said_in_code(room)
    known = translated(room, language)
    assert sorted(said - {text for text, whole in known.items() if whole}) == []
    assert sorted(set(known) - said) == []


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("room", ROOMS, ids=lambda room: str(room.relative_to(PLATFORM)))
def test_a_translation_leaves_no_blank_unfilled(room, language):
    path = room / "locale" / language / "LC_MESSAGES" / "django.po"
    if not path.exists():
        return
    blank = re.compile(r"%\(\w+\)\w")
    with path.open("rb") as source:
        for entry in pofile.read_po(source, locale=language):
            if isinstance(entry.id, str) and isinstance(entry.string, str):
                assert set(blank.findall(entry.id)) == set(blank.findall(entry.string)), entry.id
