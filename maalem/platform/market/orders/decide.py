"""What a payment that came in is worth. Pure."""

from maalem.platform.market.orders.states import GroupStatus, OrderStatus, Verdict


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


def judge_balance(*, status: str, is_paid: bool, amount_fits: bool) -> Verdict:
    """The verdict on money received for the balance of a parcel in `status`."""
    if is_paid:
        return Verdict.SECOND
    if not amount_fits:
        return Verdict.WRONG_AMOUNT
    return Verdict.ACCEPTED if status == OrderStatus.TO_PREPARE else Verdict.CANCELLED
