"""What a payment that came in is worth. Pure."""

from maalem.platform.market.orders.states import GroupStatus, Verdict


def judge(*, status: str, amount_fits: bool, pieces_left: bool) -> Verdict:
    """The verdict on money received for a group in `status`.

    `pieces_left` is asked only where the reservation ran out before the money came.
    """
    if status in (GroupStatus.PAID, GroupStatus.REFUNDED):
        return Verdict.SECOND
    if not amount_fits:
        return Verdict.WRONG_AMOUNT
    if status == GroupStatus.CANCELLED:
        return Verdict.CANCELLED
    if status == GroupStatus.EXPIRED and not pieces_left:
        return Verdict.STOCK_GONE
    return Verdict.ACCEPTED
