"""What a refund takes back from the others: its part of the transfer, and of the platform's fee.

Planned and reserved before the rail is asked, moved in the unit that records its yes.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

from maalem.payments import store
from maalem.payments.acquiring import wire
from maalem.payments.acquiring.connect import wire as connected_wire
from maalem.payments.acquiring.connect.records import ApplicationFee, DestinationPayment, FeeRefund
from maalem.payments.acquiring.connect.sharing import Told
from maalem.payments.acquiring.connect.taking_back import (
    Moved,
    give_fee_back,
    proportional,
    take_back,
)
from maalem.payments.acquiring.records import Charge, Refund, Reversal, Transfer
from maalem.payments.context import Payments
from maalem.payments.errors import BadRequest
from maalem.payments.ledger import recipes
from maalem.payments.ledger.balances import balance
from maalem.payments.ledger.records import BalanceTransaction
from maalem.payments.records import changed
from maalem.payments.units import Unit


@dataclass(frozen=True, slots=True)
class Parties:
    """The records that a charge's refund may take from; None where there are none."""

    transfer: Transfer | None = None
    payment: DestinationPayment | None = None
    fee: ApplicationFee | None = None

    @property
    def other(self) -> str:
        """The account that shares with the charge's owner."""
        if self.transfer is not None:
            return self.transfer.destination_id
        assert self.fee is not None
        return self.fee.account_id


class Parts(NamedTuple):
    """What of the transfer comes back, and what of the fee goes back with it."""

    transfer: int = 0
    fee: int = 0


async def parties(payments: Payments, charge: Charge) -> Parties:
    """The charge's transfer and fee as they stand."""
    transfer = payment = fee = None
    if charge.transfer_id is not None:
        transfer = await store.get(payments.pool, Transfer, charge.transfer_id)
        assert transfer is not None
        payment = await store.get(
            payments.pool, DestinationPayment, transfer.destination_payment_id
        )
    if charge.application_fee_id is not None:
        fee = await store.get(payments.pool, ApplicationFee, charge.application_fee_id)
    return Parties(transfer, payment, fee)


async def planned(
    payments: Payments,
    charge: Charge,
    found: Parties,
    /,
    *,
    amount: int,
    reverse_transfer: bool,
    refund_fee: bool,
) -> Parts:
    """The parts of a refund of `amount`, in proportion to the charge.

    Rounded on the sum of such refunds, so that those of the whole charge take the whole; never
    more than is left. Raises `BadRequest` where there is nothing of the kind.
    """
    if reverse_transfer and found.transfer is None:
        raise BadRequest(
            f"Charge {charge.id} was not made with transfer_data: it has no transfer to reverse."
            " Reverse transfers that were made by themselves at /v1/transfers/{id}/reversals.",
            param="reverse_transfer",
        )
    if refund_fee and found.fee is None:
        raise BadRequest(
            f"There is no application fee on charge {charge.id}.", param="refund_application_fee"
        )
    earlier = await payments.pool.fetchrow(
        "SELECT coalesce(sum(amount) FILTER (WHERE reverse_transfer), 0)::bigint AS reversing,"
        " coalesce(sum(amount) FILTER (WHERE refund_application_fee), 0)::bigint AS returning,"
        " coalesce(sum(transfer_part), 0)::bigint AS transfer,"
        " coalesce(sum(fee_part), 0)::bigint AS fee"
        " FROM refunds WHERE charge_id = $1 AND status IN ('pending', 'succeeded')",
        charge.id,
    )
    of, transfer, fee = charge.amount_captured, 0, 0
    if reverse_transfer and found.transfer is not None:
        part = earlier["reversing"] + amount
        gone = earlier["transfer"]
        transfer = proportional(found.transfer.amount, part=part, of=of, gone=gone)
        transfer = min(found.transfer.left, transfer)
    if refund_fee and found.fee is not None:
        part = earlier["returning"] + amount
        fee = proportional(found.fee.amount, part=part, of=of, gone=earlier["fee"])
        fee = min(found.fee.left, fee)
    return Parts(transfer, fee)


def own_share(refund: Refund, found: Parties) -> int:
    """What of the refund its owner pays in the end; negative if more comes to her than leaves."""
    rest = refund.amount - refund.fee_returned
    if found.transfer is not None:
        return rest - refund.transfer_part + refund.fee_part
    return rest - refund.fee_part


def others_share(refund: Refund, found: Parties) -> int:
    """What the other one pays in the end; negative if a fee comes to her alone."""
    if found.transfer is not None:
        return refund.transfer_part - refund.fee_part
    return refund.fee_part


