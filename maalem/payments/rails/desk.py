"""Where the simulated payer answers: her bank's challenge, or her mobile wallet's own screen.

The outcome is written here, at the issuer's side; what the browser brings back proves nothing.
"""

from datetime import datetime

import asyncpg

from maalem.kit.clock import Clock
from maalem.payments.rails import decide, wallet_levels
from maalem.payments.rails.magic import CODE, WALLET_PIN
from maalem.payments.rails.notebook import pack, unpack
from maalem.payments.rails.ports import (
    Authorised,
    Challenge,
    ChallengeKind,
    ChallengeState,
)

DEMO_LEVEL = 3
_COLUMNS = (
    "reference, challenge, challenge_kind, challenge_state, merchant, amount, currency, hint,"
    " tries_left, expires_at, phone, after_challenge::text AS after_challenge"
)


class SimulatedDesk:
    """Accepts the documented code (or PIN); three wrong ones and the challenge has failed."""

    def __init__(self, pool: asyncpg.Pool, clock: Clock) -> None:
        self._pool, self._clock = pool, clock

    async def challenge(self, challenge: str) -> Challenge | None:
        """The challenge as it stands now, or None if there is none."""
        row = await self._pool.fetchrow(
            f"SELECT {_COLUMNS} FROM simulator.answers WHERE challenge = $1",  # noqa: S608
            challenge,
        )
        return _shown(row, now=self._clock.now()) if row else None

    async def respond(self, challenge: str, *, secret: str) -> Challenge | None:
        """Try the code or PIN that the payer typed."""
        async with self._pool.acquire() as conn, conn.transaction():
            row = await self._locked(conn, challenge)
            if row is None:
                return None
            if not _open(row, now=self._clock.now()):
                return _shown(row, now=self._clock.now())
            if secret != _expected(row["challenge_kind"]):
                left = row["tries_left"] - 1
                state = ChallengeState.OPEN if left else ChallengeState.FAILED
                row = await self._write(conn, challenge, state=state, tries=left)
            else:
                if row["challenge_kind"] == ChallengeKind.WALLET:
                    await self._debit(conn, row)
                row = await self._write(
                    conn, challenge, state=ChallengeState.PASSED, tries=row["tries_left"]
                )
        return _shown(row, now=self._clock.now())

    async def refuse(self, challenge: str) -> Challenge | None:
        """The payer says no."""
        async with self._pool.acquire() as conn, conn.transaction():
            row = await self._locked(conn, challenge)
            if row is None:
                return None
            if _open(row, now=self._clock.now()):
                row = await self._write(
                    conn, challenge, state=ChallengeState.FAILED, tries=row["tries_left"]
                )
        return _shown(row, now=self._clock.now())

    async def _locked(self, conn: asyncpg.Connection, challenge: str) -> asyncpg.Record | None:
        return await conn.fetchrow(
            f"SELECT {_COLUMNS} FROM simulator.answers WHERE challenge = $1 FOR UPDATE",  # noqa: S608
            challenge,
        )

    async def _write(
        self, conn: asyncpg.Connection, challenge: str, *, state: ChallengeState, tries: int
    ) -> asyncpg.Record:
        row = await conn.fetchrow(
            "UPDATE simulator.answers SET challenge_state = $2, tries_left = $3"  # noqa: S608
            f" WHERE challenge = $1 RETURNING {_COLUMNS}",
            challenge,
            state.value,
            tries,
        )
        assert row is not None
        return row

    async def _debit(self, conn: asyncpg.Connection, row: asyncpg.Record) -> None:
        """Move the money out of the simulated wallet, or write down why it can't be."""
        today = self._clock.now().date()
        level = 1 if row["phone"] == decide.PHONE_SMALL_CAP else DEMO_LEVEL
        cap = wallet_levels.cap(level, on=today)
        balance = await conn.fetchval(
            """
            INSERT INTO simulator.wallets AS w (phone, level, balance, filled_on)
            VALUES ($1, $2, $3, $4)
            ON CONFLICT (phone) DO UPDATE SET
                balance = CASE WHEN w.filled_on < excluded.filled_on
                               THEN excluded.balance ELSE w.balance END,
                filled_on = GREATEST(w.filled_on, excluded.filled_on)
            RETURNING balance
            """,
            row["phone"],
            level,
            0 if row["phone"] == decide.PHONE_NO_FUNDS else cap,
            today,
        )
        planned = unpack(row["after_challenge"])
        answer = decide.wallet_answer(
            reference=row["reference"],
            phone=row["phone"],
            amount=row["amount"],
            balance=balance,
            cap=cap,
            code=planned.authorisation_code if isinstance(planned, Authorised) else "",
        )
        if isinstance(answer, Authorised):
            await conn.execute(
                "UPDATE simulator.wallets SET balance = balance - $2 WHERE phone = $1",
                row["phone"],
                row["amount"],
            )
        await conn.execute(
            "UPDATE simulator.answers SET after_challenge = $2::text::jsonb WHERE reference = $1",
            row["reference"],
            pack(answer),
        )


def _expected(kind: str) -> str:
    return WALLET_PIN if kind == ChallengeKind.WALLET else CODE


def _open(row: asyncpg.Record, *, now: datetime) -> bool:
    return bool(row["challenge_state"] == ChallengeState.OPEN and row["expires_at"] > now)


def _shown(row: asyncpg.Record, *, now: datetime) -> Challenge:
    state = ChallengeState(row["challenge_state"])
    if state is ChallengeState.OPEN and row["expires_at"] <= now:
        state = ChallengeState.ABANDONED
    return Challenge(
        challenge=row["challenge"],
        reference=row["reference"],
        kind=ChallengeKind(row["challenge_kind"]),
        state=state,
        merchant=row["merchant"],
        amount=row["amount"],
        currency=row["currency"],
        hint=row["hint"],
        tries_left=row["tries_left"],
        expires_at=row["expires_at"],
    )
