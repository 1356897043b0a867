"""Ask for the money: record, ask the rail, record the answer; never anything in between.

tx 1 writes the attempt with its reference. The rail is asked with a deadline and no transaction
open. tx 2 writes the answer: records, ledger, events and the answer to the idempotency key in one
commit. A process that dies in the middle leaves an attempt that is `sent`; whoever comes first,
the retry with the same key or the job, asks the rail under the same reference and goes on.
"""

from functools import partial
from typing import Any, Literal

import msgspec

from maalem.payments import store
from maalem.payments.accounts.records import Account, PaymentMethod
from maalem.payments.acquiring import attempts, risks, wire
from maalem.payments.acquiring.answers import finish_key
from maalem.payments.acquiring.keeping import add_keeping
from maalem.payments.acquiring.outcome import Answer, Asked, Confirmed, about, first_attempt, judge
from maalem.payments.acquiring.records import Attempt, Charge, Intent
from maalem.payments.acquiring.refusals import card_error
from maalem.payments.acquiring.sessions import add_completion
from maalem.payments.acquiring.states import AttemptStatus, IntentStatus
from maalem.payments.context import Payments
from maalem.payments.errors import NotFound, Refused
from maalem.payments.rails.ports import (
    Authorised,
    CardPayment,
    ChallengeRequired,
    ChallengeState,
    Check,
    Declined,
    Done,
    NeverSeen,
    WalletPayment,
)
from maalem.payments.records import Record, changed
from maalem.payments.units import ChangedMeanwhile, Keep, Unit
from maalem.payments.vault.records import NoSuchCard

_TURNED_AWAY = "payment_intent_authentication_failure"
_READY = (IntentStatus.REQUIRES_PAYMENT_METHOD, IntentStatus.REQUIRES_CONFIRMATION)
_UNSETTLED = (AttemptStatus.SENT, AttemptStatus.UNKNOWN, AttemptStatus.CHALLENGED)


async def confirm(
    payments: Payments,
    *,
    intent: Intent,
    method: PaymentMethod,
    merchant: str | None = None,
    return_url: str | None = None,
    off_session: bool = False,
    force_challenge: bool = False,
    refuse_challenge: bool = False,
    request_id: str | None = None,
    idempotency_key: str | None = None,
    keep: Keep | None = None,
    stored: bool = True,
    also: tuple[Record, ...] = (),
) -> Confirmed:
    """Pay `intent` with `method`. Raises `Refused` where its state forbids it.

    The intent ends `succeeded`, `requires_capture`, `requires_action` (see `next_action`),
    `requires_payment_method` (refused) or `processing` (no answer yet: a job asks again).
    `stored` is False for an intent made in the same request; `also` are records to be stored
    with it. `refuse_challenge` takes a bank's question for its no. Raises `ChangedMeanwhile` if
    somebody else was quicker: nothing was asked.
    """
    if stored and intent.status == IntentStatus.REQUIRES_ACTION:
        intent, paid = await leave_challenge(payments, intent)
        if paid is not None:
            return paid
    if intent.status not in _READY:
        raise wrong_state(intent, "confirmed")
    now = payments.clock.now()
    weigh = partial(risks.weighed, payments, intent, method=method, now=now)
    weighed = await weigh()
    attempt = first_attempt(
        intent,
        method=method,
        now=now,
        risk=weighed.risk,
        return_url=return_url or intent.return_url,
        off_session=off_session,
        request_id=request_id,
        idempotency_key=idempotency_key,
    )
    step = changed if stored else msgspec.structs.replace
    intent = step(
        intent,
        status=IntentStatus.PROCESSING,
        attempt_id=attempt.id,
        payment_method_id=method.id,
        next_action=None,
    )
    schedule = await payments.fees.current()
    asked = Asked(intent, attempt, method, now, payments.config, schedule)
    unit = Unit(claim=keep.hold(intent.id) if keep else None, counts=weighed.counts)
    unit.put(*also, intent, attempt)
    if not stored:
        unit.events.append(about(asked, "payment_intent.created", wire.intent(intent)))
    attempt, lent = await risks.begin(payments, attempt, unit, weigh=weigh, card=method.vault_token)
    return await _ask_and_settle(
        payments,
        msgspec.structs.replace(asked, attempt=attempt),
        lent=lent,
        keep=keep,
        merchant=merchant,
        force_challenge=force_challenge,
        refuse_challenge=refuse_challenge,
    )


