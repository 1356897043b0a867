"""Every sentence of the payer's pages, in French, Arabic and English."""

import json
from importlib import resources

from markupsafe import Markup, escape

from maalem.kit.typography import french

LANGUAGES = ("fr", "ar", "en")
DEFAULT = "fr"
DIRECTIONS = {"ar": "rtl"}


def _load(language: str) -> dict[str, str]:
    text = (resources.files(__name__) / f"{language}.json").read_text(encoding="utf-8")
    loaded: dict[str, str] = json.loads(text)
    return {key: french(said) for key, said in loaded.items()} if language == "fr" else loaded


TEXTS = {language: _load(language) for language in LANGUAGES}


def say(language: str, key: str, **values: object) -> Markup:
    """The sentence `key`, safe for HTML, with `values` filled in (escaped unless Markup)."""
    return Markup(escape(TEXTS[language][key])).format(**values)


def choose(wanted: str | None, *, accepted: str = "") -> str:
    """The language asked for, else the first we have of an Accept-Language header, else French."""
    for word in (wanted or "", *(part.split(";")[0] for part in accepted.split(","))):
        language = word.strip().lower().split("-")[0].split("_")[0]
        if language in LANGUAGES:
            return language
    return DEFAULT
