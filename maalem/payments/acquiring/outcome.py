"""What an answer of the rail means: the next records, the booking and the events. Pure."""

import os
from datetime import datetime, timedelta
from typing import Any

import msgspec

from maalem.kit.ids import new_id
from maalem.payments.accounts import wire as accounts_wire
from maalem.payments.accounts.records import PaymentMethod
from maalem.payments.acquiring import challenges, wire
from maalem.payments.acquiring.attempts import charge_id, ends_with_its_charge
from maalem.payments.acquiring.connect import sharing
from maalem.payments.acquiring.lines import line, settlement
from maalem.payments.acquiring.records import Attempt, Charge, Intent
from maalem.payments.acquiring.refusals import card_error
from maalem.payments.acquiring.states import AttemptStatus, IntentStatus
from maalem.payments.config import Config
from maalem.payments.errors import CardError
from maalem.payments.events.outbox import Event, event
from maalem.payments.fees.decide import ChargeFacts, Schedule, day_of, fee_for, origin_of
from maalem.payments.fees.records import FeeLines
from maalem.payments.ledger import recipes
from maalem.payments.ledger.records import PENDING, BalanceTransaction
from maalem.payments.packed import pack
from maalem.payments.rails.ports import (
    Authorised,
    ChallengeRequired,
    Declined,
    NeverSeen,
    Unknown,
)
from maalem.payments.records import changed
from maalem.payments.units import Unit

Answer = Authorised | Declined | ChallengeRequired | NeverSeen | Unknown


class Confirmed(msgspec.Struct, frozen=True):
    """What became of a confirmation. `refusal` is set when the payer's side said no; `shared`
    are the objects that say what the others got of it."""

    intent: Intent
    attempt: Attempt
    charge: Charge | None = None
    transaction: BalanceTransaction | None = None
    refusal: CardError | None = None
    shared: tuple[dict[str, Any], ...] = ()


class Asked(msgspec.Struct, frozen=True):
    """An attempt whose rail was asked at `now`, and everything needed to judge the answer."""

    intent: Intent
    attempt: Attempt
    method: PaymentMethod
    now: datetime
    config: Config
    schedule: Schedule
    receipt: str | None = None


def judge(asked: Asked, answer: Answer) -> tuple[Unit, Confirmed]:
    """What to write for `answer`, and what it makes of the payment."""
    match answer:
        case Authorised() if asked.intent.capture_method == "manual":
            return _held(asked, answer)
        case Authorised():
            return _taken(asked, answer)
        case Declined():
            return _declined(asked, answer)
        case ChallengeRequired():
            return _challenged(asked, answer)
        case NeverSeen():
            return _never_seen(asked, answer)
        case Unknown():
            return _unknown(asked)


def first_attempt(
    asked_for: Intent, *, method: PaymentMethod, now: datetime, **traits: Any
) -> Attempt:
    """The attempt to be recorded before the rail is asked; its id is the reference."""
    return Attempt(
        id=new_id("att"),
        intent_id=asked_for.id,
        payment_method_id=method.id,
        rail=method.type,
        amount=asked_for.amount,
        currency=asked_for.currency,
        status=AttemptStatus.SENT,
        created_at=now,
        asked_at=now,
        **traits,
    )


def fees_of(asked: Asked, amount: int) -> FeeLines:
    """What taking `amount` of the payment costs, by the rates of today."""
    facts = ChargeFacts(
        account_id=asked.intent.account_id,
        amount=amount,
        currency=asked.intent.currency,
        rail=asked.attempt.rail,
        origin=origin_of(asked.method.country) if asked.attempt.rail == "card" else None,
        funding=asked.method.funding,
    )
    return fee_for(facts, asked.schedule, on=day_of(asked.now))


def _taken(asked: Asked, answer: Authorised) -> tuple[Unit, Confirmed]:
    intent, config, now = asked.intent, asked.config, asked.now
    bucket, available_on = settlement(config, now=now, at_once=answer.available_at_once)
    fees = fees_of(asked, intent.amount)
    shares = sharing.shares_of(intent, amount=intent.amount)
    transaction = line(
        "charge",
        charge_id(asked.attempt.id),
        account_id=intent.account_id,
        amount=intent.amount,
        currency=intent.currency,
        bucket=bucket,
        available_on=available_on,
        now=now,
        **sharing.fees_on(shares, fees.fee),
        description=intent.description,
    )
    charge = _charge(
        asked,
        answer=answer,
        amount_captured=intent.amount,
        captured=True,
        balance_transaction_id=transaction.id,
        available_on=available_on,
        fee_lines=fees.frozen(),
        **(shares.on_charge() if shares else {}),
    )
    paid = changed(
        intent,
        review_id=_review(asked),
        status=IntentStatus.SUCCEEDED,
        amount_received=intent.amount,
        latest_charge_id=charge.id,
        next_action=None,
        last_payment_error=None,
    )
    attempt = _authorised(asked, answer)
    unit = _end(asked, attempt).put(paid, charge, transaction)
    unit.book(
        recipes.charge(
            charge.id,
            owner=intent.account_id,
            by=attempt.rail,
            amount=intent.amount,
            fee=fees.fee,
            interchange=fees.costs,
            currency=intent.currency,
            bucket=bucket,
        )
    )
    unit.events += [
        about(asked, "charge.succeeded", wire.charge(charge)),
        about(asked, "payment_intent.succeeded", wire.intent(paid)),
    ]
    told: sharing.Told = []
    if shares:
        told = sharing.share_out(unit, shares, charge=charge, brought=transaction)
        unit.events += [about(asked, kind, obj, owner=owner) for kind, obj, owner in told]
    shared = tuple(obj for _, obj, _ in told)
    return unit, Confirmed(paid, attempt, charge, transaction, shared=shared)


