"""Units of work: what a request decided, as data, and the one writer that commits them.

A unit is committed whole or not at all. Requests hand in their units and wait; the writer sends
all that are waiting in one round trip and one commit, set-based, while the next ones gather
(`commit_batch`, sql/1400_attempts_that_end.sql), its records as rows of their tables. A batch with
a refusal in it is written unit by unit (`commit_unit`): one that is refused does not disturb its
neighbours.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import asyncpg
import msgspec
from msgspec.structs import astuple

from maalem.payments.db import Connection, Pool
from maalem.payments.packed import pack
from maalem.payments.together import Together

BATCH_MAX = 64
_DONE, _NO_ACCOUNT = "done", "MA001 account_not_found"
# Somebody else was quicker. Only what an owner owes us may not be settled beyond what it is: who
# meets that read a debt which has been settled since.
_MEANWHILE = frozenset({"changed_meanwhile", "exceeds_debits"})
_COMMIT = "SELECT commit_unit($1, $2, $3, $4)"
# The tables that `commit_batch` writes many records of at once, in the order of its arguments; the
# fields of their records are their columns, in the same order.
BATCHED = (
    "payment_methods",
    "payment_intents",
    "payment_attempts",
    "charges",
    "balance_transactions",
    "checkout_sessions",
)
_BATCHED = frozenset(BATCHED)
_ARGUMENTS = 2 + 2 * len(BATCHED) + 6
_PLACES = ", ".join(f"${n + 1}" for n in range(_ARGUMENTS))
_COMMIT_ALL = f"SELECT * FROM commit_batch({_PLACES})"  # noqa: S608


Row = tuple[Any, ...]


class Claim(msgspec.Struct, kw_only=True):
    """The unit's part in an idempotency key; `use` is `hold`, `finish` or `whole`."""

    use: str
    account_id: str
    key: str
    fingerprint: str
    request_id: str
    holder: int = 0
    object_id: str | None = None
    status: int | None = None

    def row(self, answer: bytes | None) -> Row:
        """Its row of `idempotency_keys`; the database knows when it was made."""
        done = self.use != "hold"
        return (
            self.account_id,
            self.key,
            self.fingerprint,
            done,
            self.holder,
            self.object_id,
            self.status,
            answer if done else None,
            self.request_id,
            None,
        )


class Unit(msgspec.Struct):
    """Everything one action writes. Records say by `version` whether they insert or replace.

    `loan` is a card to be opened with it: the token, and what for. `ended` are attempts whose rows
    go as their charges come.
    """

    puts: list[tuple[str, Any]] = []
    ended: list[str] = []
    chain: list[Any] = []
    events: list[Any] = []
    claim: Claim | None = None
    accounts: list[Any] = []
    opening: bool = False
    counts: list[Row] = []
    loan: tuple[str, str] | None = None

    def put(self, *records: Any) -> "Unit":
        """Store whole records; each knows its table by `TABLE`."""
        self.puts.extend((record.TABLE, record) for record in records)
        return self

    def book(self, chain: tuple[Sequence[Any], Sequence[Any]]) -> "Unit":
        """Post a recipe's transfers; its accounts are opened should they not be there yet."""
        self.accounts.extend(chain[0])
        self.chain.extend(chain[1])
        return self

    def document(self) -> dict[str, Any]:
        """What `commit_unit` reads."""
        return {
            "claim": self.claim,
            "puts": [(table, _document(record)) for table, record in self.puts],
            "ended": self.ended,
            "open": self.accounts if self.opening else (),
            "chain": self.chain,
        }


def _document(record: Any) -> dict[str, Any]:
    """A record as JSON that PostgreSQL reads into its row: bytes in hexadecimal."""
    columns = msgspec.structs.asdict(record)
    return {
        name: f"\\x{value.hex()}" if isinstance(value, bytes) else value
        for name, value in columns.items()
    }


class Keep(Protocol):
    """What an idempotency key wants of work that takes two commits with a rail in between."""

    def hold(self, object_id: str) -> Claim | None:
        """The claim that goes with the first commit, for the object that is worked on."""

    async def finish(self, outcome: Any) -> tuple[Claim | None, bytes | None]:
        """The claim and the saved answer that go with the second."""


class UnitRefused(Exception):
    """The database refused a unit; nothing of it is written. `word` says what: a constraint's
    name, a ledger refusal, `changed_meanwhile` or `status_may_not_move`."""

    def __init__(self, state: str, word: str) -> None:
        super().__init__(f"{word} ({state})")
        self.state = state
        self.word = word


class KeyTaken(UnitRefused):
    """The idempotency key of the unit was claimed before."""


