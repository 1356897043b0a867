"""Small words of the artisan's pages."""

from collections.abc import Mapping

from django import template
from django.utils.translation import get_language

from maalem.platform.market.orders import words

register = template.Library()


@register.filter
def spoken(frozen: Mapping[str, str]) -> str:
    """`{"fr": …, "ar": …}` in the language of the page, or the nearest there is."""
    return words.spoken(frozen or {}, language=get_language() or "fr")


@register.filter
def taken(amount_minor: int) -> int:
    """An amount that goes off: its sign belongs inside the number, or it strays right to left."""
    return -amount_minor
