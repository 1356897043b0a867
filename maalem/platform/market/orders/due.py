"""What a payment page asks for: line by line, in the payer's language. Nothing here writes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext, override

from maalem.platform.ground.gateway.shapes import Line
from maalem.platform.market.orders.models import Order, OrderGroup
from maalem.platform.market.orders.words import spoken
from maalem.platform.rows import rows

_LINES = """
SELECT o.position, o.seller, CASE o.balance_minor WHEN 0 THEN o.shipping_minor ELSE 0 END,
       l.title, l.unit_price_minor, l.quantity, l.total_minor - l.balance_minor, l.balance_minor
  FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
 WHERE o.group_id = %s ORDER BY o.position, l.position
"""
_BALANCE = """
SELECT title, balance_minor FROM orders_orderline
 WHERE order_id = %s AND balance_minor > 0 ORDER BY position
"""


@dataclass(frozen=True)
class Due:
    """What is asked, what it is for as the institution is told, and where the payer comes back."""

    lines: list[Line]
    reference: str
    success: str = "checkout:return"
    cancel: str = "checkout:back"


def at_once(group: OrderGroup) -> Due:
    """Every thing, or its deposit, then the carriage of each parcel: what is due when it is placed.

    A deposit is one line of its own, so that nobody takes it for the price.
    """
    found: list[Line] = []
    parcels: dict[int, tuple[str, int]] = {}
    with override(group.language):
        for position, seller, shipping, title, unit, quantity, now, later in rows(
            _LINES, [group.pk]
        ):
            parcels[position] = (seller, shipping)
            name = spoken(json.loads(title), language=group.language)
            if later:
                said = gettext("Deposit: %(thing)s") % {"thing": name}
                found.append(Line(said, now, currency=group.currency))
            else:
                found.append(Line(name, unit, quantity=quantity, currency=group.currency))
        for seller, shipping in parcels.values():
            if shipping:
                found.append(_carriage(json.loads(seller), shipping, group=group))
    return Due(found, reference=group.number)


def of_balance(order: Order, group: OrderGroup) -> Due:
    """What is left of every thing of a parcel, then its carriage."""
    with override(group.language):
        found = [
            Line(
                gettext("Balance: %(thing)s")
                % {"thing": spoken(json.loads(title), language=group.language)},
                balance,
                currency=order.currency,
            )
            for title, balance in rows(_BALANCE, [order.pk])
        ]
        if order.shipping_minor:
            found.append(_carriage(order.seller, order.shipping_minor, group=group))
    return Due(found, order.number, success="checkout:balance_return", cancel="checkout:balance")


def _carriage(seller: Mapping[str, str], amount_minor: int, *, group: OrderGroup) -> Line:
    said = {"seller": spoken(seller, language=group.language)}
    return Line(gettext("Delivery from %(seller)s") % said, amount_minor, currency=group.currency)
