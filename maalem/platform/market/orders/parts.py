"""What each payment brought for a parcel, and what of it may still go back. Nothing here writes.

A parcel is paid by one payment, or by a deposit (with everything else of its group) and a balance
of its own. Money goes back to where it came from, so whoever gives back asks here first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Sum
from django.db.models.functions import Coalesce

from maalem.kit.money import split
from maalem.platform.market.orders.models import Order, Release
from maalem.platform.rows import rows

Source = TypeVar("Source")

_PARTS = """
SELECT p.id, p.order_id IS NOT NULL,
       CASE WHEN p.order_id IS NULL THEN %(deposit)s ELSE %(balance)s END,
       coalesce((SELECT sum(g.amount_minor) FROM orders_goodwill g WHERE g.payment_id = p.id
                    AND g.order_id = %(order)s AND g.status <> 'refused'), 0)::bigint
       + coalesce((SELECT sum(r.amount_minor) FROM orders_refund r WHERE r.payment_id = p.id
                      AND r.order_id = %(order)s), 0)::bigint
  FROM orders_payment p
 WHERE p.group_id = %(group)s AND p.verdict = 'accepted'
   AND (p.order_id IS NULL OR p.order_id = %(order)s)
 ORDER BY p.id DESC
"""


@dataclass(frozen=True, slots=True)
class Part:
    """What the payment of this id brought for a parcel, and has not gone back: centimes."""

    payment: int
    is_balance: bool
    paid_minor: int
    left_minor: int

    @property
    def suffix(self) -> str:
        """What keeps the keys of a deposit's row and of a balance's apart."""
        return "-balance" if self.is_balance else ""


def parts_of(order: Order) -> list[Part]:
    """What was paid for a parcel, the newest payment first. Nothing while nothing is paid."""
    asked = {
        "order": order.pk,
        "group": order.group_id,
        "deposit": order.deposit_minor,
        "balance": order.balance_minor,
    }
    found = rows(_PARTS, asked)
    return [
        Part(payment, of_balance, paid, paid - gone) for payment, of_balance, paid, gone in found
    ]


def left_of(order: Order) -> int:
    """What the buyer paid for a parcel and has not been given back, nor will be: centimes."""
    return sum(part.left_minor for part in parts_of(order))


def handed(order: Order) -> list[tuple[Release, int]]:
    """What the seller was handed for a parcel, and how much of each has not been taken back."""
    gone = Coalesce(Sum("reversals__amount_minor"), 0)
    found = Release.objects.filter(order=order).annotate(gone=gone).order_by("-pk")
    return [(release, release.amount_minor - release.gone) for release in found]


def spread(sources: Sequence[tuple[Source, int]], *, amount_minor: int) -> list[tuple[Source, int]]:
    """Take `amount_minor` out of sources of which so much is left; one alone where it has enough.

    Raises `ValueError` for more than is left.
    """
    for source, left_minor in sources:
        if left_minor >= amount_minor:
            return [(source, amount_minor)]
    taken = []
    for source, left_minor in sources:
        wanted = min(left_minor, amount_minor)
        if wanted:
            taken.append((source, wanted))
        amount_minor -= wanted
    if amount_minor:
        raise ValueError(f"{amount_minor} more than is left")
    return taken


def shares(net_minor: int, *, parts: Sequence[Part]) -> list[tuple[Part, int]]:
    """(part, centimes): a seller's share as her transfers bring it, each of its own payment."""
    brought = split(net_minor, weights=[part.paid_minor for part in parts])
    return list(zip(parts, brought, strict=True))
