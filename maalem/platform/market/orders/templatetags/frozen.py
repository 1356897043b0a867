"""Frozen words and codes in the language of the page."""

from collections.abc import Mapping

from babel import Locale
from django import template
from django.utils.translation import get_language

from maalem.platform.market.orders import words

register = template.Library()


@register.filter
def spoken(text: Mapping[str, str] | None) -> str:
    """`{"fr": …, "ar": …, "en": …}` in the page's language, or in one that it has."""
    return words.spoken(text, language=get_language() or "fr") if text else ""


@register.filter
def country(code: str) -> str:
    """A country's name in the page's language."""
    locale = Locale.parse((get_language() or "fr").split("-")[0])
    return locale.territories.get(code, code)
