"""Words kept in three languages, as they were on the day, and the numbers read out."""

from collections.abc import Mapping
from typing import Any

from babel import Locale
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from i18nfield.strings import LazyI18nString

LANGUAGES = ("fr", "ar", "en")


def frozen(text: Any) -> dict[str, str]:
    """What a translated field says now, in every language it has."""
    data = text.data if isinstance(text, LazyI18nString) else text
    if isinstance(data, Mapping):
        return {str(code): str(words) for code, words in data.items() if words}
    return {LANGUAGES[0]: str(data)} if data else {}


def spoken(words: Mapping[str, str], *, language: str) -> str:
    """The words in `language`, or in the first of French, English and Arabic that has them."""
    for code in (language.split("-")[0], "fr", "en", "ar"):
        if words.get(code):
            return words[code]
    return next(iter(words.values()), "")


def group_of(number: str) -> str:
    """The number of a purchase, of its own or of one of its parcels: `M-7K3D-92QF-1`."""
    return "-".join(number.split("-")[:3])


def place_of(address: Mapping[str, Any], *, country: str) -> list[str]:
    """The lines a parcel's label needs below the name, as the buyer gave them."""
    language = get_language() or "fr"
    if "commune_name" in address:
        commune = spoken(address["commune_name"], language=language)
        region = spoken(address.get("region_name", {}), language=language)
        lines = [
            _relay(address.get("relay"), language=language),
            *(address.get("quarter", ""), address.get("landmark", "")),
            *(commune, region),
        ]
    else:
        city = " ".join(filter(None, [address.get("postcode", ""), address.get("city", "")]))
        named = Locale.parse(language.split("-")[0]).territories.get(country, country)
        lines = [*address.get("lines", []), city, named]
    return [line for line in lines if line]


def _relay(relay: Mapping[str, Any] | None, *, language: str) -> str:
    """Where the carrier leaves it for her, and which carrier serves that place."""
    if relay is None:
        return ""
    name = spoken(relay["name"], language=language)
    return _("Relay point %(name)s (%(carrier)s)") % {"name": name, "carrier": relay["carrier"]}