async def others_bucket(payments: Payments, found: Parties, *, amount: int, currency: str) -> str:
    """Where the other one's money of this payment is now, or the bucket that has it."""
    source = found.transfer.destination_transaction_id if found.transfer is not None else None
    if source is None:
        assert found.fee is not None
        source = found.fee.balance_transaction_id
    line = await store.get(payments.pool, BalanceTransaction, source)
    assert line is not None
    has = await balance(payments.pool, found.other)
    return has.bucket_for(amount, currency=currency, first=line.status)


def shares(refund: Refund, found: Parties) -> list[recipes.Share]:
    """Who has what held until the rail has answered."""
    assert refund.shared_bucket is not None
    return [
        recipes.Share(refund.account_id, refund.bucket, max(0, own_share(refund, found))),
        recipes.Share(found.other, refund.shared_bucket, max(0, others_share(refund, found))),
    ]


def reserve(unit: Unit, refund: Refund, found: Parties, /, *, by: str) -> None:
    """Put into `unit` that the parts are spoken for, and everybody's money for them."""
    _move_reserved(unit, refund, found, sign=1)
    unit.book(
        recipes.shared_reserve(
            refund.id,
            shares=shares(refund, found),
            by=by,
            fee=refund.fee_returned,
            currency=refund.currency,
        )
    )


def give_up(unit: Unit, refund: Refund, found: Parties, /, *, by: str) -> None:
    """Put into `unit`, which records the rail's no, that nothing is spoken for any more."""
    _move_reserved(unit, refund, found, sign=-1)
    unit.book(_freed(refund, found, by=by))


def _move_reserved(unit: Unit, refund: Refund, found: Parties, *, sign: int) -> None:
    if refund.transfer_part:
        assert found.transfer is not None
        reserved = found.transfer.amount_reserved + sign * refund.transfer_part
        unit.put(changed(found.transfer, amount_reserved=reserved))
    if refund.fee_part:
        assert found.fee is not None
        reserved = found.fee.amount_reserved + sign * refund.fee_part
        unit.put(changed(found.fee, amount_reserved=reserved))


def _freed(refund: Refund, found: Parties, *, by: str) -> recipes.Chain:
    return recipes.shared_freed(
        refund.id,
        shares=shares(refund, found),
        by=by,
        fee=refund.fee_returned,
        currency=refund.currency,
    )


class Settled(NamedTuple):
    """The reversal's id, and the events with their objects and owners."""

    reversal_id: str | None
    told: Told


async def settle(
    payments: Payments,
    unit: Unit,
    refund: Refund,
    /,
    *,
    found: Parties,
    charge: Charge,
    by: str,
) -> Settled:
    """Put into `unit`, which records the rail's yes, what everybody gives and gets of it."""
    now = payments.clock.now()
    here, there = refund.bucket, refund.shared_bucket or refund.bucket
    if found.transfer is None:
        here, there = there, here
    moved = Moved(here, there, due=charge.available_on or now, now=now, source_refund=refund.id)
    unit.book(_freed(refund, found, by=by))
    told: Told = []
    reversal: Reversal | None = None
    if refund.transfer_part:
        assert found.transfer is not None
        assert found.payment is not None
        back = take_back(
            unit,
            given=found.transfer,
            payment=found.payment,
            amount=refund.transfer_part,
            moved=moved,
        )
        reversal = back.reversal
        unit.put(changed(charge, amount_transferred=charge.amount_transferred - reversal.amount))
        earlier = await store.select(
            payments.pool, Reversal, "transfer_id = $1 ORDER BY id DESC", back.transfer.id
        )
        shown = wire.transfer(back.transfer, [reversal, *earlier])
        payment = connected_wire.payment(back.payment)
        told += [
            ("transfer.reversed", shown, back.transfer.account_id),
            ("charge.refunded", payment, back.payment.account_id),
        ]
    if refund.fee_part:
        assert found.fee is not None
        returned = give_fee_back(unit, fee=found.fee, amount=refund.fee_part, moved=moved)
        former = await store.select(
            payments.pool, FeeRefund, "fee_id = $1 ORDER BY id DESC", returned.fee.id
        )
        fee = connected_wire.application_fee(returned.fee, [returned.refund, *former])
        told.append(("application_fee.refunded", fee, returned.fee.account_id))
    return Settled(reversal.id if reversal else None, told)


def objects(settled: Settled) -> tuple[dict[str, Any], ...]:
    """What may be expanded before it is stored."""
    found = [obj for _, obj, _ in settled.told]
    found += [item for obj in found for item in obj.get("reversals", {}).get("data", ())[:1]]
    return tuple(found)
