"""Ask the issuer whether a card may be kept: record, ask about nothing, record the answer.

The same road as a payment's (acquiring/confirm.py), with no money on it: a process that dies in
the middle leaves an attempt that is `sent`, and whoever comes first asks under its reference.
"""

from dataclasses import replace
from typing import Any

import msgspec

from maalem.kit.ids import new_id
from maalem.payments import store
from maalem.payments.accounts.records import Account, PaymentMethod
from maalem.payments.acquiring import risks
from maalem.payments.acquiring.answers import finish_key
from maalem.payments.acquiring.setup import weighing, wire
from maalem.payments.acquiring.setup.judge import (
    Answer,
    Asked,
    Set,
    about,
    details,
    judge,
    refusal_of,
)
from maalem.payments.acquiring.setup.records import SetupAttempt, SetupIntent
from maalem.payments.acquiring.setup.states import SetupAttemptStatus, SetupIntentStatus
from maalem.payments.context import Payments
from maalem.payments.errors import CardError, NotFound, Refused
from maalem.payments.events.outbox import event
from maalem.payments.rails.ports import (
    Authorised,
    CardPayment,
    ChallengeState,
    Check,
    Declined,
    NeverSeen,
)
from maalem.payments.records import Record, changed
from maalem.payments.units import ChangedMeanwhile, Keep, Unit
from maalem.payments.vault.records import NoSuchCard

READY = (SetupIntentStatus.REQUIRES_PAYMENT_METHOD, SetupIntentStatus.REQUIRES_CONFIRMATION)
_WAITING = (SetupAttemptStatus.SENT, SetupAttemptStatus.UNKNOWN)
_UNSETTLED = (*_WAITING, SetupAttemptStatus.CHALLENGED)


async def confirm(
    payments: Payments,
    *,
    setup: SetupIntent,
    method: PaymentMethod,
    return_url: str | None = None,
    force_challenge: bool = False,
    request_id: str | None = None,
    idempotency_key: str | None = None,
    keep: Keep | None = None,
    stored: bool = True,
    also: tuple[Record, ...] = (),
    acceptance: dict[str, Any] | None = None,
) -> Set:
    """Set `method` up for `setup`. Raises `Refused` where its state forbids it.

    The setup ends `succeeded` (the method is its customer's now), `requires_action`,
    `requires_payment_method` (refused) or `processing` (no answer yet: a job asks again).
    `stored` is False for a setup made in the same request; `also` are records stored with it.
    `acceptance` is how the holder agreed (mandates.py). The rules weigh it as they weigh a payment.
    """
    if stored and setup.status == SetupIntentStatus.REQUIRES_ACTION:
        setup, done = await leave_challenge(payments, setup)
        if done is not None:
            return done
    if setup.status not in READY:
        raise wrong_state(setup, "confirmed")
    now = payments.clock.now()
    weighed = await weighing.weighed(payments, setup, method=method, now=now)
    attempt = SetupAttempt(
        id=new_id("setatt"),
        account_id=setup.account_id,
        setup_id=setup.id,
        payment_method_id=method.id,
        customer_id=setup.customer_id,
        usage=setup.usage,
        status=SetupAttemptStatus.SENT,
        forced=force_challenge,
        return_url=return_url,
        details=details(method),
        request_id=request_id,
        idempotency_key=idempotency_key,
        created_at=now,
        asked_at=now,
        acceptance=acceptance,
        risk=weighed.risk,
    )
    step: dict[str, Any] = {
        "status": SetupIntentStatus.PROCESSING,
        "attempt_id": attempt.id,
        "payment_method_id": method.id,
    }
    setup = changed(setup, **step) if stored else msgspec.structs.replace(setup, **step)
    asked = Asked(setup, attempt, method, now, payments.config)
    unit = Unit().put(*also, setup, attempt)
    if not stored:
        unit.events.append(about(asked, "setup_intent.created", wire.setup_intent(setup)))
    unit.claim = keep.hold(setup.id) if keep else None
    unit.counts = weighed.counts
    attempt, _ = await risks.begin(
        payments,
        attempt,
        unit,
        weigh=lambda: weighing.weighed(payments, setup, method=method, now=now),
    )
    return await _ask_and_settle(payments, replace(asked, attempt=attempt), keep=keep)


