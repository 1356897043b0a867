"""What an account held at a moment equals a fold of its transfers up to it, for any moment."""

import asyncio
import uuid
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maalem.cli.balance import moment_of
from maalem.payments.ledger import balances
from maalem.payments.ledger.tests.book import Book
from maalem.payments.ledger.tests.test_seals import seal_all
from maalem.payments.ledger.verify import verify

MICRO = timedelta(microseconds=1)
# A step: what happens, its amount, and which open hold it is about.
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["posted", "pending", "post", "void", "expire", "seal"]),
        st.integers(1, 500),
        st.integers(0, 5),
    ),
    min_size=1,
    max_size=25,
)


def happen(book: Book, steps: list[tuple[str, int, int]], *, dsn: Any) -> None:
    """Post the steps; seal and write checkpoints where they say so."""
    holds: list[dict[str, Any]] = []
    for kind, amount, which in steps:
        if kind == "seal":
            seal_all(dsn.app, most=3)
            book.connection.execute("SELECT ledger.checkpoint(2)")
        elif kind in ("posted", "pending"):
            leg = book.leg(book.till, book.merchant, amount, kind=kind)
            book.post(leg)
            holds += [leg] if kind == "pending" else []
        elif holds:
            hold = holds.pop(which % len(holds))
            moved = min(amount, hold["amount"]) if kind == "post" else 0
            book.post(book.leg(book.till, book.merchant, moved, kind=kind, pending_id=hold["id"]))


def fold(rows: list[dict[str, Any]], account: str, *, until: datetime) -> tuple[int, ...]:
    """Debits pending and posted, credits pending and posted."""
    held = {row["id"]: row["amount"] for row in rows if row["kind"] == "pending"}
    sums: dict[str, int] = defaultdict(int)
    for row in rows:
        if row["created_at"] > until:
            continue
        for side in ("debit", "credit"):
            if str(row[f"{side}_account"]) == account:
                if row["kind"] in ("posted", "post"):
                    sums[f"{side} posted"] += row["amount"]
                if row["kind"] == "pending":
                    sums[f"{side} pending"] += row["amount"]
                if row["pending_id"]:
                    sums[f"{side} pending"] -= held[row["pending_id"]]
    keys = ("debit pending", "debit posted", "credit pending", "credit posted")
    return tuple(sums[key] for key in keys)


async def asked(dsn: str, owner: str, moments: list[datetime]) -> list[dict[str, tuple[int, ...]]]:
    connection = await asyncpg.connect(dsn)
    try:
        found = []
        for moment in moments:
            held = await balances.at(connection, owner, moment)
            found.append(
                {
                    each.kind: (
                        each.debits_pending,
                        each.debits_posted,
                        each.credits_pending,
                        each.credits_posted,
                    )
                    for each in held
                }
            )
        return found
    finally:
        await connection.close()


def rows_of(book: Book) -> list[dict[str, Any]]:
    cursor = book.connection.execute(
        "SELECT * FROM ledger.transfers WHERE %s::uuid IN (debit_account, credit_account)"
        " ORDER BY number",
        [book.till],
    )
    columns = [each.name for each in cursor.description or ()]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def compare(book: Book, dsn: Any) -> None:
    rows = rows_of(book)
    times = [row["created_at"] for row in rows] or [datetime.now(UTC)]
    moments = sorted({at + shift for at in times for shift in (-MICRO, 0 * MICRO, MICRO)})
    moments += [datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)]
    names = {"till": book.till, "purse": book.merchant, "purse2": book.other}
    for moment, found in zip(
        moments, asyncio.run(asked(dsn.app, book.owner, moments)), strict=True
    ):
        assert found == {
            kind: fold(rows, account, until=moment) for kind, account in names.items()
        }, moment


@settings(max_examples=40)
@given(steps=STEPS)
def test_it_equals_a_fold_at_every_moment(payments_dsn, steps):
    """P22: the balance at any moment is the fold of the transfers up to it, checkpoints or not."""
    with psycopg.connect(payments_dsn.app, autocommit=True) as connection:
        book = Book(connection)
        happen(book, steps, dsn=payments_dsn)
        compare(book, payments_dsn)


def test_a_clock_that_went_back_changes_no_balance(fresh_payments_dsn):
    """P42: rows whose times are not in the order of their numbers count from their times on."""
    with psycopg.connect(fresh_payments_dsn.app, autocommit=True) as connection:
        book = Book(connection)
        for turn in range(3):
            happen(book, [("posted", 10 + turn, 0), ("pending", 7, 0)], dsn=fresh_payments_dsn)
            with psycopg.connect(fresh_payments_dsn.superuser) as clock:
                clock.execute("SET session_replication_role = replica")
                clock.execute(
                    "UPDATE ledger.transfers SET created_at = created_at - interval '1 h'"
                    " WHERE number = (SELECT max(number) FROM ledger.transfers)"
                )
            happen(book, [("seal", 1, 0)], dsn=fresh_payments_dsn)
        compare(book, fresh_payments_dsn)
    assert asyncio.run(verify(fresh_payments_dsn.admin)).findings == []


def test_a_checkpoint_that_was_tampered_with_is_found(fresh_payments_dsn):
    with psycopg.connect(fresh_payments_dsn.app, autocommit=True) as connection:
        book = Book(connection)
        happen(book, [("posted", 5, 0), ("posted", 6, 0), ("seal", 1, 0)], dsn=fresh_payments_dsn)
        made = connection.execute("SELECT count(*) FROM ledger.checkpoint_accounts").fetchone()
    assert made == (2,)
    assert asyncio.run(verify(fresh_payments_dsn.admin)).clean
    with psycopg.connect(fresh_payments_dsn.superuser) as thief:
        thief.execute("SET session_replication_role = replica")
        thief.execute("UPDATE ledger.checkpoint_accounts SET debits_posted = debits_posted + 1")
    found = asyncio.run(verify(fresh_payments_dsn.admin)).findings
    assert len([f for f in found if f.startswith("the checkpoint of account")]) == 2


@pytest.mark.parametrize("table", ["checkpoints", "checkpoint_accounts"])
def test_the_service_can_not_rewrite_checkpoints(payments_dsn, table):
    """P8: checkpoints are written by their function alone."""
    with (
        psycopg.connect(payments_dsn.app) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(f"DELETE FROM ledger.{table}")


def test_nobody_has_nothing(payments_dsn):
    moment = datetime.now(UTC)
    assert asyncio.run(asked(payments_dsn.app, uuid.uuid4().hex, [moment])) == [{}]


def test_a_day_is_asked_about_at_its_end():
    assert moment_of("2026-03-02") == datetime(2026, 3, 2, 23, 59, 59, 999_999, tzinfo=UTC)
    assert moment_of("2026-03-02T09:00:00+01:00") == datetime(2026, 3, 2, 8, tzinfo=UTC)
    with pytest.raises(ValueError, match="March"):
        moment_of("2 March")
