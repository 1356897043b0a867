"""Countries a parcel may go to: their zone, their names, and whether they write a postcode.

The lists are data/countries.json: zones of the tariff, countries that write no postcode, and codes
of the language data that are no country one sends a parcel to.
"""

import json
from functools import lru_cache
from pathlib import Path

from babel import Locale

HOME = "MA"

_LISTS = {
    name: frozenset(codes.split())
    for name, codes in json.loads(
        (Path(__file__).parent / "data" / "countries.json").read_text(encoding="utf-8")
    ).items()
}


def zone(country: str) -> str:
    """The zone of the tariff: morocco, europe, north_america or rest."""
    if country == HOME:
        return "morocco"
    if country in _LISTS["europe"]:
        return "europe"
    return "north_america" if country in _LISTS["north_america"] else "rest"


def writes_postcode(country: str) -> bool:
    """Whether addresses there hold a postcode. In Morocco nobody is asked for one."""
    return country != HOME and country not in _LISTS["no_postcode"]


def needs_postcode(country: str) -> bool:
    """Whether a parcel without one goes astray there. Elsewhere it is asked, not required."""
    return writes_postcode(country) and zone(country) != "rest"


@lru_cache(maxsize=8)
def names(language: str) -> dict[str, str]:
    """Every country but Morocco by its name in `language`, in that language's order."""
    found = {
        code: name
        for code, name in Locale.parse(language.split("-")[0]).territories.items()
        if len(code) == 2 and code.isalpha() and code not in _LISTS["not_sent_to"] and code != HOME
    }
    return dict(sorted(found.items(), key=lambda item: _plain(item[1])))


def name(country: str, *, language: str) -> str:
    """One country's name, or its code where the language has none."""
    return Locale.parse(language.split("-")[0]).territories.get(country, country)


def _plain(text: str) -> str:
    from maalem.kit.text import fold

    return fold(text)
