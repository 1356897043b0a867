"""The one way a state changes: compare, set, and write it down."""

from typing import Any

from django.db import models
from django.db.models.functions import Now

from maalem.platform.market.orders.models import (
    Alert,
    History,
    Order,
    OrderGroup,
    PaymentAttempt,
    Refund,
    Release,
)
from maalem.platform.market.orders.states import (
    ASK_NEXT,
    ATTEMPT_NEXT,
    GROUP_NEXT,
    ORDER_NEXT,
    Moved,
    NotAllowed,
)

TABLES: dict[type[models.Model], Any] = {
    OrderGroup: GROUP_NEXT,
    Order: ORDER_NEXT,
    PaymentAttempt: ATTEMPT_NEXT,
    Refund: ASK_NEXT,
    Release: ASK_NEXT,
}
SYSTEM = "maalem"


def move(row: Any, *, then: str, **values: Any) -> None:
    """Set `row.status` to `then` (and `values`) if it is still what it was read as.

    Raises `NotAllowed` when the table has no such step, `Moved` when somebody was faster.
    """
    now = str(row.status)
    if then not in TABLES[type(row)][now]:
        raise NotAllowed(what=str(row), now=now, then=then)
    done = type(row).objects.filter(pk=row.pk, status=now).update(status=then, **values)
    if done != 1:
        raise Moved(f"{row} is no longer {now}")
    row.status = str(then)
    for name, value in values.items():
        if not hasattr(value, "resolve_expression"):
            setattr(row, name, value)


def step(
    row: OrderGroup | Order, *, then: str, event: str, by: str = SYSTEM, **values: Any
) -> None:
    """Move a group or an order and add the line to its history. `note=` goes to the history."""
    note = values.pop("note", "")
    was = str(row.status)
    move(row, then=then, **values)
    is_order = isinstance(row, Order)
    History.objects.create(
        group_id=row.group_id if isinstance(row, Order) else row.pk,
        order=row if is_order else None,
        event=event,
        was=was,
        now=str(then),
        by=by,
        note=note,
    )


def write_down(group_id: int, *, event: str, by: str = SYSTEM, note: str = "") -> None:
    """A line of history for something that changed no state."""
    History.objects.create(group_id=group_id, event=event, by=by, note=note[:300])


def alert(kind: str, *, about: str, note: str, group: OrderGroup | None = None) -> None:
    """Put something before a person of the platform, once for each thing it is about."""
    Alert.objects.get_or_create(
        kind=kind, about=about, defaults={"note": note[:500], "group": group}
    )


def settle_alert(kind: str, *, about: str) -> None:
    """It resolved itself: keep the alert, with the time."""
    Alert.objects.filter(kind=kind, about=about, settled_at=None).update(settled_at=Now())
