"""Small words of the till's pages."""

from babel.numbers import format_percent
from django import template
from django.utils.translation import get_language

from maalem.platform.market.till import bank_words, deed_words, words

register = template.Library()


@register.filter
def state_word(state: str) -> words.Word:
    """`paid` → Paid, in the page's language."""
    return words.STATES[state]


@register.filter
def state_icon(state: str) -> str:
    """The picture that goes with a state's word."""
    return words.ICONS[state]


@register.filter
def fee_word(kind: str) -> words.Word:
    """What a part of a fee is for."""
    return words.FEES.get(kind, words.FEES["stripe_fee"])


@register.filter
def taken(amount_minor: int) -> int:
    """An amount that goes off: its sign belongs inside the number, or it strays right to left."""
    return -amount_minor


@register.filter
def unlocalised(value: float) -> str:
    """A measure of a picture: a point in every language."""
    return f"{value:g}"


_TONES = {"paid": "done", "held": "clock", "disputed": "flag"}


@register.filter
def case_icon(tone: str) -> str:
    """The picture that goes with how a dispute stands."""
    return _TONES[tone]


@register.filter
def deed_word(kind: str) -> words.Word:
    """What somebody did, in words."""
    return deed_words.DEEDS.get(kind, kind)


@register.filter
def term_word(name: str) -> words.Word:
    """An amount that a side of the proof is made of."""
    return bank_words.TERMS.get(name, name)


@register.filter
def percent(share: float) -> str:
    """`0.875` → 88 %, as the page's language writes it."""
    language = (get_language() or "fr").split("-")[0]
    return format_percent(share, locale="ar_MA" if language == "ar" else language)