class ChangedMeanwhile(UnitRefused):
    """What was decided on was changed since it was read: read again and decide again."""


_Waiting = tuple[Unit, bytes | None]
_Outcome = tuple[str, Any]  # a word, and the card that was lent with it
_Merged = list[list[Any]]


class Writer:
    """The only way to commit units; one per process."""

    def __init__(self, pool: Pool) -> None:
        self._together: Together[Connection, _Waiting, _Outcome] = Together(
            _write, lend=pool.acquire, most=BATCH_MAX
        )

    async def commit(self, unit: Unit, *, answer: bytes | None = None) -> Any:
        """Commit `unit`, and `answer` under its claim; return when it is durable.

        The card of `unit.loan` comes back sealed (see `Vault.lend`), or None where it was not
        opened with it. Raises `UnitRefused` (or `KeyTaken`, `ChangedMeanwhile`), or the database's
        own error.
        """
        kept = pack(answer) if answer is not None and unit.claim is not None else None
        outcome, lent = await self._together.submit((unit, kept))
        if outcome == _NO_ACCOUNT and unit.accounts and not unit.opening:
            unit.opening = True
            outcome, lent = await self._together.submit((unit, kept))
        if outcome != _DONE:
            raise _refused(outcome)
        return lent


async def _write(connection: Connection, batch: Sequence[_Waiting]) -> list[_Outcome | Exception]:
    try:
        # One that holds something unusual goes alone and leaves the others together.
        usual = [_is_usual(unit) for unit, _ in batch]
        crowd = [item for item, fits in zip(batch, usual, strict=True) if fits]
        lent = await _write_together(connection, crowd) if crowd else None
        return [
            (_DONE, next(lent) if item[0].loan else None)
            if lent is not None and fits
            else await _write_alone(connection, item)
            for item, fits in zip(batch, usual, strict=True)
        ]
    except asyncpg.InternalClientError as problem:
        # The line was cut while the driver was looking elsewhere.
        connection.terminate()
        raise ConnectionResetError("the database's connection was lost") from problem


async def _write_together(
    connection: Connection, batch: Sequence[_Waiting]
) -> Iterator[Any] | None:
    """The cards that were lent, in the order of the batch; None if nothing of it was written."""
    try:
        rows: list[Any] = await connection.fetch(_COMMIT_ALL, *_merge(batch))
        return iter(rows)
    except asyncpg.PostgresError:
        if connection.is_closed():
            raise
        return None


async def _write_alone(connection: Connection, item: _Waiting) -> _Outcome | Exception:
    unit, answer = item
    try:
        outcome: str = await connection.fetchval(
            _COMMIT, unit.document(), answer, unit.events, unit.counts
        )
    except asyncpg.PostgresError as problem:
        return _as_refusal(problem)
    return outcome, None


def _is_usual(unit: Unit) -> bool:
    """Whether `commit_batch` can write it."""
    return not unit.opening and all(table in _BATCHED for table, _ in unit.puts)


def _merge(batch: Sequence[_Waiting]) -> _Merged:
    """The batch as the arguments of `commit_batch`."""
    claimed: list[Row] = []
    finished: list[Row] = []
    sides: dict[str, tuple[list[Row], list[Row]]] = {table: ([], []) for table in BATCHED}
    chain: list[Row] = []
    told: list[Row] = []
    for unit, answer in batch:
        for table, record in unit.puts:
            sides[table][record.version > 1].append(astuple(record))
        if unit.claim is not None:
            (finished if unit.claim.use == "finish" else claimed).append(unit.claim.row(answer))
        chain += [transfer.row() for transfer in unit.chain]
        told += unit.events
    puts = [rows for side in sides.values() for rows in side]
    ended = [attempt for unit, _ in batch for attempt in unit.ended]
    counted = [count for unit, _ in batch for count in unit.counts]
    loans = [unit.loan for unit, _ in batch if unit.loan]
    tokens, whys = [token for token, _ in loans], [why for _, why in loans]
    return [claimed, finished, *puts, ended, chain, told, counted, tokens, whys]


def _as_refusal(problem: Any) -> Exception:
    """A constraint that speaks at commit refuses like one that speaks at once."""
    if problem.sqlstate is not None and problem.sqlstate.startswith(("23", "MA")):
        word = getattr(problem, "constraint_name", None) or getattr(problem, "message", "")
        return UnitRefused(problem.sqlstate, str(word))
    assert isinstance(problem, Exception)
    return problem


def _refused(outcome: str) -> UnitRefused:
    if outcome == "key_taken":
        return KeyTaken("", outcome)
    state, _, word = outcome.partition(" ")
    return (ChangedMeanwhile if word in _MEANWHILE else UnitRefused)(state, word)
