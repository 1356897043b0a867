"""Pass money on to a connected account, and take it back. Decided here, committed by the edge."""

from datetime import datetime
from typing import NamedTuple

from maalem.kit.ids import new_id
from maalem.payments import store
from maalem.payments.accounts import limits
from maalem.payments.accounts.records import Account
from maalem.payments.acquiring.connect import sharing
from maalem.payments.acquiring.connect.records import ApplicationFee, DestinationPayment
from maalem.payments.acquiring.connect.taking_back import (
    NOTHING_WRITTEN,
    Back,
    FeeBack,
    Moved,
    Words,
    give_fee_back,
    proportional,
    take_back,
)
from maalem.payments.acquiring.records import Charge, Transfer
from maalem.payments.context import Payments
from maalem.payments.errors import BadRequest, NotFound, Refused
from maalem.payments.ledger import recipes
from maalem.payments.ledger.balances import balance
from maalem.payments.ledger.records import AVAILABLE, PENDING, BalanceTransaction
from maalem.payments.records import changed
from maalem.payments.units import Unit


class Passed(NamedTuple):
    """A transfer with the unit that makes it, and what it is for its destination."""

    unit: Unit
    transfer: Transfer
    payment: DestinationPayment
    line: BalanceTransaction


class TakenBack(NamedTuple):
    """A reversal (and the fee that goes back with it) with the unit that makes it."""

    unit: Unit
    back: Back
    fee: FeeBack | None


async def transfer(
    payments: Payments,
    *,
    giver: Account,
    destination: str,
    amount: int | None,
    currency: str,
    source_charge: Charge | None = None,
    transfer_group: str | None = None,
    description: str | None = None,
    metadata: dict[str, str] | None = None,
) -> Passed:
    """Give `amount` to the connected account `destination`.

    With a source charge its money is passed on where it is, pending or available, and no more
    than was captured. Without one it comes from the available balance.
    """
    taker = await connected_to(payments, giver, destination, param="destination")
    now = payments.clock.now()
    bucket, due, amount = await _source(
        payments, giver, source_charge=source_charge, amount=amount, currency=currency
    )
    unit = await limits.room_for(payments, taker, amount=amount, currency=currency)
    if source_charge is not None:
        transferred = source_charge.amount_transferred + amount
        unit.put(changed(source_charge, amount_transferred=transferred))
        transfer_group = transfer_group or source_charge.transfer_group
    transfer_id, payment_id = new_id("tr"), new_id("py")
    given, got = sharing.passed_lines(
        transfer_id,
        payment_id,
        giver=giver.id,
        taker=taker.id,
        amount=amount,
        currency=currency,
        bucket=bucket,
        available_on=due or now,
        now=now,
    )
    passed = Transfer(
        id=transfer_id,
        account_id=giver.id,
        destination_id=taker.id,
        amount=amount,
        currency=currency,
        source_charge_id=source_charge.id if source_charge else None,
        transfer_group=transfer_group,
        description=description,
        destination_payment_id=payment_id,
        balance_transaction_id=given.id,
        destination_transaction_id=got.id,
        metadata=metadata or {},
        created_at=now,
    )
    payment = sharing.payment_of(passed)
    unit.put(passed, payment, given, got).book(_booking(passed, bucket=bucket))
    return Passed(unit, passed, payment, given)


async def connected_to(
    payments: Payments, giver: Account, destination: str, *, param: str
) -> Account:
    """The account `destination`, to which `giver` may pass money on. Raises for any other."""
    if destination == giver.id:
        raise BadRequest("You cannot pass money on to your own account.", param=param)
    taker = await store.get(payments.pool, Account, destination)
    if taker is None or taker.parent_id != giver.id:
        raise NotFound.of("destination", destination, param=param)
    limits.may_receive(taker, param=param)
    return taker


def _booking(passed: Transfer, *, bucket: str) -> recipes.Chain:
    return recipes.transfer(
        passed.id,
        owner=passed.account_id,
        to=passed.destination_id,
        amount=passed.amount,
        currency=passed.currency,
        bucket=bucket,
    )


