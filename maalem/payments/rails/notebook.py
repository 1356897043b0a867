"""The simulator's own book: the first answer to a reference is the answer, whoever asks again.

Answers that arrive while a write is under way are written together by the next one, so that a
thousand payments a second do not mean a thousand commits a second.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from maalem.payments.db import Connection, Pool
from maalem.payments.rails.ports import (
    Authorised,
    ChallengeRequired,
    Declined,
    Done,
    NeverSeen,
)
from maalem.payments.together import Together

Recorded = Authorised | Declined | ChallengeRequired | Done | NeverSeen
_KINDS: dict[str, type[Any]] = {
    kind.__name__: kind for kind in (Authorised, Declined, ChallengeRequired, Done, NeverSeen)
}
MOST_AT_ONCE = 500


class NetworkDown(Exception):
    """The other side refused the connection: nothing was heard, nothing was done."""


class ReplyLost(Exception):
    """The other side heard and acted; its reply never arrived."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the book. `after_challenge` is the answer once the challenge is passed."""

    reference: str
    kind: str
    amount: int
    currency: str
    merchant: str
    hint: str
    answer: Recorded
    asked_at: datetime
    original: str | None = None
    after_challenge: Recorded | None = None
    phone: str | None = None


class Conduct(msgspec.Struct, frozen=True):
    """How the simulator is told to behave."""

    slow_ms: int = 0
    lose_replies: int = 0
    down: bool = False


def pack(answer: Recorded | None) -> str | None:
    """JSON that names its kind."""
    if answer is None:
        return None
    told = msgspec.to_builtins(answer)
    return msgspec.json.encode({"is": type(answer).__name__, **told}).decode()


def unpack(text: str) -> Recorded:
    """The answer that `pack` wrote."""
    raw = msgspec.json.decode(text)
    answer: Recorded = msgspec.convert(raw, _KINDS[raw.pop("is")], strict=False)
    return answer


# A line need not be on the disk before it is answered: whatever of ours follows from the answer is
# committed later, and a commit that waits for the disk waits for all before it.
_INSERT = """
WITH quick AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
INSERT INTO simulator.answers (reference, kind, original, amount, currency, merchant, hint, answer,
    after_challenge, challenge, challenge_kind, challenge_state, tries_left, expires_at, phone,
    asked_at)
SELECT reference, kind, original, amount, currency, merchant, hint, answer::jsonb,
    after_challenge::jsonb, challenge, challenge_kind,
    CASE WHEN challenge IS NULL THEN NULL ELSE 'open' END,
    CASE WHEN challenge IS NULL THEN NULL ELSE 3 END, expires_at, phone, asked_at
FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[],
    $8::text[], $9::text[], $10::text[], $11::text[], $12::timestamptz[], $13::text[],
    $14::timestamptz[])
    AS t(reference, kind, original, amount, currency, merchant, hint, answer, after_challenge,
         challenge, challenge_kind, expires_at, phone, asked_at) CROSS JOIN quick
WHERE $15 OR NOT EXISTS (
    SELECT FROM simulator.conduct WHERE slow_ms > 0 OR lose_replies > 0 OR down)
ON CONFLICT (reference) DO NOTHING
"""
_READ = "SELECT reference, answer::text FROM simulator.answers WHERE reference = ANY($1::text[])"
_CONDUCT = "SELECT slow_ms, lose_replies, down FROM simulator.conduct"
_LOSE_ONE = """
UPDATE simulator.conduct SET lose_replies = lose_replies - 1 WHERE lose_replies > 0
"""


class Notebook:
    """Writes entries in groups; answers each with what the book says for its reference."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._lines: Together[Connection, Entry, Recorded] = Together(
            _write, lend=pool.acquire, most=MOST_AT_ONCE
        )

    async def record(self, entry: Entry) -> Recorded:
        """The answer that stands: `entry`'s, or the earlier one of the same reference.

        Raises `NetworkDown` before, and `ReplyLost` after the line is written.
        """
        return await self._lines.submit(entry)

    async def conduct(self) -> Conduct:
        """How to behave now."""
        return await _conduct(self._pool)

    async def close(self, reference: str, *, at: datetime) -> bool:
        """Close a reference that the book has never seen; False if it has."""
        never = pack(NeverSeen(reference))
        tag = await self._pool.execute(
            "INSERT INTO simulator.answers (reference, kind, amount, currency, merchant, hint,"
            " answer, asked_at) VALUES ($1, 'closed', 0, 'mad', '', '', $2::text::jsonb, $3)"
            " ON CONFLICT DO NOTHING",
            reference,
            never,
            at,
        )
        return bool(tag == "INSERT 0 1")


async def _write(connection: Connection, entries: Sequence[Entry]) -> list[Recorded | Exception]:
    # Nearly always nothing was heard before and no misconduct is wanted: one statement then.
    if await _inserted(connection, entries, whatever=False) == len(entries):
        return [entry.answer for entry in entries]
    conduct = await _conduct(connection)
    if conduct.down:
        raise NetworkDown
    if conduct.slow_ms:
        await asyncio.sleep(conduct.slow_ms / 1000)
    await _inserted(connection, entries, whatever=True)
    rows = await connection.fetch(_READ, [entry.reference for entry in entries])
    stand = {row["reference"]: unpack(row["answer"]) for row in rows}
    if conduct.lose_replies and await connection.execute(_LOSE_ONE) == "UPDATE 1":
        raise ReplyLost
    return [stand[entry.reference] for entry in entries]


async def _inserted(connection: Connection, entries: Sequence[Entry], *, whatever: bool) -> int:
    """Write the lines that are new, `whatever` the conduct or only if it is good."""
    tag = await connection.execute(_INSERT, *_columns(entries), whatever)
    return int(tag.rpartition(" ")[2])


async def _conduct(source: Pool | Connection) -> Conduct:
    row = await source.fetchrow(_CONDUCT)
    return Conduct(*row) if row else Conduct()


def _columns(entries: Sequence[Entry]) -> list[list[Any]]:
    challenges = [e.answer if isinstance(e.answer, ChallengeRequired) else None for e in entries]
    return [
        [e.reference for e in entries],
        [e.kind for e in entries],
        [e.original for e in entries],
        [e.amount for e in entries],
        [e.currency for e in entries],
        [e.merchant for e in entries],
        [e.hint for e in entries],
        [pack(e.answer) for e in entries],
        [pack(e.after_challenge) for e in entries],
        [c and c.challenge for c in challenges],
        [c and c.kind.value for c in challenges],
        [c and c.expires_at for c in challenges],
        [e.phone for e in entries],
        [e.asked_at for e in entries],
    ]