def _held(asked: Asked, answer: Authorised) -> tuple[Unit, Confirmed]:
    intent, config = asked.intent, asked.config
    charge = _charge(
        asked,
        answer=answer,
        capture_before=asked.now + timedelta(seconds=config.hold_ttl_s),
    )
    held = changed(
        intent,
        review_id=_review(asked),
        status=IntentStatus.REQUIRES_CAPTURE,
        amount_capturable=intent.amount,
        latest_charge_id=charge.id,
        next_action=None,
        last_payment_error=None,
    )
    attempt = _authorised(asked, answer)
    unit = _end(asked, attempt).put(held, charge)
    # The ledger's own expiry is a day later than ours: ours is the one that tells the rail.
    unit.book(
        recipes.hold(
            charge.id,
            owner=intent.account_id,
            by=attempt.rail,
            amount=intent.amount,
            currency=intent.currency,
            bucket=PENDING,
            timeout_s=config.hold_ttl_s + 86_400,
        )
    )
    unit.events += [
        about(asked, "charge.succeeded", wire.charge(charge)),
        about(asked, "payment_intent.amount_capturable_updated", wire.intent(held)),
    ]
    return unit, Confirmed(held, attempt, charge)


def _declined(asked: Asked, answer: Declined) -> tuple[Unit, Confirmed]:
    intent = asked.intent
    error = card_error(answer, method=asked.method)
    is_blocked = (asked.attempt.risk or {}).get("type") == "blocked"
    charge = _charge(
        asked,
        answer=answer,
        status="failed",
        failure_code=answer.code,
        failure_message=error.message,
        decline_code=answer.decline_code,
        network_status="not_sent_to_network" if is_blocked else "declined_by_network",
    )
    error = card_error(answer, charge=charge.id, method=asked.method)
    attempt = changed(
        asked.attempt,
        status=AttemptStatus.DECLINED,
        decline_code=answer.decline_code or answer.code,
        resolved_at=asked.now,
    )
    failed = _given_back(intent, error=error, latest_charge_id=charge.id)
    shown = wire.intent(failed)
    error.fields["payment_intent"] = shown
    unit = _end(asked, attempt).put(failed, charge)
    unit.events += [
        about(asked, "charge.failed", wire.charge(charge)),
        about(asked, "payment_intent.payment_failed", shown),
    ]
    return unit, Confirmed(failed, attempt, charge, refusal=error)


def _challenged(asked: Asked, answer: ChallengeRequired) -> tuple[Unit, Confirmed]:
    token = challenges.page_token(asked.attempt.token, config=asked.config)
    attempt = changed(
        asked.attempt,
        status=AttemptStatus.CHALLENGED,
        **challenges.traits(answer, token=token),
    )
    page: challenges.Page = "wallet" if attempt.rail == "wallet" else "3ds"
    waiting = changed(
        asked.intent,
        status=IntentStatus.REQUIRES_ACTION,
        next_action=challenges.next_action(
            page, token, return_url=attempt.return_url, config=asked.config
        ),
    )
    unit = Unit().put(waiting, attempt)
    unit.events.append(about(asked, "payment_intent.requires_action", wire.intent(waiting)))
    return unit, Confirmed(waiting, attempt)


def _never_seen(asked: Asked, answer: NeverSeen) -> tuple[Unit, Confirmed]:
    refused = Declined(reference=answer.reference, code="processing_error")
    error = card_error(refused, method=asked.method)
    attempt = changed(asked.attempt, status=AttemptStatus.EXPIRED, resolved_at=asked.now)
    failed = _given_back(asked.intent, error=error)
    error.fields["payment_intent"] = wire.intent(failed)
    unit = Unit().put(failed, attempt)
    unit.events.append(about(asked, "payment_intent.payment_failed", wire.intent(failed)))
    return unit, Confirmed(failed, attempt, refusal=error)


def _unknown(asked: Asked) -> tuple[Unit, Confirmed]:
    attempt = asked.attempt
    unit = Unit()
    if attempt.status != AttemptStatus.UNKNOWN:
        attempt = changed(attempt, status=AttemptStatus.UNKNOWN)
        unit.put(attempt)
        unit.events.append(about(asked, "payment_intent.processing", wire.intent(asked.intent)))
    return unit, Confirmed(asked.intent, attempt)


