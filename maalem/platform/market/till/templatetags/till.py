"""Small words of the till's pages."""

from django import template

from maalem.platform.market.till import words

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