async def complete(payments: Payments, *, attempt: str, abandoned: bool = False) -> Set:
    """The holder has finished (or left) her challenge: ask the issuer what became of `attempt`.

    Safe to call twice, late and after expiry. Raises `NotFound`.
    """
    asked = await load(payments, attempt)
    if asked.attempt.status != SetupAttemptStatus.CHALLENGED:
        return _stands(asked)
    if abandoned and asked.attempt.challenge:
        await payments.rails.desk.refuse(asked.attempt.challenge)
    return await resolve(payments, asked)


async def resolve(payments: Payments, asked: Asked) -> Set:
    """Look up what became of an attempt, and record it. Whoever comes second finds what stands."""
    if asked.attempt.status not in _UNSETTLED:
        return _stands(asked)
    deadline_s = payments.config.rail_deadline_s
    answer: Any = risks.blocked(asked.attempt) or await payments.rails.card.lookup(
        asked.attempt.id, deadline_s=deadline_s
    )
    if asked.attempt.status == SetupAttemptStatus.CHALLENGED:
        if not isinstance(answer, Authorised | Declined | NeverSeen):
            return _stands(asked)
        setup = changed(asked.setup, status=SetupIntentStatus.PROCESSING, next_action=None)
        attempt = changed(asked.attempt, status=SetupAttemptStatus.SENT, asked_at=asked.now)
        try:
            await payments.writer.commit(Unit().put(setup, attempt))
        except ChangedMeanwhile:
            return _stands(await load(payments, asked.attempt.id))
        asked = Asked(setup, attempt, asked.method, asked.now, asked.config)
    return await _settle(payments, asked, answer=answer)


async def resume(payments: Payments, setup_id: str, *, keep: Keep) -> Set:
    """A retry found the setup of a request that died: finish it, ask nothing anew."""
    setup = await store.get(payments.pool, SetupIntent, setup_id)
    if setup is None or setup.attempt_id is None:
        raise NotFound.of("setupintent", setup_id)
    asked = await load(payments, setup.attempt_id)
    if asked.attempt.status in _WAITING:
        return await _ask_and_settle(payments, asked, keep=keep)
    stands = _stands(asked)
    await finish_key(payments, stands, keep=keep)
    return stands


async def attempt_of_token(
    payments: Payments, token: str
) -> tuple[SetupAttempt, SetupIntent] | None:
    """The attempt whose hosted page is `/hosted/3ds/{token}`."""
    attempt = await store.first(payments.pool, SetupAttempt, "token = $1", token)
    if attempt is None:
        return None
    setup = await store.get(payments.pool, SetupIntent, attempt.setup_id)
    assert setup is not None
    return attempt, setup


async def load(payments: Payments, attempt_id: str) -> Asked:
    """An attempt with its setup and method, as they stand. Raises `NotFound`."""
    attempt = await store.get(payments.pool, SetupAttempt, attempt_id)
    if attempt is None:
        raise NotFound.of("setup_attempt", attempt_id)
    setup = await store.get(payments.pool, SetupIntent, attempt.setup_id)
    method = await store.get(payments.pool, PaymentMethod, attempt.payment_method_id)
    assert setup is not None
    assert method is not None
    return Asked(setup, attempt, method, payments.clock.now(), payments.config)


async def leave_challenge(payments: Payments, setup: SetupIntent) -> tuple[SetupIntent, Set | None]:
    """Give up the open challenge of `setup`; if she has passed it meanwhile, what came of it."""
    assert setup.attempt_id is not None
    asked = await load(payments, setup.attempt_id)
    if asked.attempt.status == SetupAttemptStatus.CHALLENGED and asked.attempt.challenge:
        shown = await payments.rails.desk.refuse(asked.attempt.challenge)
        if shown is not None and shown.state == ChallengeState.PASSED:
            return setup, await complete(payments, attempt=asked.attempt.id)
        left = changed(
            asked.setup, status=SetupIntentStatus.REQUIRES_PAYMENT_METHOD, next_action=None
        )
        attempt = changed(
            asked.attempt, status=SetupAttemptStatus.ABANDONED, resolved_at=payments.clock.now()
        )
        await payments.writer.commit(Unit().put(left, attempt))
        return left, None
    fresh = await store.get(payments.pool, SetupIntent, setup.id)
    assert fresh is not None
    return fresh, None


