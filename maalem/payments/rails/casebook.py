"""The simulated network's file of disputes: what its test cards lead to, and what it tells of it.

The file moves on when somebody reads the feed: what is due is opened, decided or run out then, and
told under the next numbers. One reader at a time turns the page, so numbers are in the order in
which they can be seen: a reader that has read number 7 has missed nothing below it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import asyncpg

from maalem.kit.clock import Clock
from maalem.kit.ids import new_id
from maalem.payments.rails.magic import RETURNING
from maalem.payments.rails.ports import CaseNotice, NoticeKind, Representment

ANSWER_DAYS = 14
WINNING, LOSING = "winning_evidence", "losing_evidence"
ESCALATING = "escalate_inquiry_evidence"
_LOCK = 7101


@dataclass(frozen=True, slots=True)
class Complaint:
    """What a payer's bank will say; `parts` complaints share what is left of the payment."""

    begins: str
    reason: str
    reason_code: str
    place: int = 1
    parts: int = 1


# By the test card's scenario. The reason codes are Visa's.
SCENARIOS = {
    "fraudulent": (Complaint("chargeback", "fraudulent", "10.4"),),
    "not_received": (Complaint("chargeback", "product_not_received", "13.1"),),
    "inquiry": (Complaint("inquiry", "fraudulent", "10"),),
    "fraud_report": (Complaint("fraud_report", "made_with_stolen_card", ""),),
    "several": (
        Complaint("chargeback", "product_not_received", "13.1", 1, 2),
        Complaint("chargeback", "fraudulent", "10.4", 2, 2),
    ),
}


class Casebook:
    """The cases in `pool`'s database, schema `simulator`."""

    def __init__(self, pool: asyncpg.Pool, clock: Clock) -> None:
        self._pool, self._clock = pool, clock

    async def plan(self, original: str, *, scenario: str, at_once: bool) -> None:
        """The payment `original` will be complained about; `at_once` says that it is captured."""
        for complaint in SCENARIOS[scenario]:
            await self._pool.execute(
                "INSERT INTO simulator.cases (reference, original, place, parts, stage, at_once,"
                " begins, reason, reason_code, opens_at)"
                " VALUES ($1, $2, $3, $4, 'planned', $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
                f"case_{original}_{complaint.place}",
                original,
                complaint.place,
                complaint.parts,
                at_once,
                complaint.begins,
                complaint.reason,
                complaint.reason_code,
                self._clock.now(),
            )

    async def plan_return(self, refund: str) -> None:
        """The refund `refund` will come back, if it went to a card that was closed meanwhile."""
        await self._pool.execute(
            "INSERT INTO simulator.cases (reference, original, place, parts, stage, at_once,"
            " begins, reason, reason_code, amount, opens_at)"
            " SELECT a.reference || '_back', a.reference, 1, 1, 'planned', true,"
            " 'refund_returned', 'expired_or_canceled_card', '', a.amount, $2"
            " FROM simulator.answers a WHERE a.reference = $1 AND a.hint = ANY($3)"
            " AND a.answer ->> 'is' = 'Done' ON CONFLICT DO NOTHING",
            refund,
            self._clock.now(),
            sorted(RETURNING),
        )

    async def notices(self, *, after: int, limit: int) -> Sequence[CaseNotice]:
        """Turn the page, then read on behind number `after`."""
        async with self._pool.acquire() as conn:
            async with conn.transaction():
                await conn.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)
                await self._turn(conn)
            rows = await conn.fetch(
                "SELECT * FROM simulator.notices WHERE number > $1 ORDER BY number LIMIT $2",
                after,
                limit,
            )
        return [_notice(row) for row in rows]

    async def answer(self, answer: Representment) -> bool:
        """Take the merchant's evidence; False if the case is closed, unknown or answered."""
        text = answer.texts.get("uncategorized_text", "").strip()
        verdict = {WINNING: "won", LOSING: "lost", ESCALATING: "escalated"}.get(text)
        return await self._taken(answer, verdict=verdict)

    async def give_in(self, answer: Representment) -> bool:
        """The merchant does not contest the case; False as for `answer`."""
        return await self._taken(answer, verdict="lost")

    async def _taken(self, answer: Representment, *, verdict: str | None) -> bool:
        """Whether this very answer is the one that the case has, now or since before."""
        tag = await self._pool.execute(
            "UPDATE simulator.cases SET answered_by = $3,"
            " verdict = CASE WHEN $2 <> 'escalated' OR stage = 'inquiry' THEN $2 END"
            " WHERE reference = $1"
            " AND stage IN ('inquiry', 'chargeback') AND answered_by IS NULL AND due_by > $4",
            answer.case,
            verdict,
            answer.reference,
            self._clock.now(),
        )
        if tag == "UPDATE 1":
            return True
        return bool(
            await self._pool.fetchval(
                "SELECT answered_by = $2 FROM simulator.cases WHERE reference = $1",
                answer.case,
                answer.reference,
            )
        )

    async def _turn(self, conn: Any) -> None:
        now = self._clock.now()
        for row in await conn.fetch(
            "SELECT * FROM simulator.cases WHERE stage = 'planned' AND opens_at <= $1"
            " ORDER BY opens_at, reference FOR UPDATE",
            now,
        ):
            await self._open(conn, row)
        for row in await conn.fetch(
            "SELECT * FROM simulator.cases WHERE stage IN ('inquiry', 'chargeback')"
            " AND (verdict IS NOT NULL OR (answered_by IS NULL AND due_by <= $1))"
            " ORDER BY reference FOR UPDATE",
            now,
        ):
            await self._close(conn, row)

    async def _open(self, conn: Any, case: Any) -> None:
        if case["begins"] == "refund_returned":
            now, amount = self._clock.now(), case["amount"]
            await _stage(conn, case, "returned")
            await _tell(conn, case, NoticeKind.REFUND_RETURNED, amount=amount, due_by=None, now=now)
            return
        left = await _left(conn, case)
        if left is None:
            return  # it is held, and may be captured yet
        amount = left if case["place"] == case["parts"] else left // case["parts"]
        if amount == 0:
            await _stage(conn, case, "dropped")
            return
        now = self._clock.now()
        if case["begins"] == "fraud_report":
            await _stage(conn, case, "reported")
            await _tell(conn, case, NoticeKind.FRAUD_REPORT, amount=amount, due_by=None, now=now)
            return
        due_by = _deadline(now)
        await conn.execute(
            "UPDATE simulator.cases SET stage = begins, amount = $2, due_by = $3"
            " WHERE reference = $1",
            case["reference"],
            amount,
            due_by,
        )
        opened = NoticeKind.INQUIRY if case["begins"] == "inquiry" else NoticeKind.OPENED
        await _tell(conn, case, opened, amount=amount, due_by=due_by, now=now)

    async def _close(self, conn: Any, case: Any) -> None:
        now, inquiry = self._clock.now(), case["stage"] == "inquiry"
        if inquiry and case["verdict"] == "escalated":
            await self._escalate(conn, case)
            return
        end = NoticeKind.CLOSED if inquiry else NoticeKind.LOST
        if not inquiry and case["verdict"] == "won":
            end = NoticeKind.WON
        await _stage(conn, case, end.value)
        await _tell(conn, case, end, amount=case["amount"], due_by=None, now=now)

    async def _escalate(self, conn: Any, case: Any) -> None:
        now = self._clock.now()
        amount = min(case["amount"], await _left(conn, case) or 0)
        if amount == 0:
            await _stage(conn, case, "closed")
            await _tell(conn, case, NoticeKind.CLOSED, amount=case["amount"], due_by=None, now=now)
            return
        due_by = _deadline(now)
        await conn.execute(
            "UPDATE simulator.cases SET stage = 'chargeback', amount = $2, due_by = $3,"
            " answered_by = NULL, verdict = NULL, reason_code = '10.4' WHERE reference = $1",
            case["reference"],
            amount,
            due_by,
        )
        await _tell(conn, case, NoticeKind.ESCALATED, amount=amount, due_by=due_by, now=now)


