"""What the bank thinks of an order (pain.002), applied to the batch and its payments.

May be applied again: what is known stays. What can't be, such as a refusal of a payment that was
booked, changes nothing and is found for a person.
"""

from maalem.payments import store
from maalem.payments.context import Payments
from maalem.payments.records import changed
from maalem.payments.settlement import ends
from maalem.payments.settlement.bank.batches import join, mark_received
from maalem.payments.settlement.bank.findings import find
from maalem.payments.settlement.bank.pain002 import (
    PART,
    REJECTED,
    Report,
    Said,
)
from maalem.payments.settlement.bank.records import Batch, BatchLine
from maalem.payments.settlement.bank.states import BATCH_NEXT, BatchLineStatus, BatchStatus
from maalem.payments.settlement.payouts import Contradiction, place_of
from maalem.payments.settlement.records import Payout
from maalem.payments.units import ChangedMeanwhile, Unit

# The bank gives no reason: ISO 20022 has a code for that.
NO_REASON = "NARR"
_OPEN = (BatchLineStatus.GIVEN, BatchLineStatus.ACCEPTED)
# What the bank says of a file before it has looked into it.
_IN_HAND = frozenset({"ACTC", "RCVD", "PDNG"})


async def apply(payments: Payments, report: Report) -> None:
    """Bring the batch that `report` is about to where the bank says that it is."""
    batch = await store.first(payments.pool, Batch, "message_id = $1", report.order)
    if batch is None:
        await find(
            payments,
            "order_unknown",
            about=report.order,
            detail=f"the bank reports {report.status} of an order that is not ours",
        )
        return
    # Whatever it says of it, it has it.
    batch = await mark_received(payments, batch)
    if report.duplicate:
        return  # what it said the first time stands
    lines = {
        line.id: line
        for line in await store.select(payments.pool, BatchLine, "batch_id = $1", batch.id)
    }
    for said in _verdicts(report, lines):
        line = lines.get(said.end_to_end_id)
        if line is None:
            await find(
                payments,
                "order_unknown",
                about=said.end_to_end_id,
                detail=f"the bank reports {said.status} of a payment that {batch.id} does not have",
            )
        elif said.status in REJECTED:
            await _rejected(payments, line, said=said)
        else:
            await _accepted(payments, line)
    await _conclude(payments, batch, report=report)


def _verdicts(report: Report, lines: dict[str, BatchLine]) -> tuple[Said, ...]:
    """What is said of each payment; of all of them, where only the whole is spoken of."""
    if report.payments or report.status is None or report.status in _IN_HAND | PART:
        return report.payments
    return tuple(Said(line, report.status, report.reason, report.text) for line in lines)


async def _accepted(payments: Payments, line: BatchLine) -> None:
    while line.status == BatchLineStatus.GIVEN:
        try:
            await payments.writer.commit(Unit().put(changed(line, status=BatchLineStatus.ACCEPTED)))
        except ChangedMeanwhile:
            line = await _fresh(payments, line)
            continue
        return


async def _rejected(payments: Payments, line: BatchLine, *, said: Said) -> None:
    code = said.reason or NO_REASON
    while line.status in _OPEN:
        payout = await store.get(payments.pool, Payout, line.payout_id)
        assert payout is not None
        place = await place_of(payments, payout)
        now = payments.clock.now()
        unit = Unit().put(changed(line, status=BatchLineStatus.REJECTED, reason=code))
        try:
            failed = ends.failed(payout, place=place, code=code, message=said.text, now=now)
            await payments.writer.commit(join(unit, failed.unit))
        except Contradiction as problem:
            await _contradiction(payments, line, payout=payout, word=str(problem))
            return
        except ChangedMeanwhile:
            line = await _fresh(payments, line)
            continue
        return
    if line.status in (BatchLineStatus.BOOKED, BatchLineStatus.RETURNED):
        payout = await store.get(payments.pool, Payout, line.payout_id)
        assert payout is not None
        await _contradiction(
            payments, line, payout=payout, word=f"{code} for a payment that was booked"
        )


async def _contradiction(payments: Payments, line: BatchLine, *, payout: Payout, word: str) -> None:
    await find(
        payments,
        "bank_contradicts_itself",
        about=line.id,
        detail=f"the bank refuses what the books have otherwise: {word}",
        account_id=payout.account_id,
        amount=payout.amount,
        currency=payout.currency,
        freezes=True,
    )


async def _conclude(payments: Payments, batch: Batch, *, report: Report) -> None:
    """The batch's own status, from the payments where all are decided, else from the report."""
    if report.status in _IN_HAND and not report.payments:
        return
    while True:
        counts = {
            row["status"]: row["count"]
            for row in await payments.pool.fetch(
                "SELECT status, count(*) AS count FROM payout_batch_lines WHERE batch_id = $1"
                " GROUP BY status",
                batch.id,
            )
        }
        if counts.get(BatchLineStatus.GIVEN):
            return  # the rest is still to be told
        rejected = counts.get(BatchLineStatus.REJECTED, 0)
        whole = BatchStatus.REJECTED if rejected == batch.count else BatchStatus.PART
        then = whole if rejected else BatchStatus.ACCEPTED
        if then not in BATCH_NEXT[BatchStatus(batch.status)]:
            return
        try:
            await payments.writer.commit(
                Unit().put(
                    changed(
                        batch,
                        status=then,
                        reason=report.reason,
                        answered_at=payments.clock.now(),
                    )
                )
            )
        except ChangedMeanwhile:
            fresh = await store.get(payments.pool, Batch, batch.id)
            assert fresh is not None
            batch = fresh
            continue
        return


async def _fresh(payments: Payments, line: BatchLine) -> BatchLine:
    found = await store.get(payments.pool, BatchLine, line.id)
    assert found is not None
    return found
