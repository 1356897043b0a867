"""The money of a return or a claim: two rows of the orders' room, asked by its jobs."""

from typing import Any

from maalem.platform.market.orders.actions.goodwill import owe
from maalem.platform.market.orders.models import Order
from maalem.platform.market.orders.parts import handed
from maalem.platform.market.returns import decide


def owe_for(
    order: Order, *, number: str, full: decide.Sum, amount_minor: int, by: str
) -> dict[str, Any]:
    """Write the two rows of what the buyer gets; return what the return or the claim says of them.

    The seller gives her share of just that, and never more than is left of what she was handed.
    """
    if not amount_minor:
        return {"amount_minor": 0, "share_minor": 0}
    share = min(
        decide.share_of(full, amount_minor=amount_minor), sum(left for _, left in handed(order))
    )
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
