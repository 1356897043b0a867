"""Small words of the artisan's pages."""

from collections.abc import Mapping

from django import template
from django.utils.translation import get_language

from maalem.platform.market.orders import words
from maalem.platform.market.shipping import hs

register = template.Library()


@register.filter
def spoken(frozen: Mapping[str, str]) -> str:
    """`{"fr": …, "ar": …}` in the language of the page, or the nearest there is."""
    return words.spoken(frozen or {}, language=get_language() or "fr")


@register.filter
def taken(amount_minor: int) -> int:
    """An amount that goes off: its sign belongs inside the number, or it strays right to left."""
    return -amount_minor


@register.filter
def hs_shown(code: str) -> str:
    """`570110` → 5701.10."""
    return hs.shown(code) if code else ""


@register.filter
def hs_name(code: str) -> str:
    """What the code's sub-heading is called in the language of the page; empty without words."""
    return spoken(hs.name(code)) if code else ""


@register.filter
def hs_chapter(code: str) -> str:
    """What the code's chapter is called in the language of the page."""
    return spoken(hs.chapter_name(code)) if code else ""
