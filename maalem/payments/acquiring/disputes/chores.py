"""What must be finished though nobody asks: unanswered answers, and days that have passed."""

from datetime import timedelta

from maalem.payments import store
from maalem.payments.acquiring.disputes import answer, notices
from maalem.payments.acquiring.disputes import case as cases
from maalem.payments.acquiring.disputes.records import Dispute, DisputeAnswer
from maalem.payments.acquiring.disputes.states import ANSWERABLE, INQUIRY, DisputeStatus
from maalem.payments.context import Payments
from maalem.payments.parked import tries
from maalem.payments.units import ChangedMeanwhile

BATCH = 200
GRACE_S = 30


async def look_after(payments: Payments) -> int:
    """Finish answers, follow the feed, then close what ran out; return how many were closed.

    In this order: an answer that the network took before the day has come counts.
    """
    await ask_again(payments)
    await notices.follow(payments)
    return await run_out(payments)


async def ask_again(payments: Payments, *, grace_s: float = GRACE_S) -> int:
    """Ask the network about answers that it did not confirm; return how many were asked."""
    run = await tries(payments, "answers to disputes")
    open_answers = await store.select(
        payments.pool,
        DisputeAnswer,
        "status IN ('sent', 'unknown') AND asked_at <= $1 AND id <> ALL($2)"
        f" ORDER BY asked_at LIMIT {BATCH:d}",
        payments.clock.now() - timedelta(seconds=grace_s),
        run.held,
    )
    for said in open_answers:
        async with run.of(said.id):
            await answer.go_on(payments, said)
    return len(open_answers)


async def run_out(payments: Payments) -> int:
    """Close disputes whose day has passed without an answer; return how many were closed.

    A chargeback is lost then, an inquiry closed. What is on its way to the network is left alone:
    the network decides whether it came in time.
    """
    run = await tries(payments, "disputes that run out")
    due = await store.select(
        payments.pool,
        Dispute,
        "status IN ('needs_response', 'warning_needs_response') AND due_by <= $1"
        " AND NOT EXISTS (SELECT FROM dispute_answers a WHERE a.dispute_id = disputes.id"
        " AND a.status IN ('sent', 'unknown')) AND id <> ALL($2)"
        f" ORDER BY due_by LIMIT {BATCH:d}",
        payments.clock.now(),
        run.held,
    )
    closed = 0
    for dispute in due:
        async with run.of(dispute.id):
            closed += await _run_out(payments, dispute)
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
