"""The database: one pool, typed JSON, and migrations that are applied once, in order."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from importlib import resources
from typing import Any

import asyncpg
import msgspec

Connection = Any  # asyncpg has no types: a connection, or one lent by the pool
Pool = Any
APP_ROLE = "maalem_payments"


class PooledConnection(asyncpg.Connection):  # type: ignore[misc]
    """A connection that goes back to the pool without a round trip to clean it.

    Nobody here sets anything for a session, takes a session's lock or listens on a pooled
    connection; a transaction left open is rolled back all the same.
    """

    def get_reset_query(self) -> str:
        """Nothing to reset."""
        return ""


class MigrationProblem(RuntimeError):
    """The database can't be brought up to date; the message says why."""


def encode_jsonb(value: object) -> bytes:
    return b"\x01" + msgspec.json.encode(value)


def decode_jsonb(data: bytes) -> Any:
    return msgspec.json.decode(data[1:])


class Moments:
    """Moments as PostgreSQL's microseconds since 2000. A request has one `now` and writes it into
    seventeen columns: it is reckoned once."""

    _EPOCH = datetime(2000, 1, 1, tzinfo=UTC)

    def __init__(self) -> None:
        self._last: tuple[datetime, tuple[int]] = (self._EPOCH, (0,))

    def encode(self, moment: datetime) -> tuple[int]:
        """Raises `TypeError` for one without a time zone."""
        last, made = self._last
        if moment is not last:
            since = moment - self._EPOCH
            made = ((since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds,)
            self._last = moment, made
        return made

    def decode(self, made: tuple[int]) -> datetime:
        return self._EPOCH + timedelta(microseconds=made[0])


async def prepare(connection: Connection) -> None:
    """Let a connection read and write JSON and moments as the pool's do.

    `jsonb` is Python objects, msgspec Structs too; `json` is written as the JSON it is.
    """
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", encoder=encode_jsonb, decoder=decode_jsonb, format="binary"
    )
    await connection.set_type_codec(
        "json", schema="pg_catalog", encoder=bytes, decoder=msgspec.json.decode, format="binary"
    )
    moments = Moments()
    await connection.set_type_codec(
        "timestamptz",
        schema="pg_catalog",
        encoder=moments.encode,
        decoder=moments.decode,
        format="tuple",
    )


async def connect(dsn: str, *, size: int = 8, settings: Mapping[str, str] | None = None) -> Pool:
    """Open a pool of up to `size` connections; a statement waits at most 5 s for a lock.

    A connection that nobody needed for five minutes is closed: each costs the server 15 MB.
    A server in recovery is refused: no decision about money is made on a replica's word.
    """
    return await asyncpg.create_pool(
        dsn,
        min_size=1,
        max_size=size,
        init=prepare,
        connection_class=PooledConnection,
        command_timeout=30,
        target_session_attrs="primary",
        max_inactive_connection_lifetime=300,
        server_settings={
            "application_name": "maalem-payments",
            "lock_timeout": "5s",
            "idle_in_transaction_session_timeout": "30s",
            "jit": "off",
            **(settings or {}),
        },
    )


def migrations() -> list[tuple[str, str]]:
    """The SQL files as (name, text), in the order in which they are applied."""
    folder = resources.files("maalem.payments") / "sql"
    files = [entry for entry in folder.iterdir() if entry.name.endswith(".sql")]
    return sorted((entry.name, entry.read_text(encoding="utf-8")) for entry in files)


async def migrate(admin_dsn: str) -> list[str]:
    """Apply what is missing, each file in its own transaction; return the names applied.

    `admin_dsn` is the owner's URL. The role `maalem_payments` must exist: files grant to it.
    A file that was applied before and reads differently now is refused.
    """
    connection = await asyncpg.connect(admin_dsn)
    try:
        await connection.execute("SELECT pg_advisory_lock(7001, 1)")
        if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", APP_ROLE):
            raise MigrationProblem(f"the role {APP_ROLE} is missing: create it first")
        await connection.execute(
            "CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, sha256 text NOT NULL,"
            " applied_at timestamptz NOT NULL DEFAULT now())"
        )
        rows = await connection.fetch("SELECT name, sha256 FROM migrations")
        known = {row["name"]: row["sha256"] for row in rows}
        return [
            name
            for name, text in migrations()
            if await _apply(connection, name, text=text, known=known.get(name))
        ]
    finally:
        await connection.close()


async def _apply(connection: Connection, name: str, *, text: str, known: str | None) -> bool:
    digest = hashlib.sha256(text.encode()).hexdigest()
    if known == digest:
        return False
    if known is not None:
        raise MigrationProblem(f"{name} was applied before with another text")
    try:
        async with connection.transaction():
            await connection.execute(text)
            await connection.execute(
                "INSERT INTO migrations (name, sha256) VALUES ($1, $2)", name, digest
            )
    except asyncpg.PostgresError as problem:
        raise MigrationProblem(f"{name}: {problem}") from problem
    return True
