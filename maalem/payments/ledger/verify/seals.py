"""Do the transfers stand as they were sealed? Hashed again, row by row, by code of its own.

What a seal is made of is said in `sql/0801_seals.sql`; nothing of that code is called here.
"""

import hashlib
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

_FIRST = bytes(32)
_WIDTH = 16
_ROWS = """
    SELECT number, number || '|' || id || '|' || debit_account || '|' || credit_account || '|'
        || amount || '|' || currency || '|' || kind || '|' || coalesce(pending_id::text, '') || '|'
        || timeout_s || '|' || code || '|' || source || '|'
        || trunc(extract(epoch FROM created_at) * 1000000)::text AS line
    FROM ledger.transfers WHERE number > $1 AND number <= $2 ORDER BY number
"""
_SEALS = """
    SELECT s.number, s.first, s.last, s.count, s.digests, s.hash,
        trunc(extract(epoch FROM s.sealed_at) * 1000000)::text AS sealed_us,
        (SELECT json_agg(json_build_array(lower(r), upper(r)) ORDER BY lower(r))::text
         FROM unnest(s.numbers) AS r) AS numbers
    FROM ledger.seals s ORDER BY s.number
"""


@dataclass(slots=True)
class Chain:
    """How many rows were compared, what was found, and the newest seal's number and hash."""

    count: int = 0
    findings: list[str] = field(default_factory=list)
    newest: str = ""


async def verify(connection: Any, *, published: str = "") -> Chain:
    """Recompute every seal inside the caller's snapshot.

    `published` is `NUMBER:HASH`, a seal that was noted elsewhere: it must be among them.
    """
    chain, before, reached, expected = Chain(), _FIRST, -(1 << 63), 1
    seen = False
    async for seal in _each(connection):
        if seal["number"] != expected:
            chain.findings.append(f"seal {expected} is missing")
        rows = await connection.fetch(_ROWS, reached, seal["last"])
        chain.findings += _compared(seal, rows)
        chain.findings += _chained(seal, rows, before=before)
        chain.count += len(rows)
        chain.newest = f"{seal['number']}:{seal['hash'].hex()}"
        seen = seen or chain.newest == published
        before, reached, expected = seal["hash"], seal["last"], seal["number"] + 1
    if published and not seen:
        chain.findings.append(f"the published seal {published} is not in the books")
    return chain


async def _each(connection: Any) -> AsyncIterator[Any]:
    async for seal in connection.cursor(_SEALS, prefetch=20):
        yield seal


def _numbers(seal: Any) -> Iterator[int]:
    for first, after in json.loads(seal["numbers"]):
        yield from range(first, after)


def _compared(seal: Any, rows: list[Any]) -> Iterator[str]:
    """What is not as it was when the seal was set, named by row."""
    digests = seal["digests"]
    kept = {
        number: digests[at * _WIDTH : (at + 1) * _WIDTH] for at, number in enumerate(_numbers(seal))
    }
    for number, line in rows:
        digest = kept.pop(number, None)
        if digest is None:
            yield f"{_named(number, line)} was put in under seal {seal['number']} afterwards"
        elif hashlib.sha256(line.encode()).digest()[:_WIDTH] != digest:
            yield f"{_named(number, line)} was changed after seal {seal['number']} was set on it"
    for number in kept:
        yield f"transfer {number}, which is under seal {seal['number']}, is gone"


def _chained(seal: Any, rows: list[Any], *, before: bytes) -> Iterator[str]:
    head = f"seal|{seal['number']}|{seal['count']}|{seal['first']}|{seal['last']}"
    whole = hashlib.sha256(before + f"{head}|{seal['sealed_us']}".encode())
    for _, line in rows:
        whole.update(hashlib.sha256(line.encode()).digest())
    if whole.digest() != seal["hash"]:
        yield (
            f"seal {seal['number']} (transfers {seal['first']} to {seal['last']}) does not follow"
            " from its rows and the seal before it"
        )


def _named(number: int, line: str) -> str:
    parts = line.split("|")
    return f"transfer {number} ({parts[1]}, {parts[9]} of {'|'.join(parts[10:-1])})"
