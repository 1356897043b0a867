"""Take a held payment: whole, a part and give the rest up, or part after part."""

from dataclasses import dataclass
from typing import Any

import msgspec

from maalem.kit.ids import new_id
from maalem.payments.acquiring import followups, wire
from maalem.payments.acquiring.confirm import wrong_state
from maalem.payments.acquiring.connect import sharing
from maalem.payments.acquiring.followups import Standing
from maalem.payments.acquiring.lines import line, settlement
from maalem.payments.acquiring.outcome import Asked, about, fees_of
from maalem.payments.acquiring.records import Charge, Followup, Intent
from maalem.payments.acquiring.refusals import card_error
from maalem.payments.acquiring.sessions import add_completion
from maalem.payments.acquiring.states import IntentStatus
from maalem.payments.context import Payments
from maalem.payments.errors import CardError, Refused
from maalem.payments.ledger import recipes
from maalem.payments.ledger.records import AVAILABLE, PENDING, BalanceTransaction
from maalem.payments.metadata import laid_over_later
from maalem.payments.rails.ports import Declined, Done, Outcome
from maalem.payments.records import changed
from maalem.payments.units import Keep, Unit

CAPTURES_MAX = 50


@dataclass(frozen=True, slots=True)
class Captured:
    """The intent and its charge after a capture; still held if the rail did not answer."""

    intent: Intent
    charge: Charge
    transaction: BalanceTransaction | None = None
    refusal: CardError | None = None
    shared: tuple[dict[str, Any], ...] = ()


async def capture(
    payments: Payments,
    *,
    intent: Intent,
    amount: int | None = None,
    final: bool = True,
    metadata: dict[str, str] | None = None,
    statement_descriptor: str | None = None,
    terms: dict[str, Any] | None = None,
    request_id: str | None = None,
    idempotency_key: str | None = None,
    keep: Keep | None = None,
) -> Captured:
    """Take `amount` (all that is left by default) of a held payment.

    What is left then is given up, unless `final` is False: then it stays held, and the payment
    goes on asking to be captured. `terms` are what it says anew of the others' shares
    (`application_fee_amount` with its `fee_account_id`, or `transfer_amount`). Raises `Refused`
    for another state, too much or too late. Held money is captured or released once: the database
    refuses a second try while the first is on its way.
    """
    if intent.status != IntentStatus.REQUIRES_CAPTURE:
        raise wrong_state(intent, "captured")
    wanted = intent.amount_capturable if amount is None else amount
    if not 0 < wanted <= intent.amount_capturable:
        raise Refused(
            f"The amount to capture is 1 to {intent.amount_capturable}, you asked for {wanted}.",
            code="amount_too_small" if wanted < 1 else "amount_too_large",
            param="amount_to_capture",
        )
    now = payments.clock.now()
    charge = await followups.held_charge(payments, intent, now=now)
    final = final or wanted == intent.amount_capturable
    if not final:
        await _check_parts(payments, charge, intent=intent)
    followup = Followup(
        id=new_id("cap"),
        kind="capture",
        intent_id=intent.id,
        charge_id=charge.id,
        amount=wanted,
        metadata=metadata,
        request_id=request_id,
        idempotency_key=idempotency_key,
        created_at=now,
        asked_at=now,
        final=final,
        statement_descriptor=statement_descriptor,
        **(terms or {}),
    )
    await followups.begin(payments, followup, intent=intent, keep=keep)
    return await go_on(payments, followup, keep=keep)


async def go_on(payments: Payments, followup: Followup, *, keep: Keep | None = None) -> Captured:
    """Ask the rail for a capture that is recorded, and record its answer. Safe to repeat."""
    return await followups.settle(payments, followup, _judge, keep=keep)


async def _judge(payments: Payments, standing: Standing, answer: Outcome) -> tuple[Unit, Captured]:
    followup, asked, charge = standing
    if followup.status in ("done", "declined"):
        return Unit(), Captured(asked.intent, charge)
    if not isinstance(answer, Done):
        return not_done(standing, answer)
    held_by = await followups.held_by(payments, followup)
    unit, captured = _taken(asked, followup, charge=charge, held_by=held_by)
    await add_completion(payments, unit, intent=captured.intent, at=asked.now)
    return unit, captured


def not_done(standing: Standing, answer: Outcome) -> tuple[Unit, Captured]:
    """The payment as it was, when the rail said no to more of it, or has not said anything."""
    followup, asked, charge = standing
    if isinstance(answer, Declined):
        error = card_error(answer, charge=charge.id, method=asked.method)
        error.fields["payment_intent"] = wire.intent(asked.intent)
        unit = Unit().put(changed(followup, status="declined"))
        return unit, Captured(asked.intent, charge, refusal=error)
    unit = Unit()
    if followup.status != "unknown":
        unit.put(changed(followup, status="unknown"))
    return unit, Captured(asked.intent, charge)


