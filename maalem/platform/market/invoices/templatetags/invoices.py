"""The papers of a purchase, on the buyer's page of a room below this one."""

from collections.abc import Mapping
from typing import Any

from django import template

from maalem.platform.market.invoices import queries
from maalem.platform.market.invoices.models import Invoice

register = template.Library()


@register.simple_tag
def papers_of(parcels: Any) -> dict[int, list[Invoice]]:
    """By the order's id; `parcels` are those of a purchase. One query."""
    return queries.of_orders([parcel.order.pk for parcel in parcels])


@register.filter
def of_order(found: Mapping[int, list[Invoice]], order: int) -> list[Invoice]:
    """The papers of the order of this id."""
    return found.get(order, [])
