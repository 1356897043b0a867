"""Read the network's feed, and work off what it told.

A line of the feed is kept before anything is made of it, so the feed may be read twice and told
twice. A notice waits where what it is about is not known yet: an end before its beginning, a
dispute before its charge. Whatever the order, the end is the same.
"""

import logging
from collections.abc import Sequence
from typing import NamedTuple

from maalem.kit.ids import new_id
from maalem.payments import store
from maalem.payments.acquiring import refund
from maalem.payments.acquiring.disputes import case as cases
from maalem.payments.acquiring.disputes import wire
from maalem.payments.acquiring.disputes.case import Case
from maalem.payments.acquiring.disputes.records import Dispute, FraudWarning, Notice
from maalem.payments.acquiring.disputes.states import DISPUTE_NEXT, DisputeStatus
from maalem.payments.acquiring.records import Charge, Refund
from maalem.payments.acquiring.states import RefundStatus
from maalem.payments.context import Payments
from maalem.payments.events.outbox import event
from maalem.payments.rails.ports import CaseNotice, NoticeKind, Unknown
from maalem.payments.records import changed
from maalem.payments.units import ChangedMeanwhile, Unit, UnitRefused

PAGE = 100
TRIES = 8
# Refusals that come of somebody else's having been quicker: read again, decide again.
_AGAIN = frozenset({"exceeds_credits", "one_dispute_per_case", "one_warning_per_case"})
_ENDS = {
    NoticeKind.WON: DisputeStatus.WON,
    NoticeKind.LOST: DisputeStatus.LOST,
    NoticeKind.CLOSED: DisputeStatus.WARNING_CLOSED,
}
_BEGINNINGS = (NoticeKind.OPENED, NoticeKind.INQUIRY, NoticeKind.FRAUD_REPORT)
_KEEP = """
WITH kept AS (
    INSERT INTO dispute_notices (id, version, case_reference, original, kind, amount, currency,
        reason, network_reason_code, due_by, told_at, status, created_at)
    SELECT id, 1, case_reference, original, kind, amount, currency, reason, code, due_by, told_at,
        'waiting', $11
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[],
        $7::text[], $8::text[], $9::timestamptz[], $10::timestamptz[])
        AS told (id, case_reference, original, kind, amount, currency, reason, code, due_by,
            told_at)
    ON CONFLICT (id) DO NOTHING
)
UPDATE dispute_feed SET place = greatest(place, $12)
"""
_log = logging.getLogger("maalem.payments.disputes")


async def follow(payments: Payments) -> int:
    """Take in what the network has told since, and work off what can be; return how many were."""
    await read_feed(payments)
    return await work_off(payments)


async def read_feed(payments: Payments) -> int:
    """Keep what was told behind the place that was read to; return how many lines there were."""
    place = await payments.pool.fetchval("SELECT place FROM dispute_feed")
    lines = 0
    while True:
        found = await payments.rails.disputes.notices(
            after=place, limit=PAGE, deadline_s=payments.config.rail_deadline_s
        )
        if isinstance(found, Unknown) or not found:
            return lines
        await keep(payments, found)
        place, lines = found[-1].number, lines + len(found)


async def keep(payments: Payments, told: Sequence[CaseNotice]) -> None:
    """Write down lines of the feed; those that are known stay as they are."""
    await payments.pool.execute(
        _KEEP,
        [item.notice for item in told],
        [item.case for item in told],
        [item.original for item in told],
        [item.kind.value for item in told],
        [item.amount for item in told],
        [item.currency for item in told],
        [item.reason for item in told],
        [item.network_reason_code for item in told],
        [item.due_by for item in told],
        [item.told_at for item in told],
        payments.clock.now(),
        max(item.number for item in told),
    )


async def work_off(payments: Payments) -> int:
    """Apply every notice that can be; return how many were."""
    done, last = 0, ""
    while True:
        waiting = await store.select(
            payments.pool,
            Notice,
            f"status = 'waiting' AND id > $1 ORDER BY id LIMIT {PAGE:d}",
            last,
        )
        if not waiting:
            return done
        last = waiting[-1].id
        for notice in waiting:
            try:
                done += await apply(payments, notice)
            except Exception:
                _log.exception("notice %s could not be worked off, will be tried again", notice.id)


class Waiting(NamedTuple):
    """A notice that nothing could be made of yet, and why."""

    notice: Notice
    why: str


async def waiting(payments: Payments) -> list[Waiting]:
    """What waits, oldest first, each with its reason in words."""
    found = await store.select(payments.pool, Notice, "status = 'waiting' ORDER BY told_at, id")
    return [Waiting(notice, await _why(payments, notice)) for notice in found]


async def _why(payments: Payments, notice: Notice) -> str:
    if notice.kind == NoticeKind.REFUND_RETURNED:
        return await _why_not_back(payments, notice)
    if NoticeKind(notice.kind) not in _BEGINNINGS:
        case = notice.case_reference
        dispute = await store.first(payments.pool, Dispute, "case_reference = $1", case)
        if dispute is None:
            return "its beginning has not been told: it waits for that"
        if NoticeKind(notice.kind) != NoticeKind.ESCALATED:
            return (
                f"{dispute.id} is {dispute.status}: an escalation comes first, or they contradict"
            )
    charge = await cases.charge_of(payments, notice.original)
    if charge is None:
        return "we know no charge of that payment: ask the network what it is"
    if notice.amount > _left(charge):
        return f"{charge.id} has {_left(charge):,} left, a refund of it may be under way"
    return "it can be worked off: try it again"


