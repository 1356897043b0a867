"""`{% load options %}`: whole numbers to choose from."""

from functools import lru_cache

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_CHOSEN = mark_safe(" selected")


@register.simple_tag
@lru_cache(maxsize=500)
def options(numbers: range, chosen: int) -> SafeString:
    """An `<option>` for each of `numbers`, in figures that a form reads back."""
    rows = ((str(one), _CHOSEN if one == chosen else "", str(one)) for one in numbers)
    return format_html_join("", '<option value="{}"{}>{}</option>', rows)
