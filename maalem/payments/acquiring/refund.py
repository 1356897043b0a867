"""Give money back: reserve it, ask the rail, book it. The sum never passes what was captured."""

from dataclasses import dataclass
from typing import Any

import msgspec

from maalem.kit.ids import new_id
from maalem.payments import store
from maalem.payments.acquiring import followups, wire
from maalem.payments.acquiring.answers import kept
from maalem.payments.acquiring.connect import refund_shares as shares
from maalem.payments.acquiring.connect.refund_shares import Parties
from maalem.payments.acquiring.lines import line
from maalem.payments.acquiring.records import Attempt, Charge, Refund
from maalem.payments.acquiring.risks import close_with_refund
from maalem.payments.acquiring.states import RefundStatus
from maalem.payments.context import Payments
from maalem.payments.errors import NotFound, Refused
from maalem.payments.events.outbox import Event, event
from maalem.payments.fees.decide import returned
from maalem.payments.fees.records import INTERCHANGE, SERVICE, returnable
from maalem.payments.ledger import recipes
from maalem.payments.ledger.balances import balance
from maalem.payments.ledger.records import AVAILABLE, PENDING, BalanceTransaction
from maalem.payments.rails.ports import Declined, Done, Outcome
from maalem.payments.records import changed
from maalem.payments.units import Keep, Unit

NOBODY = Parties()


@dataclass(frozen=True, slots=True)
class Refunded:
    """A refund and its charge; `pending` while the rail has not answered. `shared` are the
    objects that say what came back from the others."""

    refund: Refund
    charge: Charge
    transaction: BalanceTransaction | None = None
    shared: tuple[dict[str, Any], ...] = ()


async def refund(
    payments: Payments,
    *,
    charge: Charge,
    amount: int | None = None,
    reverse_transfer: bool = False,
    refund_fee: bool = False,
    keep: Keep | None = None,
    **traits: Any,
) -> Refunded:
    """Give back `amount` of `charge`, by default what is left of it.

    `reverse_transfer` takes the destination's part of it back from her, `refund_fee` gives the
    application fee's part back to whom it was taken from. `traits` are the refund's `reason`,
    `metadata`, `request_id` and `idempotency_key`. Raises `Refused` when it is more than is left,
    or than the accounts have.
    """
    wanted = await _wanted(payments, charge, amount=amount)
    found, parts = NOBODY, shares.Parts()
    if reverse_transfer or refund_fee:
        found = await shares.parties(payments, charge)
        parts = await shares.planned(
            payments,
            charge,
            found,
            amount=wanted,
            reverse_transfer=reverse_transfer,
            refund_fee=refund_fee,
        )
    now = payments.clock.now()
    fee, interchange = _fees_back(charge, amount=wanted)
    attempt = await followups.attempt_of(payments, charge.id)
    new = Refund(
        id=new_id("re"),
        account_id=charge.account_id,
        charge_id=charge.id,
        intent_id=charge.intent_id,
        amount=wanted,
        currency=charge.currency,
        bucket="",
        created_at=now,
        asked_at=now,
        reverse_transfer=reverse_transfer,
        refund_application_fee=refund_fee,
        transfer_part=parts.transfer,
        fee_part=parts.fee,
        fee_returned=fee,
        interchange_returned=interchange,
        rail=attempt.rail,
        **{"metadata": {}, **traits},
    )
    new = await _with_buckets(payments, new, charge=charge, found=found)
    unit = Unit().put(_with_refund(charge, new, sign=1), new)
    _reserve(unit, new, found=found, by=attempt.rail)
    unit.claim = keep.hold(new.id) if keep else None
    await payments.writer.commit(unit)
    return await go_on(payments, new, keep=keep)


async def _wanted(payments: Payments, charge: Charge, *, amount: int | None) -> int:
    """What is to be given back, if it may be."""
    left = charge.amount_captured - charge.amount_refunded - charge.amount_disputed
    wanted = left if amount is None else amount
    if charge.status == "failed" or not charge.captured:
        raise Refused(f"Charge {charge.id} has not been captured.", code="charge_not_refundable")
    if charge.amount_disputed and (left == 0 or await _is_contested(payments, charge)):
        raise Refused(f"Charge {charge.id} has been charged back.", code="charge_disputed")
    if left == 0:
        raise Refused(
            f"Charge {charge.id} has already been refunded.", code="charge_already_refunded"
        )
    if wanted > left:
        raise Refused(
            f"Refund amount ({wanted}) is greater than unrefunded amount on charge ({left}).",
            code="amount_too_large",
            param="amount",
        )
    return wanted