def _given_back(intent: Intent, *, error: CardError, **fields: Any) -> Intent:
    """The intent after a refusal: the payer may try another way."""
    return changed(
        intent,
        status=IntentStatus.REQUIRES_PAYMENT_METHOD,
        payment_method_id=None,
        next_action=None,
        last_payment_error={"type": error.type, "message": error.message, **error.fields},
        **fields,
    )


def _authorised(asked: Asked, answer: Authorised) -> Attempt:
    return changed(
        asked.attempt,
        status=AttemptStatus.AUTHORISED,
        authorisation_code=answer.authorisation_code,
        network_reference=answer.network_reference,
        resolved_at=asked.now,
    )


def _end(asked: Asked, attempt: Attempt) -> Unit:
    """A unit with the attempt as it is now, in its row or without one: see `attempts`."""
    if ends_with_its_charge(asked.attempt):
        return Unit(ended=[attempt.id])
    return Unit().put(attempt)


def _review(asked: Asked) -> str | None:
    return (asked.attempt.risk or {}).get("review")


def _charge(asked: Asked, *, answer: Authorised | Declined, **fields: Any) -> Charge:
    intent, method = asked.intent, asked.method
    status = fields.pop("status", "succeeded")
    return Charge(
        id=charge_id(asked.attempt.id),
        account_id=intent.account_id,
        intent_id=intent.id,
        attempt_id=asked.attempt.id,
        payment_method_id=method.id,
        customer_id=intent.customer_id,
        amount=intent.amount,
        currency=intent.currency,
        status=status,
        receipt_number=asked.receipt if status == "succeeded" else None,
        risk_level=(asked.attempt.risk or {}).get("level", answer.risk_level),
        authenticated=answer.authenticated,
        cvc_check=str(answer.cvc_check),
        payment_method_details=pack(msgspec.json.encode(_details(asked, answer))),
        description=intent.description,
        receipt_email=intent.receipt_email,
        statement_descriptor=intent.statement_descriptor,
        transfer_group=intent.transfer_group,
        metadata=intent.metadata,
        created_at=asked.now,
        risk=asked.attempt.risk,
        network_reference=getattr(answer, "network_reference", None),
        **sharing.asked_of(intent),
        **fields,
    )


def _details(asked: Asked, answer: Authorised | Declined) -> dict[str, Any]:
    method = asked.method
    shown = accounts_wire.method_details(method)
    if method.type == "card":
        shown = {
            "brand": method.brand,
            "last4": method.last4,
            "exp_month": method.exp_month,
            "exp_year": method.exp_year,
            "fingerprint": method.fingerprint,
            "funding": method.funding,
            "country": method.country,
            "checks": {"cvc_check": str(answer.cvc_check)},
            "network": method.brand,
            **_flexible(asked.intent),
            "authorization_code": getattr(answer, "authorisation_code", None),
            "three_d_secure": {
                "authentication_flow": "challenge",
                "result": "authenticated",
                "version": "2.2.0",
            }
            if answer.authenticated
            else None,
            "wallet": None,
        }
    return {
        "type": method.type,
        method.type: shown,
        "billing": {
            "name": method.billing_name,
            "email": method.billing_email,
            "phone": method.billing_phone,
            "address": method.billing_address,
        },
        **({"shipping": asked.intent.shipping} if asked.intent.shipping else {}),
    }


def _flexible(intent: Intent) -> dict[str, Any]:
    """What may be done with a hold besides taking it once, if it was asked for."""
    if intent.capture_method != "manual":
        return {}
    wanted = (intent.payment_method_options or {}).get("card") or {}
    granted = {True: "available", False: "unavailable"}
    return {
        "extended_authorization": {"status": "disabled"},
        "incremental_authorization": {
            "status": granted[wanted.get("request_incremental_authorization") == "if_available"]
        },
        "multicapture": {"status": granted[wanted.get("request_multicapture") == "if_available"]},
        "overcapture": {"maximum_amount_capturable": intent.amount, "status": "unavailable"},
    }


def about(
    asked: Asked,
    type: str,
    obj: dict[str, Any],
    *,
    before: dict[str, Any] | None = None,
    owner: str | None = None,
) -> Event:
    """An event of the payment, in the name of the request that asked for it; `owner` is the
    object's account, where that isn't the payment's, `before` what it was until now."""
    return event(
        type,
        obj,
        account_id=owner or asked.intent.account_id,
        at=asked.now,
        before=before,
        request_id=asked.attempt.request_id,
        idempotency_key=asked.attempt.idempotency_key,
    )


def client_secret(intent_id: str) -> str:
    """What lets a payer's browser see one intent and no other."""
    return f"{intent_id}_secret_{os.urandom(13).hex()}"