async def reverse(
    payments: Payments,
    *,
    given: Transfer,
    amount: int | None = None,
    refund_fee: bool = False,
    words: Words = NOTHING_WRITTEN,
) -> TakenBack:
    """Take `amount` (by default what is left) of a transfer back, where its money is now.

    `refund_fee` gives the application fee back in the same proportion.
    """
    if given.left == 0:
        raise Refused(f"Transfer {given.id} is already fully reversed.", code="transfer_reversed")
    wanted = given.left if amount is None else amount
    if wanted > given.left:
        raise Refused(
            f"The amount ({wanted}) is more than is left of the transfer ({given.left}).",
            code="amount_too_large",
            param="amount",
        )
    payment = await store.get(payments.pool, DestinationPayment, given.destination_payment_id)
    got = await store.get(payments.pool, BalanceTransaction, given.destination_transaction_id)
    assert payment is not None
    assert got is not None
    fee = await _fee_of(payments, payment) if refund_fee else None
    fee_part = _fee_part(fee, given=given, amount=wanted) if fee else 0
    has = await balance(payments.pool, given.destination_id)
    bucket = has.bucket_for(wanted - fee_part, currency=given.currency, first=got.status)
    moved = Moved(bucket, bucket, due=got.available_on, now=payments.clock.now())
    unit = Unit()
    back = take_back(
        unit,
        given=given,
        payment=payment,
        amount=wanted,
        moved=moved,
        words=words,
    )
    returned = None
    if fee is not None and fee_part:
        returned = give_fee_back(unit, fee=fee, amount=fee_part, moved=moved)
    await _restore_charge(payments, given, amount=wanted, unit=unit)
    return TakenBack(unit, back, returned)


async def _fee_of(payments: Payments, payment: DestinationPayment) -> ApplicationFee:
    if payment.application_fee_id is None:
        raise Refused(
            f"There is no application fee on payment {payment.id}.",
            param="refund_application_fee",
        )
    fee = await store.get(payments.pool, ApplicationFee, payment.application_fee_id)
    assert fee is not None
    return fee


def _fee_part(fee: ApplicationFee, *, given: Transfer, amount: int) -> int:
    """The fee's share of a reversal, so that reversals of the whole give the whole fee back."""
    before = proportional(fee.amount, part=given.amount_reversed, of=given.amount)
    after = given.amount_reversed + amount
    return min(fee.left, proportional(fee.amount, part=after, of=given.amount, gone=before))


async def _source(
    payments: Payments,
    giver: Account,
    /,
    *,
    source_charge: Charge | None,
    amount: int | None,
    currency: str,
) -> tuple[str, datetime | None, int]:
    """The bucket to take from, the day its money is available, and the amount."""
    if source_charge is None:
        if amount is None:
            raise BadRequest(
                "Missing required param: amount.", code="parameter_missing", param="amount"
            )
        return AVAILABLE, None, amount
    if source_charge.currency != currency:
        raise BadRequest(
            f"The charge is in {source_charge.currency}, the transfer in {currency}.",
            param="currency",
        )
    if not source_charge.captured or source_charge.balance_transaction_id is None:
        raise Refused(
            f"Charge {source_charge.id} has not been captured.", param="source_transaction"
        )
    # What the network has taken back from the charge can't be passed on as well.
    left = (
        source_charge.amount_captured
        - source_charge.amount_disputed
        - source_charge.amount_transferred
    )
    wanted = left if amount is None else amount
    if wanted > left or wanted <= 0:
        raise Refused(
            f"The transfers of charge {source_charge.id} may not be more than the charge:"
            f" {max(left, 0)} is left, you asked for {wanted}.",
            code="amount_too_large",
            param="amount",
        )
    taken = await store.get(payments.pool, BalanceTransaction, source_charge.balance_transaction_id)
    assert taken is not None
    has = await balance(payments.pool, giver.id)
    bucket = has.bucket_for(wanted, currency=currency, first=taken.status)
    return bucket, taken.available_on if bucket == PENDING else None, wanted


async def _restore_charge(payments: Payments, given: Transfer, *, amount: int, unit: Unit) -> None:
    if given.source_charge_id is None:
        return
    charge = await store.get(payments.pool, Charge, given.source_charge_id)
    assert charge is not None
    unit.put(changed(charge, amount_transferred=charge.amount_transferred - amount))
