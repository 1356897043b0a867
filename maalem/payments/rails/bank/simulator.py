"""A bank, simulated: it reads our orders, books them, and writes the files that a bank writes.

It keeps its own book in the schema `simulator` and its days go by the clock: when a day is over,
the networks' money comes in, returns come back, and the day's statement is written. An order that
it has seen it does not carry out again, whatever the file is called: it answers DUPL.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar

import asyncpg

from maalem.kit.clock import Clock
from maalem.payments.rails.bank import papers
from maalem.payments.rails.bank.networks import settle_networks, told
from maalem.payments.rails.bank.orders import OrderRefused, PaymentOrder, understand
from maalem.payments.rails.bank.papers import Entry, Ours, Verdict
from maalem.payments.rails.bank.port import (
    DEADLINE_S,
    FromBank,
    NetworkSettlement,
    Received,
)
from maalem.payments.rails.bank.test_accounts import RETURN_AFTER_DAYS, behaviour
from maalem.payments.rails.ports import NeverSeen, Unknown

FILES_MAX = 50
# One order, one day at a time: a bank's book is written by one hand. Not 7002, under which the
# service's processes hold their numbers for as long as they live.
_LOCK = "SELECT pg_advisory_xact_lock(7102, 1)"
_STATE = """
UPDATE simulator.bank_entries SET statement = $1 WHERE statement IS NULL AND booked_on <= $2
RETURNING number, kind, amount, booked_on, end_to_end_id, reason, iban, counterparty, remittance
"""
_BOOK = """
INSERT INTO simulator.bank_entries
    (kind, amount, booked_on, end_to_end_id, reason, iban, counterparty, remittance, returns_on)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
