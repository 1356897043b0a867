"""What pages ask of conversations. Nothing here writes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from maalem.platform.market.conversations.actions.say import may_show_stage, why_closed
from maalem.platform.market.conversations.models import Entry
from maalem.platform.market.conversations.states import Side, Stage
from maalem.platform.market.orders.models import Order

WAITS = timedelta(days=30)


@dataclass(frozen=True)
class Thread:
    """All that was said about a parcel, the oldest first."""

    order: Order
    entries: tuple[Entry, ...]
    why_closed: str
    may_show_stage: bool

    @property
    def stage(self) -> Stage | None:
        """How far the workshop said last that it is."""
        said = [one.stage for one in self.entries if one.stage]
        return Stage(said[-1]) if said else None


def of_purchase(group: str, order: str) -> Thread | None:
    """The conversation about one parcel of a purchase that was paid, or None."""
    rows = Order.objects.select_related("group", "artisan")
    found = rows.filter(group__number=group, number=order, group__paid_at__isnull=False).first()
    return of(found) if found else None


def of(order: Order) -> Thread:
    """The conversation about a paid order, in three queries."""
    entries = tuple(Entry.objects.filter(order=order).order_by("pk"))
    return Thread(order, entries, why_closed(order), may_show_stage(order))


def last_words(orders: Iterable[int]) -> dict[int, Entry]:
    """What was said last about each of these orders, by its id. One query."""
    rows = Entry.objects.filter(order_id__in=list(orders))
    return {one.order_id: one for one in rows.order_by("order_id", "-pk").distinct("order_id")}


def asked(orders: Iterable[int]) -> set[int]:
    """The orders whose buyer waits for an answer. One query.

    What is older than a month wants none any more: mostly it is a thank-you.
    """
    since = timezone.now() - WAITS
    last = last_words(orders)
    return {pk for pk, one in last.items() if one.side == Side.BUYER and one.at > since}
