"""How many pieces made to order a workshop takes on in a month, and from when on it has room.

What is taken on is counted from the orders themselves, so one that lapses or is called off frees
its place. An order belongs to one month, the first with room for it: its `making_from`.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from maalem.platform.rows import rows

_LIMITS = """
SELECT id, monthly_capacity FROM artisans_artisan
 WHERE id = ANY (%s) AND monthly_capacity IS NOT NULL ORDER BY id
"""
_LOCKED = _LIMITS + " FOR NO KEY UPDATE"
# Placed before orders had a month: of the month in which it was placed.
_TAKEN = """
SELECT o.artisan_id, m.month, sum(l.quantity)
  FROM orders_order o
  JOIN orders_ordergroup g ON g.id = o.group_id
  JOIN orders_orderline l ON l.order_id = o.id AND l.snapshot ->> 'supply' = 'made_to_order',
       LATERAL (SELECT date_trunc('month', coalesce(o.making_from, g.placed_at::date))::date)
           AS m(month)
 WHERE o.artisan_id = ANY (%s) AND m.month >= date_trunc('month', %s::date)
   AND o.status IN ('awaiting_payment', 'to_prepare', 'dispatched', 'delivered')
 GROUP BY 1, 2
"""


def begin(*, pieces: int, limit: int, taken: Mapping[date, int], today: date) -> date:
    """The day on which making `pieces` can begin: today, or the first of a month with room.

    `taken` is what each month has already, by its first day. More than a month's worth goes into
    the first month in which there is nothing else.
    """
    month = today.replace(day=1)
    while (there := taken.get(month, 0)) and there + pieces > limit:
        month = (month + timedelta(days=31)).replace(day=1)
    return max(today, month)


def begins(wanted: Mapping[int, int], *, on: date, lock: bool = False) -> dict[int, date]:
    """For each workshop that has a limit: from when on it makes so many pieces (by its id).

    With `lock` nobody else is promised the same place until the transaction ends.
    """
    limits = dict(rows(_LOCKED if lock else _LIMITS, [list(wanted)]))
    taken = taken_by(limits, on=on) if limits else {}
    return {
        pk: begin(pieces=wanted[pk], limit=limit, taken=taken.get(pk, {}), today=on)
        for pk, limit in limits.items()
    }


def taken_by(artisans: Iterable[int], *, on: date) -> dict[int, dict[date, int]]:
    """What each workshop has taken on, by the first day of each month from this one on."""
    found: dict[int, dict[date, int]] = {}
    for pk, month, pieces in rows(_TAKEN, [list(artisans), on]):
        found.setdefault(pk, {})[month] = int(pieces)
    return found