async def _check_parts(payments: Payments, charge: Charge, *, intent: Intent) -> None:
    if intent.transfer_destination or intent.fee_account_id:
        raise Refused(
            "A payment that is shared with another account can be captured once only.",
            code="payment_intent_invalid_parameter",
            param="final_capture",
        )
    if not followups.allows(charge, "multicapture"):
        raise Refused(
            "This payment can be captured once only. To capture it in parts, pass"
            " payment_method_options[card][request_multicapture]=if_available when you create it.",
            code="payment_intent_invalid_parameter",
            param="final_capture",
        )
    made = await payments.pool.fetchval(
        "SELECT count(*) FROM followups WHERE intent_id = $1 AND kind = 'capture'"
        " AND status = 'done'",
        charge.intent_id,
    )
    if made + 1 >= CAPTURES_MAX:
        raise Refused(
            f"A payment can be captured in {CAPTURES_MAX} parts at most: this has to be the final"
            " capture.",
            code="payment_intent_invalid_parameter",
            param="final_capture",
        )


def _taken(
    asked: Asked, followup: Followup, /, *, charge: Charge, held_by: str
) -> tuple[Unit, Captured]:
    amount, now = followup.amount, asked.now
    intent = msgspec.structs.replace(asked.intent, **sharing.anew(followup))
    bucket, available_on = settlement(asked.config, now=now)
    fees = fees_of(asked, amount)
    shares = sharing.shares_of(intent, amount=amount)
    transaction = line(
        "charge",
        charge.id,
        account_id=charge.account_id,
        amount=amount,
        currency=charge.currency,
        bucket=bucket,
        available_on=available_on,
        now=now,
        **sharing.fees_on(shares, fees.fee),
        description=charge.description,
    )
    paid = _paid(intent, followup)
    taken = changed(
        charge,
        captured=followup.final,
        amount_captured=charge.amount_captured + amount,
        balance_transaction_id=transaction.id,
        available_on=available_on,
        statement_descriptor=paid.statement_descriptor,
        fee_lines=fees.frozen(after=charge.fee_lines, part=followup.id),
        **sharing.asked_of(intent),
        **(shares.on_charge() if shares else {}),
    )
    unit = Unit().put(changed(followup, status="done"), paid, taken, transaction)
    chain = recipes.capture(
        followup.id,
        held_by=held_by,
        owner=charge.account_id,
        by=asked.attempt.rail,
        amount=amount,
        fee=fees.fee,
        interchange=fees.costs,
        currency=charge.currency,
        bucket=PENDING,
        rest=paid.amount_capturable,
        timeout_s=followups.hold_left_s(charge, now=now),
    )
    if bucket == AVAILABLE:
        # The application fee of a direct charge leaves her money where that is in the end.
        net, owner = amount - fees.fee, charge.account_id
        chain += recipes.availability(
            transaction.id, owner=owner, net=net, currency=charge.currency
        )
    unit.book(chain)
    named = in_name_of(asked, followup)
    ending = "succeeded" if followup.final else "amount_capturable_updated"
    unit.events += [
        about(named, "charge.captured", wire.charge(taken)),
        about(named, f"payment_intent.{ending}", wire.intent(paid)),
    ]
    told: sharing.Told = []
    if shares:
        told = sharing.share_out(unit, shares, charge=taken, brought=transaction)
        unit.events += [about(named, kind, obj, owner=owner) for kind, obj, owner in told]
    return unit, Captured(paid, taken, transaction, shared=tuple(obj for _, obj, _ in told))


def _paid(intent: Intent, followup: Followup) -> Intent:
    """The intent after this capture: paid, or with the rest of it still held."""
    rest = 0 if followup.final else intent.amount_capturable - followup.amount
    return changed(
        intent,
        status=IntentStatus.SUCCEEDED if followup.final else intent.status,
        amount_capturable=rest,
        amount_received=intent.amount_received + followup.amount,
        metadata=laid_over_later(intent.metadata, followup.metadata),
        statement_descriptor=followup.statement_descriptor or intent.statement_descriptor,
    )


def in_name_of(asked: Asked, followup: Followup) -> Asked:
    """The events of a follow-up name its own request, not the one that paid."""
    attempt = changed(
        asked.attempt, request_id=followup.request_id, idempotency_key=followup.idempotency_key
    )
    return msgspec.structs.replace(asked, attempt=attempt)
