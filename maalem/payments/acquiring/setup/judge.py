"""What an issuer's answer means for a setup: the next records and the events. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from maalem.payments.accounts import wire as accounts_wire
from maalem.payments.accounts.records import PaymentMethod
from maalem.payments.acquiring import challenges
from maalem.payments.acquiring.refusals import card_error
from maalem.payments.acquiring.setup import mandates, wire
from maalem.payments.acquiring.setup.records import Mandate, SetupAttempt, SetupIntent
from maalem.payments.acquiring.setup.states import SetupAttemptStatus, SetupIntentStatus
from maalem.payments.config import Config
from maalem.payments.errors import CardError
from maalem.payments.events.outbox import Event, event
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
# Three words of the rail that are other words for a setup.
_CODES = {"payment_intent_authentication_failure": "setup_intent_authentication_failure"}


@dataclass(frozen=True, slots=True)
class Asked:
    """An attempt whose issuer was asked at `now`, and everything needed to judge the answer."""

    setup: SetupIntent
    attempt: SetupAttempt
    method: PaymentMethod
    now: datetime
    config: Config


@dataclass(frozen=True, slots=True)
class Set:
    """What became of a setup. `refusal` is set when the issuer said no."""

    setup: SetupIntent
    attempt: SetupAttempt
    method: PaymentMethod
    refusal: CardError | None = None
    mandate: Mandate | None = None


def judge(asked: Asked, answer: Answer) -> tuple[Unit, Set]:
    """What to write for `answer`, and what it makes of the setup."""
    match answer:
        case Authorised():
            return _succeeded(asked, answer)
        case Declined():
            return _failed(asked, answer)
        case ChallengeRequired():
            return _challenged(asked, answer)
        case NeverSeen():
            return _failed(asked, Declined(answer.reference, "processing_error"))
        case Unknown():
            return _unknown(asked)


def refusal_of(answer: Declined, *, method: PaymentMethod) -> CardError:
    """The 402 in a setup's words."""
    named = replace(answer, code=_CODES.get(answer.code, answer.code))
    return card_error(named, method=method)


def stored_error(error: CardError) -> dict[str, Any]:
    """A refusal as an object's last error."""
    return {"type": error.type, "message": error.message, **error.fields}


def _succeeded(asked: Asked, answer: Authorised) -> tuple[Unit, Set]:
    setup, method = asked.setup, asked.method
    kept = method
    if setup.usage == "off_session":
        kept = changed(method, agreement=answer.network_reference)
    attached = setup.customer_id is not None and method.customer_id is None
    if attached:
        kept = changed(
            method,
            customer_id=setup.customer_id,
            agreement=kept.agreement,
        )
    mandate = mandates.given(setup, asked.attempt, now=asked.now)
    done = changed(
        setup,
        status=SetupIntentStatus.SUCCEEDED,
        next_action=None,
        last_setup_error=None,
        mandate_id=mandate.id if mandate else None,
    )
    attempt = changed(
        asked.attempt,
        status=SetupAttemptStatus.SUCCEEDED,
        network_reference=answer.network_reference,
        details=details(method, authenticated=answer.authenticated),
        resolved_at=asked.now,
    )
    unit = Unit().put(done, attempt)
    if mandate is not None:
        unit.put(mandate)
    if kept is not method:
        unit.put(kept)
    if attached:
        unit.events.append(about(asked, "payment_method.attached", _method(kept)))
    unit.events.append(about(asked, "setup_intent.succeeded", wire.setup_intent(done)))
    return unit, Set(done, attempt, kept, mandate=mandate)


def _failed(asked: Asked, answer: Declined) -> tuple[Unit, Set]:
    error = refusal_of(answer, method=asked.method)
    kept = stored_error(error)
    failed = changed(
        asked.setup,
        status=SetupIntentStatus.REQUIRES_PAYMENT_METHOD,
        payment_method_id=None,
        next_action=None,
        last_setup_error=kept,
    )
    attempt = changed(
        asked.attempt, status=SetupAttemptStatus.FAILED, error=kept, resolved_at=asked.now
    )
    error.fields["setup_intent"] = wire.setup_intent(failed)
    unit = Unit().put(failed, attempt)
    unit.events.append(about(asked, "setup_intent.setup_failed", wire.setup_intent(failed)))
    return unit, Set(failed, attempt, asked.method, refusal=error)


def _challenged(asked: Asked, answer: ChallengeRequired) -> tuple[Unit, Set]:
    token = challenges.page_token(asked.attempt.token, config=asked.config)
    attempt = changed(
        asked.attempt,
        status=SetupAttemptStatus.CHALLENGED,
        **challenges.traits(answer, token=token),
    )
    waiting = changed(
        asked.setup,
        status=SetupIntentStatus.REQUIRES_ACTION,
        next_action=challenges.next_action(
            "3ds", token, return_url=attempt.return_url, config=asked.config
        ),
    )
    unit = Unit().put(waiting, attempt)
    unit.events.append(about(asked, "setup_intent.requires_action", wire.setup_intent(waiting)))
    return unit, Set(waiting, attempt, asked.method)


def _unknown(asked: Asked) -> tuple[Unit, Set]:
    unit, attempt = Unit(), asked.attempt
    if attempt.status != SetupAttemptStatus.UNKNOWN:
        attempt = changed(attempt, status=SetupAttemptStatus.UNKNOWN)
        unit.put(attempt)
    return unit, Set(asked.setup, attempt, asked.method)


def details(method: PaymentMethod, *, authenticated: bool = False) -> dict[str, Any]:
    """`payment_method_details` of an attempt."""
    secure = {
        "authentication_flow": "challenge",
        "result": "authenticated",
        "result_reason": None,
        "version": "2.2.0",
    }
    return {
        "type": "card",
        "card": {
            "brand": method.brand,
            "checks": {"cvc_check": method.cvc_check},
            "country": method.country,
            "exp_month": method.exp_month,
            "exp_year": method.exp_year,
            "fingerprint": method.fingerprint,
            "funding": method.funding,
            "last4": method.last4,
            "network": method.brand,
            "three_d_secure": secure if authenticated else None,
            "wallet": None,
        },
    }


def about(asked: Asked, type: str, obj: dict[str, Any]) -> Event:
    """An event of the setup, in the name of the request that asked for it."""
    return event(
        type,
        obj,
        account_id=asked.setup.account_id,
        at=asked.now,
        request_id=asked.attempt.request_id,
        idempotency_key=asked.attempt.idempotency_key,
    )


def _method(record: PaymentMethod) -> dict[str, Any]:
    return accounts_wire.payment_method(record)
