"""Place an order: everything or nothing, in one transaction that calls nobody."""

import logging
from typing import Any

from django.db import OperationalError, transaction
from django.utils import timezone

from maalem.platform.market.cart import queries as carts
from maalem.platform.market.cart.actions import holds
from maalem.platform.market.cart.models import Cart
from maalem.platform.market.checkout import queries
from maalem.platform.market.checkout.actions import written
from maalem.platform.market.commission.decide import BrokenRule, NoRule
from maalem.platform.market.commission.queries import rules
from maalem.platform.market.orders.actions.move import alert
from maalem.platform.market.orders.models import OrderGroup
from maalem.platform.market.shipping.carriage import BrokenTariff
from maalem.platform.rows import row, rows, run

log = logging.getLogger(__name__)

LOCK_WAIT = "5s"
# PostgreSQL's codes for a lock not had in time and for a circle of waits that it broke.
_BUSY = frozenset({"55P03", "40P01"})
_WANTED = "SELECT variant_id, quantity FROM cart_cartline WHERE cart_id = %s"
_KNOWN = """
SELECT number, status = 'pending_payment', agreed = %s FROM orders_ordergroup
 WHERE cart_id = %s AND (status = 'pending_payment' OR (agreed = %s AND status = 'paid'))
 ORDER BY id DESC
"""


class Refused(Exception):
    """Nothing was written. `code`: empty, no_draft, relay, lines, changed, busy or stopped."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class OtherPending(Exception):
    """This cart waits for the payment of another purchase, `number`; close that one first."""

    def __init__(self, number: str) -> None:
        super().__init__(number)
        self.number = number


def place_order(*, cart: Cart, agreed: str, language: str, person: Any = None) -> OrderGroup:
    """Turn a cart into a group that waits for its payment, pieces held for 30 minutes.

    `agreed` is the digest of the review the buyer saw; anything that changed since (a price, a
    parcel's carriage, the address) refuses with `changed`, so nobody pays what was not shown.
    A second call for the same purchase returns the same group. Raises `Refused`, `OtherPending`.
    """
    try:
        with transaction.atomic():
            return _place(cart, agreed=agreed, language=language, person=person)
    except OperationalError as trouble:
        if getattr(trouble.__cause__, "sqlstate", "") in _BUSY:
            raise Refused("busy") from trouble
        raise
    except (BrokenRule, NoRule, BrokenTariff) as trouble:
        # The operator's lists can't be right. Nothing is sold by a guess; a person is told.
        log.exception("the sale is stopped")
        alert("sale_stopped", about=type(trouble).__name__, note=str(trouble))
        raise Refused("stopped") from trouble


def _place(cart: Cart, *, agreed: str, language: str, person: Any) -> OrderGroup:
    run("SELECT set_config('lock_timeout', %s, true)", [LOCK_WAIT])
    row("SELECT 1 FROM cart_cart WHERE id = %s FOR NO KEY UPDATE", [cart.pk])
    wanted = dict(rows(_WANTED, [cart.pk]))
    known = _placed_already(cart, agreed=agreed, is_empty=not wanted)
    if known is not None:
        return known
    draft = queries.draft_of(cart)
    if draft is None:
        raise Refused("no_draft")
    if not wanted:
        raise Refused("empty")
    stock = holds.lock_variants(wanted)
    contents = carts.contents(cart)
    if contents.stops:
        raise Refused("lines")
    today = timezone.localdate()
    plan = queries.plan_of(contents, draft=draft, on=today, lock=True)
    if queries.relay_is_shut(draft, plan=plan, on=today):
        raise Refused("relay")
    if plan.agreed != agreed:
        raise Refused("changed")
    sale = {"cart_id": cart.pk, "person_id": person.pk if person else None, "language": language}
    split = written.split(plan, rules=rules(), on=today)
    group = written.write(split, plan=plan, group={**sale, **queries.whom(draft)})
    try:
        holds.hold(wanted, stock=stock, cart=cart, reference=group.number)
    except holds.NotEnough:
        raise Refused("lines") from None
    return group


def _placed_already(cart: Cart, *, agreed: str, is_empty: bool) -> OrderGroup | None:
    found = dict.fromkeys(("pending", "bought"))
    for number, is_pending, same in rows(_KNOWN, [agreed, cart.pk, agreed]):
        if is_pending and not same:
            raise OtherPending(number)
        found["pending" if is_pending else "bought"] = number
    # Bought: a click that came after the payment. The cart is empty because it was bought.
    number = found["pending"] or (found["bought"] if is_empty else None)
    return OrderGroup.objects.get(number=number) if number else None
