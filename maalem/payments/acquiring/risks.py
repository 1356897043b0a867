"""Weigh a payment before its rail is asked; keep what was decided, and what followed, with it.

The verdict is written on the attempt in transaction one, so that whoever finishes the payment of a
process that died finds it there: what was blocked is never asked of a rail.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

import msgspec

from maalem.kit.ids import new_id
from maalem.payments import store
from maalem.payments.accounts.records import PaymentMethod
from maalem.payments.acquiring.outcome import Asked, Confirmed, about
from maalem.payments.acquiring.records import Attempt, Charge, Intent
from maalem.payments.acquiring.setup.records import SetupAttempt
from maalem.payments.context import Payments
from maalem.payments.events.outbox import event
from maalem.payments.rails.ports import Declined
from maalem.payments.records import changed
from maalem.payments.risk import wire
from maalem.payments.risk.book import hour_of
from maalem.payments.risk.decide import Limit, counters, limits, wanted, weigh
from maalem.payments.risk.records import (
    BLOCK,
    NORMAL,
    REVIEW,
    SCORES,
    Facts,
    Review,
    Rule,
    Verdict,
)
from maalem.payments.units import Unit, UnitRefused

_TYPES = {BLOCK: "blocked", REVIEW: "manual_review"}
_REASONS = {"highest": "highest_risk_level", "elevated": "elevated_risk_level"}


class Weighed(NamedTuple):
    """What the attempt keeps (None: nothing spoke for or against it), and what is counted."""

    risk: dict[str, Any] | None
    counts: list[tuple[Any, ...]]


async def weighed(
    payments: Payments, intent: Intent, /, *, method: PaymentMethod, now: datetime
) -> Weighed:
    """Hold the rules in force against the payment. Asks the database only if a rule has to."""
    return await held_against(payments, _facts(payments, intent, method=method), now=now)


async def held_against(payments: Payments, facts: Facts, /, *, now: datetime) -> Weighed:
    """The same, about a payment or a setup as rules see it."""
    rules = await payments.risk.rules(facts.account, now=now)
    seen = await payments.risk.look(wanted(rules, facts), now=now)
    verdict = weigh(rules, facts, seen=seen)
    hour = hour_of(now)
    tried = [
        (key, hour, 1, 0, facts.amount, None, None, None, None)
        for key in sorted(counters(rules, facts))
    ]
    if verdict.action is None:
        tried += [_limit(limit, hour) for limit in limits(rules, facts)]
    return Weighed(_kept(verdict), tried)


T = TypeVar("T", Attempt, SetupAttempt)


async def begin(
    payments: Payments,
    attempt: T,
    unit: Unit,
    *,
    weigh: Callable[[], Awaitable[Weighed]],
    card: str | None = None,
) -> tuple[T, Any]:
    """Transaction one: (the attempt as it was written, its card as `Vault.lend` takes it).

    `card` is the token of the card that pays; what a rule blocks is not opened. Where others have
    reached a limit meanwhile, it is weighed again with what they counted.
    """
    while True:
        unit.loan = (card, attempt.id) if card and blocked(attempt) is None else None
        try:
            return attempt, await payments.writer.commit(unit)
        except UnitRefused as refused:
            if refused.word != "velocity_reached":
                raise
        weighed = await weigh()
        unit.puts = [put for put in unit.puts if put[1] is not attempt]
        attempt = msgspec.structs.replace(attempt, risk=weighed.risk)
        unit.put(attempt).counts = weighed.counts


def blocked(attempt: Attempt | SetupAttempt) -> Declined | None:
    """The refusal of an attempt that a rule blocked: its rail is not asked."""
    if attempt.risk is None or attempt.risk["type"] != "blocked":
        return None
    return Declined(
        attempt.id,
        "card_declined" if attempt.rail == "card" else "payment_method_customer_decline",
        decline_code="fraudulent",
        advice="do_not_try_again",
        risk_level=attempt.risk["level"],
    )


def asks_challenge(attempt: Attempt | SetupAttempt) -> bool:
    """Whether a rule wants the card's holder to prove who she is."""
    return bool(attempt.risk and attempt.risk["challenge"])