async def _left(conn: Any, case: Any) -> int | None:
    """What of the payment the merchant still has by the network's book; None while it is held."""
    row = await conn.fetchrow(
        """
        SELECT (SELECT sum(f.amount) FROM simulator.answers f WHERE f.original = o.reference
                AND f.kind = 'capture' AND f.answer ->> 'is' = 'Done') AS captured, o.amount,
               coalesce((SELECT sum(f.amount) FROM simulator.answers f WHERE f.kind = 'refund'
                AND f.original = o.reference AND f.answer ->> 'is' = 'Done'
                AND NOT EXISTS (SELECT FROM simulator.cases b
                    WHERE b.original = f.reference AND b.stage = 'returned')), 0)
               + coalesce((SELECT sum(c.amount) FROM simulator.cases c
                WHERE c.original = o.reference AND c.stage IN ('chargeback', 'lost')), 0) AS gone
        FROM simulator.answers o WHERE o.reference = $1 FOR UPDATE
        """,
        case["original"],
    )
    captured = row["amount"] if case["at_once"] else row["captured"]
    return None if captured is None else max(int(captured - row["gone"]), 0)


async def _stage(conn: Any, case: Any, stage: str) -> None:
    await conn.execute(
        "UPDATE simulator.cases SET stage = $2 WHERE reference = $1", case["reference"], stage
    )


async def _tell(
    conn: Any,
    case: Any,
    kind: NoticeKind,
    /,
    *,
    amount: int,
    due_by: datetime | None,
    now: datetime,
) -> None:
    code = "10.4" if kind is NoticeKind.ESCALATED else case["reason_code"]
    await conn.execute(
        "INSERT INTO simulator.notices (id, case_reference, original, kind, amount, currency,"
        " reason, reason_code, due_by, told_at) VALUES ($1, $2, $3, $4, $5,"
        " (SELECT currency FROM simulator.answers WHERE reference = $3), $6, $7, $8, $9)",
        new_id("ntc"),
        case["reference"],
        case["original"],
        kind.value,
        amount,
        case["reason"],
        code or None,
        due_by,
        now,
    )


def _deadline(now: datetime) -> datetime:
    """The last second of the day, two weeks from now."""
    last = now + timedelta(days=ANSWER_DAYS)
    return last.replace(hour=23, minute=59, second=59, microsecond=0)


def _notice(row: Any) -> CaseNotice:
    return CaseNotice(
        number=row["number"],
        notice=row["id"],
        case=row["case_reference"],
        original=row["original"],
        kind=NoticeKind(row["kind"]),
        amount=row["amount"],
        currency=row["currency"],
        reason=row["reason"],
        network_reason_code=row["reason_code"],
        due_by=row["due_by"],
        told_at=row["told_at"],
    )
