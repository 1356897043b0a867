"""Pass money on to a connected account, and take it back. Decided here, committed by the edge."""

from datetime import datetime
from typing import NamedTuple

from maalem.kit.ids import new_id
from maalem.payments import store
from maalem.payments.accounts.records import Account
from maalem.payments.acquiring.outcome import line
from maalem.payments.acquiring.records import Charge, Reversal, Transfer
from maalem.payments.context import Payments
from maalem.payments.errors import BadRequest, NotFound, Refused
from maalem.payments.ledger import recipes
from maalem.payments.ledger.balances import balance
from maalem.payments.ledger.records import AVAILABLE, PENDING, BalanceTransaction
from maalem.payments.records import changed
from maalem.payments.units import Unit


class Passed(NamedTuple):
    """A transfer with the unit that makes it."""

    unit: Unit
    transfer: Transfer
    line: BalanceTransaction


class TakenBack(NamedTuple):
    """A reversal with the unit that makes it, and the transfer as it is then."""

    unit: Unit
    reversal: Reversal
    transfer: Transfer
    line: BalanceTransaction


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
    taker = await store.get(payments.pool, Account, destination)
    if taker is None or taker.parent_id != giver.id:
        raise NotFound.of("destination", destination, param="destination")
    if not taker.payouts_enabled:
        raise Refused("Your destination account needs to be able to receive transfers.")
    now = payments.clock.now()
    bucket, due, amount = await _source(
        payments, giver, source_charge=source_charge, amount=amount, currency=currency
    )
    unit = Unit()
    if source_charge is not None:
        transferred = source_charge.amount_transferred + amount
        unit.put(changed(source_charge, amount_transferred=transferred))
        transfer_group = transfer_group or source_charge.transfer_group
    transfer_id, payment_id = new_id("tr"), new_id("py")
    given, got = _lines(
        transfer_id,
        payment_id,
        giver=giver.id,
        taker=taker.id,
        amount=amount,
        currency=currency,
        bucket=bucket,
        due=due or now,
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
    unit.put(passed, given, got).book(_booking(passed, bucket=bucket))
    return Passed(unit, passed, given)


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
    metadata: dict[str, str] | None = None,
) -> TakenBack:
    """Take `amount` (by default what is left) of a transfer back, where its money is now."""
    left = given.amount - given.amount_reversed
    wanted = left if amount is None else amount
    if left == 0:
        raise Refused(f"Transfer {given.id} is already fully reversed.", code="transfer_reversed")
    if wanted > left:
        raise Refused(
            f"The amount ({wanted}) is more than is left of the transfer ({left}).",
            code="amount_too_large",
            param="amount",
        )
    now = payments.clock.now()
    got = await store.get(payments.pool, BalanceTransaction, given.destination_transaction_id)
    assert got is not None
    has = await balance(payments.pool, given.destination_id)
    bucket = has.bucket_for(wanted, currency=given.currency, first=got.status)
    reversal_id = new_id("trr")
    back, away = _lines(
        reversal_id,
        reversal_id,
        giver=given.account_id,
        taker=given.destination_id,
        amount=-wanted,
        currency=given.currency,
        bucket=bucket,
        due=got.available_on if bucket == PENDING else now,
        now=now,
    )
    reversal = Reversal(
        id=reversal_id,
        account_id=given.account_id,
        transfer_id=given.id,
        amount=wanted,
        currency=given.currency,
        balance_transaction_id=back.id,
        destination_transaction_id=away.id,
        metadata=metadata or {},
        created_at=now,
    )
    reduced = changed(given, amount_reversed=given.amount_reversed + wanted)
    unit = Unit().put(reduced, reversal, back, away)
    await _restore_charge(payments, given, amount=wanted, unit=unit)
    unit.book(
        recipes.reversal(
            reversal.id,
            owner=given.account_id,
            back_from=given.destination_id,
            amount=wanted,
            currency=given.currency,
            bucket=bucket,
        )
    )
    return TakenBack(unit, reversal, reduced, back)


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


def _lines(
    source: str,
    source_there: str,
    /,
    *,
    giver: str,
    taker: str,
    amount: int,
    currency: str,
    bucket: str,
    due: datetime,
    now: datetime,
) -> tuple[BalanceTransaction, BalanceTransaction]:
    """Both sides of a transfer, or (with a negative amount) of its reversal."""
    back = amount < 0
    here = line(
        "transfer_refund" if back else "transfer",
        source,
        account_id=giver,
        amount=-amount,
        currency=currency,
        bucket=bucket,
        available_on=due,
        now=now,
    )
    there = line(
        "payment_refund" if back else "payment",
        source_there,
        account_id=taker,
        amount=amount,
        currency=currency,
        bucket=bucket,
        available_on=due,
        now=now,
    )
    return here, there


async def _restore_charge(payments: Payments, given: Transfer, *, amount: int, unit: Unit) -> None:
    if given.source_charge_id is None:
        return
    charge = await store.get(payments.pool, Charge, given.source_charge_id)
    assert charge is not None
    unit.put(changed(charge, amount_transferred=charge.amount_transferred - amount))
