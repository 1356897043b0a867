"""Marks between words, which other scripts write otherwise."""

from django import template
from django.utils.translation import get_language

register = template.Library()
_COMMAS = {"ar": "، "}


@register.filter
def also(words: object) -> str:
    """`, words` behind other words, with the comma of the page's script; nothing of nothing."""
    said = str(words or "")
    return f"{_COMMAS.get((get_language() or 'fr')[:2], ', ')}{said}" if said else ""
