"""A dispute with its charge and its money: how it is opened, carried on and ended.

Nothing here commits. What is decided is a unit; whoever commits it decides again when it is
refused because somebody else was quicker, or because the merchant's money moved meanwhile.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from maalem.kit.ids import new_id
from maalem.payments import store
from maalem.payments.acquiring import attempts
from maalem.payments.acquiring.disputes import wire
from maalem.payments.acquiring.disputes.records import Dispute, Notice
from maalem.payments.acquiring.disputes.states import CHARGEBACK, INQUIRY, DisputeStatus
from maalem.payments.acquiring.lines import line
from maalem.payments.acquiring.records import Charge
from maalem.payments.acquiring.risks import close_with_dispute
from maalem.payments.context import Payments
from maalem.payments.db import Connection, Pool
from maalem.payments.events.outbox import Event, event
from maalem.payments.fees.decide import day_of, dispute_fee
from maalem.payments.ledger import recipes
from maalem.payments.ledger.balances import balance
from maalem.payments.ledger.records import AVAILABLE, PENDING, BalanceTransaction
from maalem.payments.records import R, changed
from maalem.payments.units import Unit

DISPUTE_RAIL = "card"


@dataclass(frozen=True, slots=True)
class Case:
    """A dispute as it stands: with its charge, and the lines that it left on the balance."""

    dispute: Dispute
    charge: Charge
    lines: list[BalanceTransaction]

    def shown(self) -> dict[str, Any]:
        """The `dispute` object."""
        return wire.dispute(self.dispute, charge=self.charge, lines=self.lines)


async def load(source: Pool | Connection, dispute: Dispute) -> Case:
    """What belongs to a dispute."""
    charge = await store.get(source, Charge, dispute.charge_id)
    assert charge is not None
    return Case(dispute, charge, await lines_of(source, [dispute]))


async def lines_of(source: Pool | Connection, disputes: list[Dispute]) -> list[BalanceTransaction]:
    """The balance lines of some disputes, in the order in which they were made."""
    ids = [place for dispute in disputes for place in dispute.balance_transaction_ids]
    if not ids:
        return []
    return await store.select(source, BalanceTransaction, "id = ANY ($1) ORDER BY id", ids)


async def opened(payments: Payments, notice: Notice, *, charge: Charge) -> tuple[Unit, Case]:
    """A new dispute about `charge`; a chargeback takes the money at once, an inquiry asks."""
    now = payments.clock.now()
    inquiry = notice.kind == INQUIRY
    details = charge.details.get("card") or {}
    dispute = Dispute(
        id=new_id("dp"),
        account_id=charge.account_id,
        charge_id=charge.id,
        intent_id=charge.intent_id,
        case_reference=notice.case_reference,
        stage=INQUIRY if inquiry else CHARGEBACK,
        status=DisputeStatus.WARNING_NEEDS_RESPONSE if inquiry else DisputeStatus.NEEDS_RESPONSE,
        reason=notice.reason,
        network_reason_code=notice.network_reason_code,
        brand=details.get("brand"),
        amount=notice.amount,
        currency=charge.currency,
        evidence={},
        due_by=notice.due_by,
        balance_transaction_ids=[],
        metadata={},
        created_at=now,
    )
    unit = Unit()
    case = Case(dispute, changed(charge, dispute_id=dispute.id), [])
    if not inquiry:
        case = await _withdrawn(payments, case, unit=unit)
    unit.put(case.charge, case.dispute)
    unit.events.append(told("charge.dispute.created", case, at=now))
    if not inquiry:
        unit.events.append(told("charge.dispute.funds_withdrawn", case, at=now))
        await close_with_dispute(payments, unit, charge)
    return unit, case


async def escalated(payments: Payments, case: Case, *, notice: Notice) -> tuple[Unit, Case]:
    """The inquiry became a chargeback: now the money goes."""
    now = payments.clock.now()
    dispute = changed(
        case.dispute,
        stage=CHARGEBACK,
        status=DisputeStatus.NEEDS_RESPONSE,
        amount=notice.amount,
        network_reason_code=notice.network_reason_code,
        due_by=notice.due_by,
        closed_at=None,
    )
    unit = Unit()
    after = Case(dispute, changed(case.charge), case.lines)
    after = await _withdrawn(payments, after, unit=unit)
    unit.put(after.charge, after.dispute)
    unit.events += [
        told("charge.dispute.updated", after, at=now, before=case),
        told("charge.dispute.funds_withdrawn", after, at=now),
    ]
    await close_with_dispute(payments, unit, case.charge)
    return unit, after


async def ended(
    payments: Payments, case: Case, *, status: DisputeStatus, past_due: bool = False
) -> tuple[Unit, Case]:
    """The dispute is over: `won` brings the money back, any other end leaves it where it is."""
    now = payments.clock.now()
    unit = Unit()
    dispute = changed(
        case.dispute,
        status=status,
        closed_at=now,
        past_due=past_due or case.dispute.past_due,
    )
    after = Case(dispute, case.charge, case.lines)
    if status == DisputeStatus.WON:
        after = await _reinstated(payments, after, unit=unit)
        unit.put(after.charge)
        unit.events.append(told("charge.dispute.funds_reinstated", after, at=now))
    unit.put(after.dispute)
    unit.events.append(told("charge.dispute.closed", after, at=now, before=case))
    if status in (DisputeStatus.WON, DisputeStatus.LOST):
        await close_with_dispute(payments, unit, case.charge)
    return unit, after


def told(
    type: str, case: Case, /, *, at: datetime, before: Case | None = None, **request: Any
) -> Event:
    """An event about a dispute, with what it said `before`."""
    return event(
        type,
        case.shown(),
        account_id=case.dispute.account_id,
        at=at,
        before=before.shown() if before is not None else None,
        **request,
    )


async def _withdrawn(payments: Payments, case: Case, *, unit: Unit) -> Case:
    """The network's share of the chargeback, booked in `unit`: available, pending, then owed."""
    dispute, now = case.dispute, payments.clock.now()
    currency, owner = dispute.currency, dispute.account_id
    has = await balance(payments.pool, owner)
    available, pending = has.available.get(currency, 0), has.pending.get(currency, 0)
    amount = recipes.taken(dispute.amount, available=available, pending=pending)
    cost, rate = dispute_fee(
        await payments.fees.current(), owner, currency=currency, on=day_of(now)
    )
    fee = recipes.taken(
        cost,
        available=available - amount.available,
        pending=pending - amount.pending,
    )
    due = await _last_day(payments, dispute) if amount.pending or fee.pending else now
    lines = _lines(dispute, amount=amount, fee=fee, due=due, now=now)
    unit.put(*lines).book(
        recipes.dispute_withdrawn(
            dispute.id, owner=owner, by=DISPUTE_RAIL, currency=currency, amount=amount, fee=fee
        )
    )
    ids = [*dispute.balance_transaction_ids, *(item.id for item in lines)]
    return Case(
        _same_step(
            dispute,
            amount_withdrawn=dispute.amount,
            fee=sum(fee),
            fee_rate=rate,
            balance_transaction_ids=ids,
        ),
        _same_step(case.charge, amount_disputed=case.charge.amount_disputed + dispute.amount),
        [*case.lines, *lines],
    )


