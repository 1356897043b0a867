"""Give an application fee back by itself, to the account that paid it."""

from typing import NamedTuple

from maalem.payments import store
from maalem.payments.acquiring.connect.records import ApplicationFee, FeeRefund
from maalem.payments.acquiring.connect.taking_back import Moved, give_fee_back
from maalem.payments.context import Payments
from maalem.payments.errors import Refused
from maalem.payments.ledger.balances import balance
from maalem.payments.ledger.records import BalanceTransaction
from maalem.payments.units import Unit


class GivenBack(NamedTuple):
    """A refund of a fee with the unit that makes it."""

    unit: Unit
    refund: FeeRefund
    fee: ApplicationFee
    line: BalanceTransaction


async def refund(
    payments: Payments,
    *,
    fee: ApplicationFee,
    amount: int | None = None,
    metadata: dict[str, str] | None = None,
) -> GivenBack:
    """Give back `amount` (by default what is left) of `fee`, from where its money is now.

    Raises `Refused` when that is more than is left of it.
    """
    if fee.left == 0:
        raise Refused(
            f"Application fee {fee.id} has already been refunded.", code="charge_already_refunded"
        )
    wanted = fee.left if amount is None else amount
    if wanted > fee.left:
        raise Refused(
            f"Refund amount ({wanted}) is greater than what is left of the fee ({fee.left}).",
            code="amount_too_large",
            param="amount",
        )
    earned = await store.get(payments.pool, BalanceTransaction, fee.balance_transaction_id)
    assert earned is not None
    has = await balance(payments.pool, fee.account_id)
    bucket = has.bucket_for(wanted, currency=fee.currency, first=earned.status)
    moved = Moved(bucket, bucket, due=earned.available_on, now=payments.clock.now())
    unit = Unit()
    back = give_fee_back(unit, fee=fee, amount=wanted, moved=moved, metadata=metadata)
    return GivenBack(unit, back.refund, back.fee, back.line)
