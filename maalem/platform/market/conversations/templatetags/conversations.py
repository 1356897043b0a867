"""What was said last about each parcel, on pages of rooms below this one."""

from collections.abc import Mapping
from typing import Any

from django import template

from maalem.platform.market.conversations import queries
from maalem.platform.market.conversations.decide import TALKING
from maalem.platform.market.conversations.models import Entry
from maalem.platform.market.conversations.words import stage
from maalem.platform.market.orders.models import Order

register = template.Library()
register.filter("stage", stage)


@register.simple_tag
def last_words(parcels: Any) -> dict[int, Entry]:
    """By the order's id; `parcels` are those of a purchase. One query."""
    return queries.last_words(parcel.order.pk for parcel in parcels)


@register.filter
def is_open(order: Order) -> bool:
    """Whether something may be said of a parcel in this state."""
    return order.status in TALKING


@register.filter
def about(said: Mapping[int, Entry], order: int) -> Entry | None:
    """What was said last about the order of this id."""
    return said.get(order)
