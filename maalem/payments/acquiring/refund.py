"""Give money back: reserve it, ask the rail, book it. The sum never passes what was captured."""

from dataclasses import dataclass

from maalem.kit.ids import new_id
from maalem.payments import store
from maalem.payments.acquiring import followups, wire
from maalem.payments.acquiring.lines import line
from maalem.payments.acquiring.records import Attempt, Charge, Refund
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
from maalem.payments.units import ChangedMeanwhile, Keep, Unit


@dataclass(frozen=True, slots=True)
class Refunded:
    """A refund and its charge; `pending` while the rail has not answered."""

    refund: Refund
    charge: Charge
    transaction: BalanceTransaction | None = None


async def refund(
    payments: Payments,
    *,
    charge: Charge,
    amount: int | None = None,
    reason: str | None = None,
    metadata: dict[str, str] | None = None,
    request_id: str | None = None,
    idempotency_key: str | None = None,
    keep: Keep | None = None,
) -> Refunded:
    """Give back `amount` of `charge`, by default what is left of it.

    Raises `Refused` when that is more than is left, or than the account has.
    """
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
    now = payments.clock.now()
    fee, interchange = _fees_back(charge, amount=wanted)
    new = Refund(
        id=new_id("re"),
        account_id=charge.account_id,
        charge_id=charge.id,
        intent_id=charge.intent_id,
        amount=wanted,
        currency=charge.currency,
        reason=reason,
        bucket=await _bucket(payments, charge, amount=wanted - fee),
        metadata=metadata or {},
        request_id=request_id,
        idempotency_key=idempotency_key,
        created_at=now,
        asked_at=now,
        fee_returned=fee,
        interchange_returned=interchange,
    )
    attempt = await _attempt(payments, new)
    reduced = _with_refund(charge, new, sign=1)
    unit = Unit().put(reduced, new)
    unit.book(
        recipes.refund_reserve(
            new.id,
            owner=new.account_id,
            by=attempt.rail,
            amount=wanted,
            fee=new.fee_returned,
            currency=new.currency,
            bucket=new.bucket,
        )
    )
    unit.claim = keep.hold(new.id) if keep else None
    await payments.writer.commit(unit)
    return await go_on(payments, new, keep=keep)


async def go_on(payments: Payments, pending: Refund, *, keep: Keep | None = None) -> Refunded:
    """Ask the rail for a refund that is recorded, and record its answer. Safe to repeat."""
    attempt = await _attempt(payments, pending)
    answer: Outcome | None = None
    if pending.status == RefundStatus.PENDING:
        answer = await followups.ask_refund(payments, pending, attempt=attempt)
    while True:
        charge = await _charge(payments, pending)
        if pending.status == RefundStatus.PENDING and isinstance(answer, Done):
            unit, refunded = _given_back(payments, pending, charge=charge, attempt=attempt)
        elif pending.status == RefundStatus.PENDING and isinstance(answer, Declined):
            unit, refunded = _failed(
                payments, pending, charge=charge, attempt=attempt, answer=answer
            )
        else:
            unit, refunded = Unit(), Refunded(pending, charge)
        body = None
        if keep is not None:
            unit.claim, body = await keep.finish(refunded)
        try:
            await payments.writer.commit(unit, answer=body)
        except ChangedMeanwhile:
            fresh = await store.get(payments.pool, Refund, pending.id)
            assert fresh is not None
            pending = fresh
            continue
        return refunded


async def resume(payments: Payments, refund_id: str, *, keep: Keep | None = None) -> Refunded:
    """Finish the refund that a dead request had begun."""
    pending = await store.get(payments.pool, Refund, refund_id)
    if pending is None:
        raise NotFound.of("refund", refund_id)
    return await go_on(payments, pending, keep=keep)


def _given_back(
    payments: Payments, pending: Refund, *, charge: Charge, attempt: Attempt
) -> tuple[Unit, Refunded]:
    now = payments.clock.now()
    due = charge.available_on if pending.bucket == PENDING else None
    transaction = line(
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
    done = changed(pending, status=RefundStatus.SUCCEEDED, balance_transaction_id=transaction.id)
    unit = Unit().put(done, transaction)
    unit.book(
        recipes.refund(
            done.id,
            owner=done.account_id,
            by=attempt.rail,
            amount=done.amount,
            fee=done.fee_returned,
            currency=done.currency,
            bucket=done.bucket,
        )
    )
    unit.book(
        recipes.interchange_back(done.id, amount=done.interchange_returned, currency=done.currency)
    )
    unit.events += [
        _about(payments, done, type="refund.created"),
        _about(payments, done, type="charge.refunded", obj=wire.charge(charge)),
    ]
    return unit, Refunded(done, charge, transaction)


def _failed(
    payments: Payments, pending: Refund, *, charge: Charge, attempt: Attempt, answer: Declined
) -> tuple[Unit, Refunded]:
    failed = changed(
        pending,
        status=RefundStatus.FAILED,
        failure_reason=answer.decline_code or "declined",
    )
    restored = _with_refund(charge, pending, sign=-1)
    unit = Unit().put(failed, restored)
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
    payments: Payments, refunded: Refund, *, type: str, obj: dict[str, object] | None = None
) -> Event:
    return event(
        type,
        obj or wire.refund(refunded),
        account_id=refunded.account_id,
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


async def _attempt(payments: Payments, pending: Refund) -> Attempt:
    charge = await _charge(payments, pending)
    found = await store.get(payments.pool, Attempt, charge.attempt_id)
    assert found is not None
    return found


async def _charge(payments: Payments, pending: Refund) -> Charge:
    found = await store.get(payments.pool, Charge, pending.charge_id)
    assert found is not None
    return found
