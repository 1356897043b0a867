"""What must be finished though nobody asks: unanswered answers, and days that have passed."""

import logging
from datetime import timedelta

from maalem.payments import store
from maalem.payments.acquiring.disputes import answer, notices
from maalem.payments.acquiring.disputes import case as cases
from maalem.payments.acquiring.disputes.records import Dispute, DisputeAnswer
from maalem.payments.acquiring.disputes.states import ANSWERABLE, INQUIRY, DisputeStatus
from maalem.payments.context import Payments
from maalem.payments.units import ChangedMeanwhile

BATCH = 200
GRACE_S = 30
_log = logging.getLogger("maalem.payments.disputes")


async def look_after(payments: Payments) -> int:
    """Finish answers, follow the feed, then close what ran out; return how many were closed.

    In this order: an answer that the network took before the day has come counts.
    """
    await ask_again(payments)
    await notices.follow(payments)
    return await run_out(payments)


async def ask_again(payments: Payments, *, grace_s: float = GRACE_S) -> int:
    """Ask the network about answers that it did not confirm; return how many were asked."""
    open_answers = await store.select(
        payments.pool,
        DisputeAnswer,
        f"status IN ('sent', 'unknown') AND asked_at <= $1 ORDER BY asked_at LIMIT {BATCH:d}",
        payments.clock.now() - timedelta(seconds=grace_s),
    )
    for said in open_answers:
        try:
            await answer.go_on(payments, said)
        except Exception:
            _log.exception("%s: could not be finished, will be tried again", said.id)
    return len(open_answers)


async def run_out(payments: Payments) -> int:
    """Close disputes whose day has passed without an answer; return how many were closed.

    A chargeback is lost then, an inquiry closed. What is on its way to the network is left alone:
    the network decides whether it came in time.
    """
    due = await store.select(
        payments.pool,
        Dispute,
        "status IN ('needs_response', 'warning_needs_response') AND due_by <= $1"
        " AND NOT EXISTS (SELECT FROM dispute_answers a WHERE a.dispute_id = disputes.id"
        f" AND a.status IN ('sent', 'unknown')) ORDER BY due_by LIMIT {BATCH:d}",
        payments.clock.now(),
    )
    closed = 0
    for dispute in due:
        try:
            closed += await _run_out(payments, dispute)
        except Exception:
            _log.exception("%s: could not be closed, will be tried again", dispute.id)
    return closed


async def _run_out(payments: Payments, dispute: Dispute) -> bool:
    if dispute.status not in ANSWERABLE:
        return False
    inquiry = dispute.stage == INQUIRY
    end = DisputeStatus.WARNING_CLOSED if inquiry else DisputeStatus.LOST
    case = await cases.load(payments.pool, dispute)
    unit, _ = await cases.ended(payments, case, status=end, past_due=True)
    try:
        await payments.writer.commit(unit)
    except ChangedMeanwhile:
        return False  # it was answered at this very moment
    return True
