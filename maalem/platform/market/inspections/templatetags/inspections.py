"""What hubs found good, on the buyer's page of a room below this one."""

from collections.abc import Mapping
from typing import Any

from django import template

from maalem.platform.market.inspections import queries
from maalem.platform.market.inspections.models import Inspection

register = template.Library()


@register.simple_tag
def found_good(parcels: Any) -> dict[int, Inspection]:
    """By the order's id; `parcels` are those of a purchase. One query."""
    return {one.order_id: one for one in queries.seen([parcel.order.pk for parcel in parcels])}


@register.filter
def at_hub(found: Mapping[int, Inspection], order: int) -> Inspection | None:
    """What a hub found good of the order of this id."""
    return found.get(order)