async def add_risk(payments: Payments, unit: Unit, *, asked: Asked, confirmed: Confirmed) -> None:
    """What follows in transaction two: a decline is counted, a payment to look at is queued."""
    if confirmed.charge is None:
        return
    risk = asked.attempt.risk
    if confirmed.refusal is not None:
        if risk is None or risk["type"] != "blocked":
            unit.counts += await _declines(payments, asked)
        return
    if risk is not None and risk["type"] == "manual_review":
        review = Review(
            id=risk["review"],
            account_id=asked.intent.account_id,
            charge_id=confirmed.charge.id,
            intent_id=asked.intent.id,
            rule_id=risk["rule"],
            created_at=asked.now,
        )
        unit.put(review)
        unit.events.append(about(asked, "review.opened", wire.review(review)))


async def close_with_refund(
    payments: Payments, unit: Unit, charge: Charge, *, reason: str | None
) -> None:
    """A payment that is given back whole need not be looked at any more."""
    named = (charge.risk or {}).get("review")
    if named is None or charge.amount_refunded < charge.amount_captured:
        return
    review = await store.get(payments.pool, Review, named)
    if review is None or not review.open:
        return
    why = "refunded_as_fraud" if reason == "fraudulent" else "refunded"
    close(unit, review, why=why, by="refund", now=payments.clock.now())


async def close_with_dispute(payments: Payments, unit: Unit, charge: Charge) -> None:
    """A payment that its holder's bank has taken back, or has decided on, is not looked at more."""
    named = (charge.risk or {}).get("review")
    review = await store.get(payments.pool, Review, named) if named else None
    if review is not None and review.open:
        close(unit, review, why="disputed", by="dispute", now=payments.clock.now())


def close(unit: Unit, review: Review, *, why: str, by: str, now: datetime) -> Review:
    """Close a review in `unit`, and say so."""
    closed = changed(review, open=False, closed_reason=why, closed_by=by, closed_at=now)
    unit.put(closed)
    unit.events.append(
        event("review.closed", wire.review(closed), account_id=closed.account_id, at=now)
    )
    return closed


async def _declines(payments: Payments, asked: Asked) -> list[tuple[Any, ...]]:
    return await declines(
        payments, _facts(payments, asked.intent, method=asked.method), now=asked.now
    )


async def declines(payments: Payments, facts: Facts, /, *, now: datetime) -> list[tuple[Any, ...]]:
    """What a decline adds to the counters of the rules."""
    rules = await payments.risk.rules(facts.account, now=now)
    hour = hour_of(now)
    return [(key, hour, 0, 1, 0, None, None, None, None) for key in sorted(counters(rules, facts))]


def facts_of(payments: Payments, method: PaymentMethod, /, *, account: str, **traits: Any) -> Facts:
    """A method as rules see it; `traits` are the other facts."""
    fingerprint = method.fingerprint
    return Facts(
        account=account,
        rail=method.type,
        card=fingerprint,
        card_brand=method.brand,
        card_country=method.country,
        card_funding=method.funding,
        cvc_check=method.cvc_check,
        phone=method.wallet_phone or method.billing_phone,
        risk_level=payments.risk.levels.get(fingerprint or "", NORMAL),
        **traits,
    )


def _facts(payments: Payments, intent: Intent, *, method: PaymentMethod) -> Facts:
    return facts_of(
        payments,
        method,
        account=intent.account_id,
        amount=intent.amount,
        currency=intent.currency,
        customer=intent.customer_id,
        email=method.billing_email or intent.receipt_email,
    )


def _limit(limit: Limit, hour: datetime) -> tuple[Any, ...]:
    most = {name: limit.most if limit.counted == name else None for name in _COUNTED}
    return (limit.key, hour, 0, 0, 0, limit.window_h, *most.values())


_COUNTED = ("attempts", "declines", "amount")


def _kept(verdict: Verdict) -> dict[str, Any] | None:
    if verdict.rule is None and verdict.level == NORMAL:
        return None
    kind = _TYPES.get(verdict.action or "", "authorized")
    return {
        "type": kind,
        "level": verdict.level,
        "score": SCORES[verdict.level],
        "challenge": verdict.challenge,
        "reason": _reason(kind, verdict.rule, level=verdict.level),
        "rule": verdict.rule.id if verdict.rule else None,
        "rule_version": verdict.rule.version if verdict.rule else None,
        "message": verdict.rule.reason if verdict.rule else None,
        "review": new_id("prv") if kind == "manual_review" else None,
    }


def _reason(kind: str, rule: Rule | None, *, level: str) -> str | None:
    """Stripe's word: a rule about the level is told as the level."""
    if rule is None:
        return _REASONS.get(level)
    about_level = any(term["fact"] in ("risk_level", "risk_score") for term in rule.conditions)
    return _REASONS.get(level, "rule") if about_level else "rule"