RETURNING number, kind, amount, booked_on, end_to_end_id, reason, iban, counterparty, remittance
"""
T = TypeVar("T")


class SimulatedBank:
    """Behind the real ports (`Bank`, `Clearing`); `pass_time` is the only thing of its own."""

    def __init__(
        self, pool: asyncpg.Pool, clock: Clock, *, iban: str, currency: str = "mad"
    ) -> None:
        self._pool, self._clock = pool, clock
        self._ours = Ours(iban, currency)

    async def send_file(
        self, name: str, content: bytes, *, deadline_s: float = DEADLINE_S
    ) -> Received | Unknown:
        """Take a file in and answer it, all before this returns; the answers lie ready then."""
        return await _in_time(self._taken_in(name, content), name, deadline_s=deadline_s)

    async def lookup(
        self, name: str, *, deadline_s: float = DEADLINE_S
    ) -> Received | NeverSeen | Unknown:
        """Whether a file of this name ever came in."""
        return await _in_time(self._known(name), name, deadline_s=deadline_s)

    async def fetch_files(self, since: int) -> list[FromBank]:
        """The next files after `since`, oldest first. Raises OSError while the bank is down."""
        if await self._pool.fetchval("SELECT down FROM simulator.bank_conduct"):
            raise ConnectionRefusedError("the bank is down")
        rows = await self._pool.fetch(
            "SELECT position, name, content FROM simulator.bank_files WHERE position > $1"
            " ORDER BY position LIMIT $2",
            since,
            FILES_MAX,
        )
        return [FromBank(*row) for row in rows]

    async def settlements(self, since: int) -> list[NetworkSettlement]:
        """The networks' reports after position `since`, oldest first."""
        return await told(self._pool, since)

    async def pass_time(self, *, until: date | None = None) -> int:
        """Close every day before `until` (by default today) on which anything happened.

        Returns how many days were closed.
        """
        last = until or self._clock.now().date()
        closed = 0
        # Looking for what is not settled yet means reading the networks' whole book: once a day.
        done = await self._pool.fetchval("SELECT closed_until FROM simulator.bank_conduct")
        if done is not None and done >= last:
            return 0
        async with self._pool.acquire() as db, db.transaction():
            await db.execute(_LOCK)
            await db.execute("UPDATE simulator.bank_conduct SET closed_until = $1", last)
            while (day := await self._next_day(db)) is not None and day < last:
                await self._close(db, day)
                closed += 1
        return closed

    async def _taken_in(self, name: str, content: bytes) -> Received | Unknown:
        now = self._clock.now()
        async with self._pool.acquire() as db, db.transaction():
            conduct = await db.fetchrow("SELECT down, lose_replies FROM simulator.bank_conduct")
            if conduct["down"]:
                raise ConnectionRefusedError("the bank is down")
            await db.execute(_LOCK)
            await db.execute(
                "INSERT INTO simulator.bank_received (name, sha256, at) VALUES ($1, $2, $3)",
                name,
                hashlib.sha256(content).hexdigest(),
                now,
            )
            await self._answer(db, content, at=now)
            if conduct["lose_replies"]:
                await db.execute(
                    "UPDATE simulator.bank_conduct SET lose_replies = lose_replies - 1"
                )
        if conduct["lose_replies"]:
            return Unknown(name, "the reply was lost")
        return Received(name, now)

    async def _known(self, name: str) -> Received | NeverSeen:
        if await self._pool.fetchval("SELECT down FROM simulator.bank_conduct"):
            raise ConnectionRefusedError("the bank is down")
        at = await self._pool.fetchval(
            "SELECT min(at) FROM simulator.bank_received WHERE name = $1", name
        )
        return NeverSeen(name) if at is None else Received(name, at)

    async def _answer(self, db: Any, content: bytes, *, at: datetime) -> None:
        try:
            order = understand(content, iban=self._ours.iban, currency=self._ours.currency)
        except OrderRefused as refused:
            await self._report(db, refused.message_id, status="RJCT", reason=refused.reason, at=at)
            return
        made = await db.execute(
            "INSERT INTO simulator.bank_orders (message_id, sha256, at) VALUES ($1, $2, $3)"
            " ON CONFLICT DO NOTHING",
            order.message_id,
            hashlib.sha256(content).hexdigest(),
            at,
        )
        if made != "INSERT 0 1":
            await self._report(db, order.message_id, status="RJCT", reason="DUPL", at=at)
            return
        await self._report(db, order.message_id, status="ACTC", at=at)
        await self._carry_out(db, order, at=at)

    async def _carry_out(self, db: Any, order: PaymentOrder, *, at: datetime) -> None:
        verdicts, entries = [], []
        for one in order.payments:
            kind = behaviour(one.iban)
            if kind is not None and not kind.returned:
                verdicts.append(Verdict(one.end_to_end_id, "RJCT", kind.reason))
                continue
            back = at.date() + timedelta(days=RETURN_AFTER_DAYS) if kind else None
            entries.append(
                (
                    "payout",
                    -one.amount,
                    at.date(),
                    one.end_to_end_id,
                    None,
                    one.iban,
                    one.name,
                    one.text,
                    back,
                )
            )
            verdicts.append(Verdict(one.end_to_end_id, "ACSC"))
        refused = len(verdicts) - len(entries)
        whole = "ACCP" if not refused else "PART" if entries else "RJCT"
        await self._report(db, order.message_id, status=whole, at=at, verdicts=verdicts)
        await self._notify(db, await _book(db, entries), at=at)

    async def _report(
        self,
        db: Any,
        order: str,
        *,
        status: str,
        at: datetime,
        reason: str | None = None,
        verdicts: Sequence[Verdict] = (),
    ) -> None:
        number = await _next_number(db)
        content = papers.status_report(
            f"PSR{number:08d}",
            order=order,
            status=status,
            at=at,
            reason=reason,
            verdicts=verdicts,
        )
        await _lay_ready(db, f"pain002-{number:08d}.xml", content, at=at)

    async def _notify(self, db: Any, entries: Sequence[Entry], *, at: datetime) -> None:
        if not entries:
            return
        number = await _next_number(db)
        content = papers.notification(f"NTF{number:08d}", ours=self._ours, entries=entries, at=at)
        await _lay_ready(db, f"camt054-{number:08d}.xml", content, at=at)

    async def _next_day(self, db: Any) -> date | None:
        """The earliest day that has something and is not closed."""
        found: date | None
        found = await db.fetchval(
            """
            SELECT least(
                (SELECT min(booked_on) FROM simulator.bank_entries WHERE statement IS NULL),
                (SELECT min(returns_on) FROM simulator.bank_entries WHERE returns_on IS NOT NULL),
                (SELECT min((a.asked_at AT TIME ZONE 'UTC')::date) FROM simulator.unsettled a
                 WHERE a.currency = $1))
            """,
            self._ours.currency,
        )
        last: date | None
        last = await db.fetchval("SELECT max(day) FROM simulator.bank_statements")
        if found is None or last is None:
            return found
        # What came in after its day was closed is booked on the next one.
        return max(found, last + timedelta(days=1))

    async def _close(self, db: Any, day: date) -> None:
        at = datetime.combine(day, time(23, 30), tzinfo=UTC)
        before = at.replace(hour=0, minute=0) + timedelta(days=1)
        incoming = await settle_networks(db, day=day, before=before, currency=self._ours.currency)
        due = await db.fetch(
            "UPDATE simulator.bank_entries SET returns_on = NULL WHERE returns_on <= $1"
            " RETURNING amount, end_to_end_id, iban, counterparty, remittance, number",
            day,
        )
        back = [
            (
                "return",
                -row["amount"],
                day,
                row["end_to_end_id"],
                _reason(row["iban"]),
                row["iban"],
                row["counterparty"],
                row["remittance"],
                None,
            )
            for row in sorted(due, key=lambda row: row["number"])
        ]
        await self._notify(db, await _book(db, [*incoming, *back]), at=at)
        last = await db.fetchrow(
            "SELECT number, closing FROM simulator.bank_statements ORDER BY number DESC LIMIT 1"
        )
        number, opening = (last["number"] + 1, last["closing"]) if last else (1, 0)
        rows = await db.fetch(_STATE, number, day)
        entries = sorted((Entry(*row) for row in rows), key=lambda one: one.number)
        content = papers.statement(
            number, ours=self._ours, entries=entries, opening=opening, day=day, at=at
        )
        await db.execute(
            "INSERT INTO simulator.bank_statements VALUES ($1, $2, $3, $4)",
            number,
            day,
            opening,
            opening + sum(one.amount for one in entries),
        )
        await _lay_ready(db, f"camt053-{number:08d}.xml", content, at=at)


def _reason(iban: str) -> str:
    kind = behaviour(iban)
    return kind.reason if kind else "MS03"


async def _book(db: Any, entries: Sequence[tuple[Any, ...]]) -> list[Entry]:
    booked = []
    for entry in entries:
        row = await db.fetchrow(_BOOK, *entry)
        booked.append(Entry(*row))
    return booked


async def _next_number(db: Any) -> int:
    found: int = await db.fetchval(
        "SELECT coalesce(max(position), 0) + 1 FROM simulator.bank_files"
    )
    return found


async def _lay_ready(db: Any, name: str, content: bytes, *, at: datetime) -> None:
    await db.execute(
        "INSERT INTO simulator.bank_files (name, content, made_at) VALUES ($1, $2, $3)",
        name,
        content,
        at,
    )


async def _in_time(doing: Awaitable[T], name: str, *, deadline_s: float) -> T | Unknown:
    try:
        return await asyncio.wait_for(doing, timeout=deadline_s)
    except TimeoutError:
        return Unknown(name, "no answer before the deadline")
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        return Unknown(name, type(error).__name__)