async def _with_buckets(
    payments: Payments, new: Refund, *, charge: Charge, found: Parties
) -> Refund:
    """The refund with the buckets that its money is taken from."""
    own, shared = new.amount - new.fee_returned, None
    if new.transfer_part or new.fee_part:
        own = shares.own_share(new, found)
        others = max(0, shares.others_share(new, found))
        shared = await shares.others_bucket(payments, found, amount=others, currency=new.currency)
    bucket = await _bucket(payments, charge, amount=max(0, own))
    return msgspec.structs.replace(new, bucket=bucket, shared_bucket=shared)


def _reserve(unit: Unit, new: Refund, *, found: Parties, by: str) -> None:
    if new.shared_bucket is not None:
        shares.reserve(unit, new, found, by=by)
        return
    unit.book(
        recipes.refund_reserve(
            new.id,
            owner=new.account_id,
            by=by,
            amount=new.amount,
            fee=new.fee_returned,
            currency=new.currency,
            bucket=new.bucket,
        )
    )


async def go_on(payments: Payments, pending: Refund, *, keep: Keep | None = None) -> Refunded:
    """Ask the rail for a refund that is recorded, and record its answer. Safe to repeat."""
    attempt = await followups.attempt_of(payments, pending.charge_id)
    answer: Outcome | None = None
    if pending.status == RefundStatus.PENDING:
        answer = await followups.ask_refund(payments, pending, attempt=attempt)

    async def decide(pending: Refund) -> tuple[Unit, Refunded]:
        return await _judge(payments, pending, attempt=attempt, answer=answer)

    return await kept(payments, pending, decide, keep=keep)


async def _judge(
    payments: Payments, pending: Refund, *, attempt: Attempt, answer: Outcome | None
) -> tuple[Unit, Refunded]:
    charge = await _charge(payments, pending)
    if pending.status != RefundStatus.PENDING or not isinstance(answer, Done | Declined):
        return Unit(), Refunded(pending, charge)
    found = await shares.parties(payments, charge) if pending.shared_bucket else NOBODY
    if isinstance(answer, Declined):
        return _failed(
            payments, pending, charge=charge, attempt=attempt, answer=answer, found=found
        )
    unit, refunded = await _given_back(
        payments, pending, charge=charge, attempt=attempt, found=found
    )
    await close_with_refund(payments, unit, charge, reason=pending.reason)
    return unit, refunded


async def resume(payments: Payments, refund_id: str, *, keep: Keep | None = None) -> Refunded:
    """Finish the refund that a dead request had begun."""
    pending = await store.get(payments.pool, Refund, refund_id)
    if pending is None:
        raise NotFound.of("refund", refund_id)
    return await go_on(payments, pending, keep=keep)


async def _given_back(
    payments: Payments, pending: Refund, *, charge: Charge, attempt: Attempt, found: Parties
) -> tuple[Unit, Refunded]:
    transaction = _line(payments, pending, charge=charge)
    unit, settled = Unit(), shares.Settled(None, [])
    alike: dict[str, Any] = {
        "owner": pending.account_id,
        "by": attempt.rail,
        "amount": pending.amount,
        "fee": pending.fee_returned,
        "currency": pending.currency,
        "bucket": pending.bucket,
    }
    if pending.shared_bucket is None:
        unit.book(recipes.refund(pending.id, **alike))
    else:
        settled = await shares.settle(
            payments, unit, pending, found=found, charge=charge, by=attempt.rail
        )
        unit.book(recipes.shared_refund(pending.id, **alike))
    done = changed(
        pending,
        status=RefundStatus.SUCCEEDED,
        balance_transaction_id=transaction.id,
        transfer_reversal_id=settled.reversal_id,
    )
    unit.put(done, transaction)
    unit.book(
        recipes.interchange_back(done.id, amount=done.interchange_returned, currency=done.currency)
    )
    unit.events += [
        _about(payments, done, type="refund.created"),
        _about(payments, done, type="charge.refunded", obj=wire.charge(charge)),
        *(
            _about(payments, done, type=kind, obj=obj, owner=owner)
            for kind, obj, owner in settled.told
        ),
    ]
    return unit, Refunded(done, charge, transaction, shared=shares.objects(settled))


def _line(payments: Payments, pending: Refund, *, charge: Charge) -> BalanceTransaction:
    now = payments.clock.now()
    due = charge.available_on if pending.bucket == PENDING else None
    return line(
        "refund",
        pending.id,
        account_id=pending.account_id,
        amount=-pending.amount,
        currency=pending.currency,
        bucket=pending.bucket,
        available_on=due or now,
        now=now,
        fee=-pending.fee_returned,
        description="REFUND FOR CHARGE"
        + (f" ({charge.description})" if charge.description else ""),
    )