async def complete_authentication(
    payments: Payments,
    *,
    attempt: str,
    outcome: Literal["answered", "abandoned"] = "answered",
) -> Confirmed:
    """The payer has finished (or left) her challenge: ask the rail what became of `attempt`.

    `attempt` is the attempt's id. Safe to call twice, late and after expiry: the rail is asked
    under the attempt's reference and its answer is recorded once. Raises `NotFound`.
    """
    asked = await load(payments, attempt)
    if asked.attempt.status != AttemptStatus.CHALLENGED:
        return await stands(payments, asked.intent.id, attempt=attempt)
    if outcome == "abandoned" and asked.attempt.challenge:
        await payments.rails.desk.refuse(asked.attempt.challenge)
    answer = await lookup(payments, asked.attempt)
    return await resolve(payments, asked, answer=answer)


async def resolve(payments: Payments, asked: Asked, *, answer: Answer | Done) -> Confirmed:
    """Record what a look-up found. Whoever comes second finds what stands."""
    if asked.attempt.status not in _UNSETTLED:
        return await stands(payments, asked.intent.id, attempt=asked.attempt.id)
    from_challenge = asked.attempt.status == AttemptStatus.CHALLENGED
    if from_challenge and not isinstance(answer, Authorised | Declined | NeverSeen):
        return Confirmed(asked.intent, asked.attempt)
    assert not isinstance(answer, Done), "a payment's reference was used for a follow-up"
    if from_challenge:
        try:
            asked = await _reopen(payments, asked)
        except ChangedMeanwhile:
            return await stands(payments, asked.intent.id, attempt=asked.attempt.id)
    return await _settle(payments, asked, answer=answer)


async def resume(
    payments: Payments, intent_id: str, *, keep: Keep, refuse_challenge: bool = False
) -> Confirmed:
    """A retry found the payment of a request that died: finish it, pay nothing anew."""
    intent = await store.get(payments.pool, Intent, intent_id)
    if intent is None or intent.attempt_id is None:
        raise NotFound.of("payment_intent", intent_id)
    asked = await load(payments, intent.attempt_id)
    if asked.attempt.status in (AttemptStatus.SENT, AttemptStatus.UNKNOWN):
        return await _ask_and_settle(payments, asked, keep=keep, refuse_challenge=refuse_challenge)
    if refuse_challenge and asked.attempt.challenge:
        # Who finished it meanwhile did not know that a question is to be taken for a no.
        await payments.rails.desk.refuse(asked.attempt.challenge)
        answer = _question_for_no(await lookup(payments, asked.attempt))
        await resolve(payments, asked, answer=answer)
    confirmed = await stands(payments, intent_id, attempt=asked.attempt.id)
    await finish_key(payments, confirmed, keep=keep)
    return confirmed


async def attempt_of_token(payments: Payments, token: str) -> tuple[Attempt, Intent] | None:
    """The attempt whose hosted page is `/hosted/3ds/{token}` or `/hosted/wallet/{token}`."""
    attempt = await store.first(payments.pool, Attempt, "token = $1", token)
    if attempt is None:
        return None
    intent = await store.get(payments.pool, Intent, attempt.intent_id)
    assert intent is not None
    return attempt, intent


