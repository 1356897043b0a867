"""Pieces put aside while somebody pays: held, then sold or free again, exactly once.

Every function here runs inside the caller's transaction and locks variants in id order, so that
two carts with the same things in another order never wait for each other in a circle.
"""

from collections.abc import Iterable, Mapping

from maalem.platform.market.cart.models import Cart, Hold
from maalem.platform.rows import rows, run

_STOCK = """
SELECT v.id, CASE p.supply WHEN 'made_to_order' THEN NULL ELSE v.on_hand - v.reserved END
  FROM catalog_variant v JOIN catalog_product p ON p.id = v.product_id
 WHERE v.id = ANY ({})
 ORDER BY v.id
   FOR NO KEY UPDATE OF v
"""
_LOCK = _STOCK.format("%s")
_LOCK_HELD = _STOCK.format(
    "ARRAY(SELECT variant_id FROM cart_hold WHERE reference = %s AND status = 'held')"
)
_HOLD = """
WITH wanted AS (SELECT unnest(%s::bigint[]) AS variant_id, unnest(%s::int[]) AS quantity),
     held AS (UPDATE catalog_variant v SET reserved = v.reserved + w.quantity FROM wanted w
               WHERE v.id = w.variant_id)
INSERT INTO cart_hold (cart_id, reference, variant_id, quantity, status)
SELECT %s, %s, variant_id, quantity, 'held' FROM wanted
"""
_MOVE = """
WITH moved AS (SELECT unnest(%s::bigint[]) AS variant_id, unnest(%s::int[]) AS quantity)
UPDATE catalog_variant v SET on_hand = v.on_hand + m.quantity FROM moved m
 WHERE v.id = m.variant_id
"""
_END = """
WITH ended AS (UPDATE cart_hold SET status = %(then)s::text, ended_at = statement_timestamp()
                WHERE reference = %(reference)s AND status = 'held'
               RETURNING variant_id, quantity)
UPDATE catalog_variant v
   SET reserved = v.reserved - e.quantity,
       on_hand = v.on_hand - CASE %(then)s::text WHEN 'consumed' THEN e.quantity ELSE 0 END
  FROM ended e WHERE v.id = e.variant_id
"""


class NotEnough(Exception):
    """Some pieces are gone. `missing` maps a variant's id to how many are free."""

    def __init__(self, missing: Mapping[int, int]) -> None:
        super().__init__(f"not enough of variants {sorted(missing)}")
        self.missing = dict(missing)


def lock_variants(ids: Iterable[int]) -> dict[int, int | None]:
    """How many of each variant are free, locked in id order until the commit. None: no limit."""
    return dict(rows(_LOCK, [list(ids)]))


def hold(
    wanted: Mapping[int, int], *, stock: Mapping[int, int | None], cart: Cart, reference: str
) -> None:
    """Hold `wanted` (variant id to quantity) of locked `stock`; `NotEnough` holds nothing."""
    counted = _counted(wanted, stock=stock)
    _check(counted, stock=stock)
    run(_HOLD, [list(counted), list(counted.values()), cart.pk, reference])


def consume(reference: str) -> int:
    """Sell what is held for `reference`; return how many holds ended (0 if none was held)."""
    return _end(reference, then=Hold.CONSUMED)


def release(reference: str) -> int:
    """Free what is held for `reference`; return how many holds ended (0 if none was held)."""
    return _end(reference, then=Hold.RELEASED)


def take(wanted: Mapping[int, int]) -> None:
    """Sell pieces that nobody holds any more (a payment that came late), or raise `NotEnough`."""
    stock = lock_variants(wanted)
    counted = _counted(wanted, stock=stock)
    _check(counted, stock=stock)
    run(_MOVE, [list(counted), [-quantity for quantity in counted.values()]])


def put_back(wanted: Mapping[int, int]) -> None:
    """Return sold pieces to the shelf: a paid order that was cancelled before it left."""
    counted = _counted(wanted, stock=lock_variants(wanted))
    run(_MOVE, [list(counted), list(counted.values())])


def _end(reference: str, *, then: str) -> int:
    rows(_LOCK_HELD, [reference])
    # Looked at under the locks: another worker may have ended them while we waited.
    return run(_END, {"reference": reference, "then": then})


def _counted(wanted: Mapping[int, int], *, stock: Mapping[int, int | None]) -> dict[int, int]:
    return {
        pk: quantity
        for pk, quantity in sorted(wanted.items())
        if pk not in stock or stock[pk] is not None
    }


def _check(wanted: Mapping[int, int], *, stock: Mapping[int, int | None]) -> None:
    missing = {}
    for pk, quantity in wanted.items():
        free = stock.get(pk) or 0
        if free < quantity:
            missing[pk] = max(free, 0)
    if missing:
        raise NotEnough(missing)