async def canceling(
    payments: Payments,
    setup: SetupIntent,
    /,
    *,
    reason: str | None = None,
    request_id: str | None = None,
    idempotency_key: str | None = None,
) -> tuple[SetupIntent, Unit]:
    """The canceled setup and the unit that makes it so. Raises `Refused` when it is over already,
    and while the issuer still owes us an answer."""
    if setup.status == SetupIntentStatus.REQUIRES_ACTION:
        setup, done = await leave_challenge(payments, setup)
        if done is not None:
            raise wrong_state(done.setup, "canceled")
    if setup.status not in READY:
        raise wrong_state(setup, "canceled")
    now = payments.clock.now()
    canceled = changed(
        setup,
        status=SetupIntentStatus.CANCELED,
        canceled_at=now,
        cancellation_reason=reason,
        next_action=None,
    )
    unit = Unit().put(canceled)
    unit.events.append(
        event(
            "setup_intent.canceled",
            wire.setup_intent(canceled),
            account_id=setup.account_id,
            at=now,
            request_id=request_id,
            idempotency_key=idempotency_key,
        )
    )
    return canceled, unit


def wrong_state(setup: SetupIntent, verb: str) -> Refused:
    """The 400 for a verb that the setup's status forbids, with the setup embedded."""
    return Refused(
        f"This SetupIntent could not be {verb} because it has a status of {setup.status}.",
        code="setup_intent_unexpected_state",
        setup_intent=wire.setup_intent(setup),
    )


def _stands(asked: Asked) -> Set:
    """The setup as it is recorded now, with the refusal if it was refused."""
    refusal: CardError | None = None
    if asked.attempt.status == SetupAttemptStatus.FAILED and asked.attempt.error is not None:
        error = asked.attempt.error
        declined = Declined(
            asked.attempt.id, error.get("code", ""), decline_code=error.get("decline_code")
        )
        refusal = refusal_of(declined, method=asked.method)
        refusal.fields["setup_intent"] = wire.setup_intent(asked.setup)
    return Set(asked.setup, asked.attempt, asked.method, refusal=refusal)


async def _ask_and_settle(payments: Payments, asked: Asked, *, keep: Keep | None) -> Set:
    return await _settle(payments, asked, answer=await _ask(payments, asked), keep=keep)


async def _settle(
    payments: Payments, asked: Asked, *, answer: Answer, keep: Keep | None = None
) -> Set:
    """Transaction two; decided again should a record have changed meanwhile."""
    while True:
        unit, done = judge(asked, answer)
        # Imported here: whoever closes a session gives its setup up, so visits stand on us.
        from maalem.payments.acquiring.setup import visits

        await visits.add_completion(payments, unit, setup=done.setup, at=asked.now)
        await weighing.add_declines(payments, unit, asked=asked, done=done)
        body = None
        if keep is not None:
            unit.claim, body = await keep.finish(done)
        try:
            await payments.writer.commit(unit, answer=body)
        except ChangedMeanwhile:
            asked = await load(payments, asked.attempt.id)
            if asked.attempt.status in _WAITING:
                continue
            done = _stands(asked)
            if keep is not None:
                await finish_key(payments, done, keep=keep)
        return done


async def _ask(payments: Payments, asked: Asked) -> Answer:
    attempt, method = asked.attempt, asked.method
    stopped = risks.blocked(attempt)
    if stopped is not None:
        return stopped
    account = await store.get(payments.pool, Account, attempt.account_id)
    assert account is not None
    wanted = CardPayment(
        reference=attempt.id,
        amount=0,
        currency=account.default_currency,
        merchant=account.business_name or "Maalem",
        cvc_check=Check(method.cvc_check or "unchecked"),
        capture=False,
        force_challenge=attempt.forced or risks.asks_challenge(attempt),
    )
    deadline_s = payments.config.rail_deadline_s
    try:
        return await payments.vault.lend(
            method.vault_token or "",
            why=attempt.id,
            use=lambda card: payments.rails.card.authorise(
                wanted, card=card, deadline_s=deadline_s
            ),
        )
    except NoSuchCard:
        return Declined(attempt.id, "card_declined", decline_code="invalid_account")