async def load(payments: Payments, attempt_id: str) -> Asked:
    """An attempt with its intent and method, as they stand. Raises `NotFound`."""
    attempt = await attempts.find(payments.pool, attempt_id)
    if attempt is None:
        raise NotFound.of("payment_attempt", attempt_id)
    intent = await store.get(payments.pool, Intent, attempt.intent_id)
    method = await store.get(payments.pool, PaymentMethod, attempt.payment_method_id)
    assert intent is not None
    assert method is not None
    schedule = await payments.fees.current()
    return Asked(intent, attempt, method, payments.clock.now(), payments.config, schedule)


async def lookup(payments: Payments, attempt: Attempt) -> Any:
    """What the rail knows of the attempt's reference; what a rule blocked, it never saw."""
    if (refusal := risks.blocked(attempt)) is not None:
        return refusal
    rail = payments.rails.card if attempt.rail == "card" else payments.rails.wallet
    return await rail.lookup(attempt.id, deadline_s=payments.config.rail_deadline_s)


async def stands(payments: Payments, intent_id: str, *, attempt: str) -> Confirmed:
    """The payment as it is recorded now, with the refusal if it was refused."""
    asked = await load(payments, attempt)
    charge = await store.first(
        payments.pool, Charge, "intent_id = $1 AND attempt_id = $2", intent_id, attempt
    )
    refusal = None
    if charge is not None and charge.status == "failed":
        answer = Declined(
            asked.attempt.id, charge.failure_code or "", decline_code=charge.decline_code
        )
        refusal = card_error(answer, charge=charge.id, method=asked.method)
        refusal.fields["payment_intent"] = wire.intent(asked.intent)
    return Confirmed(asked.intent, asked.attempt, charge, refusal=refusal)


def wants_challenge(intent: Intent) -> bool:
    """Whether the merchant asked for 3-D Secure; read from the record, which a retry has too."""
    card = (intent.payment_method_options or {}).get("card") or {}
    return bool(card.get("request_three_d_secure", "automatic") != "automatic")


def wrong_state(intent: Intent, verb: str, *, param: str | None = None) -> Refused:
    """The 400 for a verb that the intent's status forbids, with the intent embedded.

    `param` is what was to be changed.
    """
    return Refused(
        f"This PaymentIntent could not be {verb} because it has a status of {intent.status}.",
        code="payment_intent_unexpected_state",
        param=param,
        payment_intent=wire.intent(intent),
    )


async def _ask_and_settle(
    payments: Payments,
    asked: Asked,
    *,
    keep: Keep | None,
    lent: Any = None,
    merchant: str | None = None,
    force_challenge: bool = False,
    refuse_challenge: bool = False,
) -> Confirmed:
    merchant = merchant or await _merchant(payments, asked.intent)
    answer = await _ask(
        payments, asked, merchant=merchant, force_challenge=force_challenge, lent=lent
    )
    if refuse_challenge:
        if isinstance(answer, ChallengeRequired):
            await payments.rails.desk.refuse(answer.challenge)
        answer = _question_for_no(answer)
    return await _settle(payments, asked, answer=answer, keep=keep)


def _question_for_no(answer: Any) -> Any:
    """A bank's question taken for its no, also one that a request now dead had turned away."""
    turned_away = isinstance(answer, Declined) and answer.code == _TURNED_AWAY
    if not turned_away and not isinstance(answer, ChallengeRequired):
        return answer
    word = "authentication_required"
    return Declined(answer.reference, word, decline_code=word)


