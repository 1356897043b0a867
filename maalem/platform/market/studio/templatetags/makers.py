"""The parts of a co-operative's rule, as people say them."""

from decimal import Decimal

from django import template
from django.utils.formats import number_format

register = template.Library()


@register.filter
def percent(bps: int) -> str:
    """7 050 basis points are 70,5 %, as the page's language writes it."""
    whole, rest = divmod(bps, 100)
    return f"{number_format(Decimal(bps) / 100 if rest else whole)}\u00a0%"