async def _why_not_back(payments: Payments, notice: Notice) -> str:
    given = await store.get(payments.pool, Refund, notice.original)
    if given is None:
        return "we know no such refund: ask the network what it is"
    if given.status == RefundStatus.PENDING:
        return f"the network has not answered {given.id} yet: it waits for that"
    return f"{given.id} is {given.status} and of {given.amount:,}, {notice.amount:,} came back"


async def apply(payments: Payments, notice: Notice) -> bool:
    """Make of one notice what it means; False if it has to wait."""
    for _ in range(TRIES):
        if notice.status != "waiting":
            return False
        unit = await _judged(payments, notice)
        if unit is None:
            return False
        try:
            await payments.writer.commit(unit)
            return True
        except ChangedMeanwhile:
            pass
        except UnitRefused as refused:
            if refused.word not in _AGAIN:
                raise
        fresh = await store.get(payments.pool, Notice, notice.id)
        assert fresh is not None
        notice = fresh
    return False


async def _judged(payments: Payments, notice: Notice) -> Unit | None:
    """What to write for a notice, or None where it is too early for it."""
    kind = NoticeKind(notice.kind)
    if kind == NoticeKind.FRAUD_REPORT:
        return await _warned(payments, notice)
    if kind == NoticeKind.REFUND_RETURNED:
        return await _returned(payments, notice)
    dispute = await store.first(
        payments.pool, Dispute, "case_reference = $1", notice.case_reference
    )
    if kind in (NoticeKind.OPENED, NoticeKind.INQUIRY):
        if dispute is not None:
            return _repeated(notice)
        return await _opened(payments, notice)
    if dispute is None:
        return None
    case = await cases.load(payments.pool, dispute)
    if kind == NoticeKind.ESCALATED:
        return await _escalated(payments, notice, case=case)
    return await _ended(payments, notice, case=case, status=_ENDS[kind])


async def _opened(payments: Payments, notice: Notice) -> Unit | None:
    charge = await cases.charge_of(payments, notice.original)
    if charge is None:
        return None
    if notice.kind == NoticeKind.OPENED and notice.amount > _left(charge):
        return None  # what becomes of a refund under way is not known yet; an inquiry takes nothing
    unit, _ = await cases.opened(payments, notice, charge=charge)
    return unit.put(_applied(notice))


async def _warned(payments: Payments, notice: Notice) -> Unit | None:
    """The issuer's warning, once for a case."""
    if await store.first(payments.pool, FraudWarning, "case_reference = $1", notice.case_reference):
        return _repeated(notice)
    charge = await cases.charge_of(payments, notice.original)
    if charge is None:
        return None
    warning = FraudWarning(
        id=new_id("issfr"),
        account_id=charge.account_id,
        charge_id=charge.id,
        intent_id=charge.intent_id,
        case_reference=notice.case_reference,
        fraud_type=notice.reason,
        created_at=payments.clock.now(),
    )
    unit = Unit().put(warning, _applied(notice))
    told = event(
        "radar.early_fraud_warning.created",
        wire.warning(warning, charge=charge),
        account_id=warning.account_id,
        at=warning.created_at,
    )
    unit.events.append(told)
    return unit


async def _returned(payments: Payments, notice: Notice) -> Unit | None:
    """A refund that had succeeded came back, all of it and once."""
    given = await store.get(payments.pool, Refund, notice.original)
    if given is None or given.amount != notice.amount:
        return None
    if given.returned_at is not None:
        return _repeated(notice)
    if given.status != RefundStatus.SUCCEEDED:
        return None  # its answer comes first, or the network contradicts itself
    unit = await refund.came_back(payments, given, reason=notice.reason)
    return unit.put(_applied(notice))


async def _escalated(payments: Payments, notice: Notice, *, case: Case) -> Unit | None:
    if DisputeStatus.NEEDS_RESPONSE not in DISPUTE_NEXT[DisputeStatus(case.dispute.status)]:
        return _repeated(notice)
    if notice.amount > _left(case.charge):
        return None
    unit, _ = await cases.escalated(payments, case, notice=notice)
    return unit.put(_applied(notice))


async def _ended(
    payments: Payments, notice: Notice, *, case: Case, status: DisputeStatus
) -> Unit | None:
    now = DisputeStatus(case.dispute.status)
    if now == status:
        return _repeated(notice)
    if status not in DISPUTE_NEXT[now]:
        return None  # an escalation comes first, or the network contradicts itself
    unit, _ = await cases.ended(payments, case, status=status)
    return unit.put(_applied(notice))


def _left(charge: Charge) -> int:
    return charge.amount_captured - charge.amount_refunded - charge.amount_disputed


def _applied(notice: Notice) -> Notice:
    return changed(notice, status="applied")


def _repeated(notice: Notice) -> Unit:
    return Unit().put(changed(notice, status="repeated"))