async def _settle(
    payments: Payments, asked: Asked, *, answer: Answer, keep: Keep | None = None
) -> Confirmed:
    """Transaction two. Somebody may have changed a record meanwhile: then decide again, unless
    it was the attempt itself, which somebody else has settled with the same answer."""
    while True:
        if isinstance(answer, Authorised):
            asked = msgspec.structs.replace(asked, receipt=await payments.receipts.take())
        unit, confirmed = judge(asked, answer)
        if confirmed.charge is not None and confirmed.refusal is None:
            await add_completion(payments, unit, intent=confirmed.intent, at=asked.now)
            add_keeping(unit, asked, confirmed)
        await risks.add_risk(payments, unit, asked=asked, confirmed=confirmed)
        body = None
        if keep is not None:
            unit.claim, body = await keep.finish(confirmed)
        try:
            await payments.writer.commit(unit, answer=body)
        except ChangedMeanwhile:
            asked = await load(payments, asked.attempt.id)
            if asked.attempt.status in (AttemptStatus.SENT, AttemptStatus.UNKNOWN):
                continue
            confirmed = await stands(payments, asked.intent.id, attempt=asked.attempt.id)
            if keep is not None:
                await finish_key(payments, confirmed, keep=keep)
        return confirmed


async def _ask(
    payments: Payments, asked: Asked, *, merchant: str, force_challenge: bool, lent: Any
) -> Answer:
    attempt, method = asked.attempt, asked.method
    if (refusal := risks.blocked(attempt)) is not None:
        return refusal
    deadline_s = payments.config.rail_deadline_s
    if attempt.rail == "wallet":
        wanted = WalletPayment(
            reference=attempt.id,
            amount=attempt.amount,
            currency=attempt.currency,
            merchant=merchant,
            phone=method.wallet_phone or "",
        )
        return await payments.rails.wallet.request(wanted, deadline_s=deadline_s)
    payment = CardPayment(
        reference=attempt.id,
        amount=attempt.amount,
        currency=attempt.currency,
        merchant=merchant,
        cvc_check=Check(method.cvc_check or "unchecked"),
        capture=asked.intent.capture_method != "manual",
        force_challenge=force_challenge
        or wants_challenge(asked.intent)
        or risks.asks_challenge(attempt),
        off_session=attempt.off_session,
        agreement=method.agreement,
    )
    try:
        return await payments.vault.lend(
            method.vault_token or "",
            why=attempt.id,
            use=lambda card: payments.rails.card.authorise(
                payment, card=card, deadline_s=deadline_s
            ),
            lent=lent,
        )
    except NoSuchCard:
        return Declined(attempt.id, "card_declined", decline_code="invalid_account")


async def leave_challenge(payments: Payments, intent: Intent) -> tuple[Intent, Confirmed | None]:
    """Give up the open challenge of `intent` so that she can pay another way.

    If she has passed it meanwhile, the payment is completed instead and returned.
    """
    assert intent.attempt_id is not None
    asked = await load(payments, intent.attempt_id)
    if asked.attempt.status == AttemptStatus.CHALLENGED and asked.attempt.challenge:
        shown = await payments.rails.desk.refuse(asked.attempt.challenge)
        if shown is not None and shown.state == ChallengeState.PASSED:
            return intent, await complete_authentication(payments, attempt=asked.attempt.id)
        left = changed(asked.intent, status=IntentStatus.REQUIRES_PAYMENT_METHOD, next_action=None)
        attempt = changed(
            asked.attempt, status=AttemptStatus.ABANDONED, resolved_at=payments.clock.now()
        )
        await payments.writer.commit(Unit().put(left, attempt))
        return left, None
    fresh = await store.get(payments.pool, Intent, intent.id)
    assert fresh is not None
    return fresh, None


async def _reopen(payments: Payments, asked: Asked) -> Asked:
    """From challenged back to sent, in a transaction of its own: the answer is on its way."""
    intent = changed(asked.intent, status=IntentStatus.PROCESSING, next_action=None)
    attempt = changed(asked.attempt, status=AttemptStatus.SENT, asked_at=asked.now)
    await payments.writer.commit(Unit().put(intent, attempt))
    return msgspec.structs.replace(asked, intent=intent, attempt=attempt)


async def _merchant(payments: Payments, intent: Intent) -> str:
    """The name that the payer's bank is told."""
    account = await store.get(payments.pool, Account, intent.on_behalf_of or intent.account_id)
    return (account.business_name if account else None) or "Maalem"