def _failed(
    payments: Payments,
    pending: Refund,
    /,
    *,
    charge: Charge,
    attempt: Attempt,
    answer: Declined,
    found: Parties,
) -> tuple[Unit, Refunded]:
    failed = changed(
        pending,
        status=RefundStatus.FAILED,
        failure_reason=answer.decline_code or "declined",
    )
    restored = _with_refund(charge, pending, sign=-1)
    unit = Unit().put(failed, restored)
    if pending.shared_bucket is not None:
        shares.give_up(unit, pending, found, by=attempt.rail)
    else:
        unit.book(
            recipes.refund_failed(
                failed.id,
                owner=failed.account_id,
                by=attempt.rail,
                amount=failed.amount,
                fee=failed.fee_returned,
                currency=failed.currency,
                bucket=failed.bucket,
            )
        )
    unit.events.append(_about(payments, failed, type="refund.failed"))
    return unit, Refunded(failed, restored)


async def came_back(payments: Payments, given: Refund, *, reason: str) -> Unit:
    """What to write where the money of a refund that had succeeded is back, and `reason` is why.

    All of it is its owner's again, in the bucket that it came from while that is not due, and of
    our fee what had gone back with it. What others gave for it stays with her: she may pass it on
    again, or give it back in another way.
    """
    charge = await _charge(payments, given)
    attempt = await followups.attempt_of(payments, given.charge_id)
    now = payments.clock.now()
    due = charge.available_on or now
    waits = given.bucket == PENDING and due > now
    transaction = line(
        "refund_failure",
        given.id,
        account_id=given.account_id,
        amount=given.amount,
        currency=given.currency,
        bucket=PENDING if waits else AVAILABLE,
        available_on=due if waits else now,
        now=now,
        fee=given.fee_returned,
        description="REFUND FAILURE" + (f" ({charge.description})" if charge.description else ""),
    )
    failed = changed(
        given,
        status=RefundStatus.FAILED,
        failure_reason=reason,
        failure_balance_transaction_id=transaction.id,
        returned_at=now,
    )
    unit = Unit().put(failed, _with_refund(charge, given, sign=-1), transaction)
    unit.book(
        recipes.refund_returned(
            failed.id,
            owner=failed.account_id,
            by=attempt.rail,
            amount=failed.amount,
            fee=failed.fee_returned,
            currency=failed.currency,
            bucket=transaction.status,
        )
    )
    unit.book(
        recipes.interchange_again(
            failed.id, amount=failed.interchange_returned, currency=failed.currency
        )
    )
    before = {"failure_balance_transaction": None, "failure_reason": None, "status": given.status}
    unit.events += [
        event(kind, wire.refund(failed), account_id=failed.account_id, at=now, previous=previous)
        for kind, previous in (
            ("refund.updated", before),
            ("charge.refund.updated", before),
            ("refund.failed", None),
        )
    ]
    return unit


def _fees_back(charge: Charge, *, amount: int) -> tuple[int, int]:
    """What of the charge's frozen fee and interchange goes back with `amount`, by their rule."""
    refunded = charge.amount_refunded + amount
    parts = {"amount": amount, "captured": charge.amount_captured, "refunded": refunded}
    return (
        returned(returnable(charge.fee_lines, SERVICE), before=charge.fee_returned, **parts),
        returned(
            returnable(charge.fee_lines, INTERCHANGE), before=charge.interchange_returned, **parts
        ),
    )


def _with_refund(charge: Charge, refund: Refund, *, sign: int) -> Charge:
    """The charge with `refund` counted in (1) or out again (-1)."""
    return changed(
        charge,
        amount_refunded=charge.amount_refunded + sign * refund.amount,
        fee_returned=charge.fee_returned + sign * refund.fee_returned,
        interchange_returned=charge.interchange_returned + sign * refund.interchange_returned,
    )


def _about(
    payments: Payments,
    refunded: Refund,
    *,
    type: str,
    obj: dict[str, Any] | None = None,
    owner: str | None = None,
) -> Event:
    return event(
        type,
        obj or wire.refund(refunded),
        account_id=owner or refunded.account_id,
        at=payments.clock.now(),
        request_id=refunded.request_id,
        idempotency_key=refunded.idempotency_key,
    )


async def _bucket(payments: Payments, charge: Charge, *, amount: int) -> str:
    """Where the charge's money is now, or the available bucket where that one has it."""
    assert charge.balance_transaction_id is not None
    taken = await store.get(payments.pool, BalanceTransaction, charge.balance_transaction_id)
    first = taken.status if taken else AVAILABLE
    has = await balance(payments.pool, charge.account_id)
    return has.bucket_for(amount, currency=charge.currency, first=first)


async def _is_contested(payments: Payments, charge: Charge) -> bool:
    """Whether the network has yet to decide who keeps (part of) the charge's money."""
    found = await payments.pool.fetchval(
        "SELECT 1 FROM disputes WHERE charge_id = $1 AND status IN ('needs_response',"
        " 'under_review') LIMIT 1",
        charge.id,
    )
    return found is not None


async def _charge(payments: Payments, pending: Refund) -> Charge:
    found = await store.get(payments.pool, Charge, pending.charge_id)
    assert found is not None
    return found
