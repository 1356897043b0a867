"""The one way a state changes: compare, set, and write it down."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.db.models.functions import Now

from maalem.platform.market.orders.models import (
    Alert,
    Goodwill,
    Order,
    OrderGroup,
    PaymentAttempt,
    Refund,
    Release,
    Reversal,
)
from maalem.platform.market.orders.states import (
    ASK_NEXT,
    ATTEMPT_NEXT,
    GROUP_NEXT,
    ORDER_NEXT,
    Moved,
    NotAllowed,
)
from maalem.platform.rows import run

TABLES: dict[type[models.Model], Any] = {
    OrderGroup: GROUP_NEXT,
    Order: ORDER_NEXT,
    PaymentAttempt: ATTEMPT_NEXT,
    Refund: ASK_NEXT,
    Goodwill: ASK_NEXT,
    Release: ASK_NEXT,
    Reversal: ASK_NEXT,
}
SYSTEM = "maalem"
_NOW = "statement_timestamp()"
_HISTORY = """
INSERT INTO orders_history (group_id, order_id, event, was, now, by, note)
SELECT unnest(%(groups)s::bigint[]), unnest(%(orders)s::bigint[]),
       %(event)s, %(was)s, %(now)s, %(by)s, %(note)s
"""


def move(*rows: Any, then: str, **values: Any) -> None:
    """Set the status of `rows` to `then` (and `values`) if all still are what they were read as.

    The rows are of one kind and in one status. Raises `NotAllowed` when the table has no such
    step, `Moved` when somebody was faster.
    """
    kind, now = type(rows[0]), str(rows[0].status)
    assert all((type(row), row.status) == (kind, now) for row in rows)
    if then not in TABLES[kind][now]:
        raise NotAllowed(what=str(rows[0]), now=now, then=then)
    ids = [row.pk for row in rows]
    told = {name: value for name, value in values.items() if not isinstance(value, Now)}
    done = run(_update(kind, values), {**told, "now": now, "then": str(then), "ids": ids})
    if done != len(ids):
        raise Moved(f"{rows} are no longer {now}")
    for row in rows:
        row.status = str(then)
        for name, value in told.items():
            setattr(row, name, value)


def _update(kind: type[models.Model], values: Mapping[str, Any]) -> str:
    """The statement; the names in it are the models' own and the callers', nobody's words."""
    sets = "".join(
        f', "{name}" = ' + (_NOW if isinstance(value, Now) else f"%({name})s")
        for name, value in values.items()
    )
    table = kind._meta.db_table
    return (
        f'UPDATE "{table}" SET status = %(then)s{sets}'  # noqa: S608
        " WHERE id = ANY (%(ids)s) AND status = %(now)s"
    )


def step(*rows: OrderGroup | Order, then: str, event: str, by: str = SYSTEM, **values: Any) -> None:
    """Move a group, or orders of one status, with a line of history each; it keeps `note=`."""
    note = values.pop("note", "")
    was = str(rows[0].status)
    move(*rows, then=then, **values)
    run(
        _HISTORY,
        {
            "groups": [row.group_id if isinstance(row, Order) else row.pk for row in rows],
            "orders": [row.pk if isinstance(row, Order) else None for row in rows],
            "event": event,
            "was": was,
            "now": str(then),
            "by": by,
            "note": note,
        },
    )


def write_down(group_id: int, *, event: str, by: str = SYSTEM, note: str = "") -> None:
    """A line of history for something that changed no state."""
    values = {"groups": [group_id], "orders": [None], "event": event, "by": by}
    run(_HISTORY, {**values, "was": "", "now": "", "note": note[:300]})


def alert(kind: str, *, about: str, note: str, group: OrderGroup | None = None) -> None:
    """Put something before a person of the platform, once for each thing it is about."""
    Alert.objects.get_or_create(
        kind=kind, about=about, defaults={"note": note[:500], "group": group}
    )


def settle_alert(kind: str, *, about: str) -> None:
    """It resolved itself: keep the alert, with the time."""
    Alert.objects.filter(kind=kind, about=about, settled_at=None).update(settled_at=Now())
