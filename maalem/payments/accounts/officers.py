"""Officers: whose yes counts. Each is known by a key of her own, and by nothing that is typed.

An officer's key is a restricted key of the platform's that carries her. It opens the little that
she needs to look at what she decides, and the endpoints that are officers' alone. Operators make
and end it at the terminal, as the owner of the books: the running service can do neither.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from msgspec.structs import replace

from maalem.kit.ids import new_id
from maalem.kit.text import fold
from maalem.payments import store
from maalem.payments.accounts.keys import ApiKey, Kind, Level, key_hash, new_key
from maalem.payments.db import Connection, Pool
from maalem.payments.records import Record

NAME_MAX = 100
# What she may look at to know what she says yes to, and what one officer decides alone.
OPENS = {
    "account": Level.READ,
    "balance": Level.READ,
    "balance_transaction": Level.READ,
    "desk": Level.READ,
    "payout": Level.READ,
    "radar": Level.WRITE,
    "review": Level.WRITE,
}


class NoOfficer(Exception):
    """Nobody's key, or a name that can't be an officer's; the text says why."""


class OfficerRow(Record, kw_only=True, frozen=True):
    """An officer. `folded` is her name without accents and capitals: one person is one officer."""

    TABLE: ClassVar[str] = "officers"

    account_id: str
    name: str
    folded: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Officer:
    """An officer who has shown her key: nothing else makes one."""

    id: str
    name: str
    key_id: str


async def of_key(source: Pool | Connection, key: ApiKey) -> Officer | None:
    """Whose key it is; None for a key that is no officer's."""
    if key.officer_id is None:
        return None
    row = await store.get(source, OfficerRow, key.officer_id)
    assert row is not None
    return Officer(row.id, row.name, key.id)


async def author(source: Pool | Connection, key: ApiKey) -> str:
    """Who did what one alone may do: the officer whose key it is, or else only which key."""
    officer = await of_key(source, key)
    return key.hint if officer is None else f"{officer.name} ({key.hint})"


async def shown(source: Pool, clear: str, *, fingerprint_key: bytes) -> Officer:
    """The officer whose key this is. Raises `NoOfficer` for any other word and for an ended key."""
    digest = key_hash(clear.strip(), fingerprint_key=fingerprint_key)
    key = await store.first(source, ApiKey, "hash = $1 AND revoked_at IS NULL", digest)
    officer = await of_key(source, key) if key is not None else None
    if officer is None:
        raise NoOfficer("this is no officer's key, or it was ended")
    return officer


async def add(
    source: Pool, name: str, /, *, account_id: str, at: datetime, fingerprint_key: bytes
) -> tuple[str, ApiKey]:
    """Make an officer with her key, or give one who has none a new one: (in clear, as kept).

    `source` is the owner's pool. Raises `NoOfficer` for no name, or one whose key still stands.
    """
    name = " ".join(name.split())
    if not fold(name) or len(name) > NAME_MAX:
        raise NoOfficer(f"an officer's name has 1 to {NAME_MAX} characters, letters among them")
    async with source.acquire() as connection, connection.transaction():
        await connection.execute(_OFFICER, new_id("off"), account_id, name, fold(name), at)
        row = await store.first(connection, OfficerRow, "folded = $1 FOR UPDATE", fold(name))
        assert row is not None
        known = "officer_id = $1 AND revoked_at IS NULL"
        if await store.first(connection, ApiKey, known, row.id) is not None:
            raise NoOfficer(f"{row.name} has a key: end that one before you make another")
        clear, key = new_key(
            row.account_id,
            kind=Kind.RESTRICTED,
            at=at,
            fingerprint_key=fingerprint_key,
            name=row.name,
            permissions={kind: str(level) for kind, level in OPENS.items()},
        )
        await connection.execute(
            _KEY,
            *(key.hash, key.account_id, key.hint, key.created_at, key.id, key.kind, key.name),
            key.permissions,
            row.id,
        )
    return clear, replace(key, officer_id=row.id)


_OFFICER = (
    "INSERT INTO officers (id, version, account_id, name, folded, created_at)"
    " VALUES ($1, 1, $2, $3, $4, $5) ON CONFLICT (folded) DO NOTHING"
)
_KEY = (
    "INSERT INTO api_keys (hash, account_id, hint, created_at, id, kind, name, permissions,"
    " officer_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
)
