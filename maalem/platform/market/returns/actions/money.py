"""The money of a return or a claim: two rows of the orders' room, asked by its jobs."""

from typing import Any

from django.db.models import Sum

from maalem.platform.market.orders.actions.goodwill import owe
from maalem.platform.market.orders.models import Order, Release, Reversal
from maalem.platform.market.returns import decide


def owe_for(
    order: Order, *, number: str, full: decide.Sum, amount_minor: int, by: str
) -> dict[str, Any]:
    """Write the two rows of what the buyer gets; return what the return or the claim says of them.

    The seller gives her share of just that, and never more than is left of what she was handed.
    """
    if not amount_minor:
        return {"amount_minor": 0, "share_minor": 0}
    share = min(decide.share_of(full, amount_minor=amount_minor), handed_left(order))
    given, reversal = owe(
        order,
        amount_minor=amount_minor,
        share_minor=share,
        key=f"return-{number}",
        by=by,
        note=number,
    )
    return {
        "amount_minor": amount_minor,
        "share_minor": share,
        "given": given,
        "reversal": reversal,
    }


def handed_left(order: Order) -> int:
    """What of her share the seller was handed and has not been asked for: centimes."""
    handed = Release.objects.get(order=order)
    taken = Reversal.objects.filter(release=handed).aggregate(all=Sum("amount_minor"))["all"]
    return handed.amount_minor - (taken or 0)
