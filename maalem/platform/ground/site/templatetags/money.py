"""`{% load money %}`: amounts, telephones and measures as a person of the page's language reads
them. Every result is isolated, so that no digit swaps places in a right-to-left sentence."""

from decimal import Decimal
from functools import lru_cache

import phonenumbers
from babel import Locale
from babel.numbers import format_currency, format_decimal
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

register = template.Library()

# Moroccan Arabic writes Western digits (CLDR ar_MA); plain "ar" would not.
LOCALES = {"fr": "fr_MA", "ar": "ar_MA", "en": "en_GB"}
_MINOR = 100
# The sign of typography, as wide as a plus: a hyphen is easily overlooked before an amount.
_MINUS = "\u2212"
_KILO = 1000


@lru_cache
def _locale(language: str) -> Locale:
    return Locale.parse(LOCALES.get(language[:2], "fr_MA"))


@lru_cache(maxsize=20_000)
def _written(minor: int, currency: str, language: str, *, exact: bool = False) -> str:
    whole, cents = divmod(abs(minor), _MINOR)
    # Whole dirhams are how prices are said; the centimes appear when there are some.
    with_cents = exact or bool(cents)
    pattern = None if with_cents else _whole_pattern(language)
    sign = "-" if minor < 0 else ""
    amount = f"{sign}{whole}.{cents:02d}"
    if language[:2] == "ar":
        return _in_arabic(Decimal(amount), currency, cents=with_cents)
    text = format_currency(
        Decimal(amount),
        currency,
        format=pattern,
        locale=_locale(language),
        currency_digits=pattern is None,
    )
    return text.replace("\u200f", "").replace("\u200e", "").replace("-", _MINUS).strip()


# The full word: "د.م." puts two points at the end of a sentence, and a point between thousands
# reads as a decimal to whoever learnt numbers in English.
_ARABIC_UNITS = {"MAD": "درهم", "EUR": "يورو", "USD": "دولار"}


def _in_arabic(amount: Decimal, currency: str, *, cents: bool) -> str:
    """Western digits grouped by narrow spaces, a decimal comma, the currency's name.

    A negative number is isolated, else a right-to-left line moves its sign to the far end.
    """
    digits = format_decimal(abs(amount), format="#,##0.00" if cents else "#,##0", locale="fr")
    digits = f"\u2066{_MINUS}{digits}\u2069" if amount < 0 else digits
    return f"{digits}\u00a0{_ARABIC_UNITS.get(currency, currency)}"


@lru_cache
def _whole_pattern(language: str) -> str:
    return "¤#,##0" if language[:2] == "en" else "#,##0\u00a0¤"


@register.filter
def money(minor: int | None, currency: str = "MAD") -> SafeString | str:
    """`{{ 125000|money:"MAD" }}` → 1 250 MAD, in a <bdi>; `minor` is whole minor units."""
    if minor is None or minor == "":
        return ""
    text = _written(int(minor), currency, get_language() or "fr")
    return format_html('<bdi class="money">{}</bdi>', text)


@register.filter
def centimes(minor: int, currency: str = "MAD") -> SafeString:
    """`{{ 125000|centimes:"MAD" }}` → 1 250,00 MAD: for a column that is added up."""
    text = _written(int(minor), currency, get_language() or "fr", exact=True)
    return format_html('<bdi class="money">{}</bdi>', text)


@lru_cache(maxsize=5_000)
def _telephone(e164: str) -> str:
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


@register.filter
def phone(e164: object) -> SafeString | str:
    """`+212661000101` → +212 6 61 00 01 01, always left to right."""
    text = str(e164 or "")
    return format_html('<bdi dir="ltr" class="phone">{}</bdi>', _telephone(text)) if text else ""


@register.filter
def cm(mm: int | None) -> SafeString | str:
    """A length of `mm` millimetres in centimetres: 1250 → 125 cm, 85 → 8,5 cm."""
    if not mm:
        return ""
    unit = "سم" if (get_language() or "fr")[:2] == "ar" else "cm"
    return format_html("<bdi>{}\u00a0{}</bdi>", number(Decimal(mm) / 10), unit)


@register.filter
def weight(grams: int | None) -> SafeString | str:
    """`grams` as grams below a kilogram, as kilograms from there on."""
    if not grams:
        return ""
    arabic = (get_language() or "fr")[:2] == "ar"
    if grams < _KILO:
        return format_html("<bdi>{}\u00a0{}</bdi>", number(grams), "غ" if arabic else "g")
    kilos = number(round(Decimal(grams) / _KILO, 1).normalize())
    return format_html("<bdi>{}\u00a0{}</bdi>", kilos, "كغ" if arabic else "kg")


@register.filter
def number(value: float | Decimal) -> str:
    """A plain number with the language's separators."""
    return format_decimal(value, locale=_locale(get_language() or "fr"))


@register.filter
def hours(minutes: int) -> SafeString:
    """Working time: `1 h 30 min`."""
    whole, rest = divmod(minutes, 60)
    if not whole:
        said = _("{minutes} min").format(minutes=rest)
    elif not rest:
        said = _("{hours} h").format(hours=whole)
    else:
        said = _("{hours} h {minutes} min").format(hours=whole, minutes=rest)
    return format_html("<bdi>{}</bdi>", said)