async def _reinstated(payments: Payments, case: Case, *, unit: Unit) -> Case:
    """The network pays again; what the merchant owes is settled from it first."""
    dispute, now = case.dispute, payments.clock.now()
    owes = await payments.pool.fetchval(
        "SELECT debits_posted - credits_posted - credits_pending FROM ledger.accounts"
        " WHERE id = $1",
        recipes.owed(dispute.account_id, currency=dispute.currency).id,
    )
    again = line(
        "adjustment",
        dispute.id,
        account_id=dispute.account_id,
        amount=dispute.amount,
        currency=dispute.currency,
        bucket=AVAILABLE,
        available_on=now,
        now=now,
        description=f"Chargeback reversal for {dispute.charge_id}",
    )
    unit.put(again).book(
        recipes.dispute_reinstated(
            dispute.id,
            owner=dispute.account_id,
            by=DISPUTE_RAIL,
            amount=dispute.amount,
            owes=owes or 0,
            currency=dispute.currency,
        )
    )
    ids = [*dispute.balance_transaction_ids, again.id]
    charge = changed(
        case.charge, amount_disputed=case.charge.amount_disputed - dispute.amount_withdrawn
    )
    won = _same_step(
        dispute, amount_reinstated=dispute.amount_withdrawn, balance_transaction_ids=ids
    )
    return Case(won, charge, [*case.lines, again])


def _lines(
    dispute: Dispute, *, amount: recipes.Taken, fee: recipes.Taken, due: datetime, now: datetime
) -> list[BalanceTransaction]:
    """One line for what left the available balance (or is owed), one for what was pending."""
    parts = (
        (AVAILABLE, now, amount.available + amount.owed, fee.available + fee.owed),
        (PENDING, due, amount.pending, fee.pending),
    )
    lines = []
    for bucket, available_on, gone, cost in parts:
        if not gone and not cost:
            continue
        lines.append(
            line(
                "adjustment",
                dispute.id,
                account_id=dispute.account_id,
                amount=-gone or -cost,
                fee=cost if gone else 0,
                currency=dispute.currency,
                bucket=bucket,
                available_on=available_on,
                now=now,
                description=f"Chargeback withdrawal for {dispute.charge_id}",
            )
        )
    return lines


def _same_step(record: R, **fields: Any) -> R:
    """More of the same change: the version counts it once."""
    return msgspec.structs.replace(record, **fields)


async def _last_day(payments: Payments, dispute: Dispute) -> datetime:
    """When all that is pending now has become available: what was taken from it goes along."""
    last = await payments.pool.fetchval(
        "SELECT max(available_on) FROM balance_transactions"
        " WHERE account_id = $1 AND currency = $2 AND status = 'pending'",
        dispute.account_id,
        dispute.currency,
    )
    return last or payments.clock.now()


async def charge_of(payments: Payments, original: str) -> Charge | None:
    """The captured charge of the payment that the network calls `original`, if we know of it."""
    attempt = await attempts.find(payments.pool, original)
    if attempt is None:
        return None
    return await store.first(
        payments.pool,
        Charge,
        "intent_id = $1 AND attempt_id = $2 AND status = 'succeeded' AND amount_captured > 0",
        attempt.intent_id,
        attempt.id,
    )
