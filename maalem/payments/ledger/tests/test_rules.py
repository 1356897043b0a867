"""What the database refuses whoever asks, and what the code refuses before it asks."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from psycopg import errors

from maalem.payments.ledger import recipes
from maalem.payments.ledger.records import BalanceTransaction, LedgerTransfer
from maalem.payments.ledger.tests.book import Book

pytestmark = pytest.mark.xdist_group("ledger")


@pytest.fixture
def book(payments_dsn: Any) -> Iterator[Book]:
    with psycopg.connect(payments_dsn.app, autocommit=True) as connection:
        yield Book(connection)


def owner_says(dsn: str, *statements: str) -> str:
    """The word with which the owner's transaction of raw statements is refused."""
    try:
        with psycopg.connect(dsn) as owner:
            for statement in statements:
                owner.execute(statement)
    except psycopg.Error as problem:
        return problem.diag.constraint_name or problem.diag.message_primary or ""
    return "it was not refused"


@pytest.mark.parametrize(
    ("statements", "word"),
    [
        (["SET debits_posted = debits_posted + 7 WHERE id = '{till}'"], "does_not_sum_to_zero"),
        (["SET credits_pending = 7 WHERE id = '{merchant}'"], "does_not_sum_to_zero"),
        (
            [
                "SET debits_posted = debits_posted + 7 WHERE id = '{till}'",
                "SET credits_posted = credits_posted + 6 WHERE id = '{merchant}'",
            ],
            "does_not_sum_to_zero",
        ),
        (
            [
                "SET debits_posted = debits_posted + 7 WHERE id = '{till}'",
                "SET credits_posted = credits_posted + 7 WHERE id = '{euros}'",
            ],
            "does_not_sum_to_zero",
        ),
        (["SET currency = 'usd' WHERE id = '{till}'"], "debit_account_currency"),
    ],
)
def test_raw_statements_of_the_owner_can_not_unbalance_a_currency(
    book, payments_dsn, statements, word
):
    """P7: each currency's debits and credits are compared at commit, whoever writes."""
    euros = str(uuid.uuid4())
    with psycopg.connect(payments_dsn.admin) as owner:
        owner.execute(
            "INSERT INTO ledger.accounts (id, currency, kind, owner)"
            " VALUES (%s, 'eur', 'till', %s)",
            [euros, book.owner],
        )
    book.post(book.leg(book.till, book.merchant, 5))
    names = {"till": book.till, "merchant": book.merchant, "euros": euros}
    raw = [f"UPDATE ledger.accounts {statement.format(**names)}" for statement in statements]
    assert owner_says(payments_dsn.admin, *raw) == word


def test_a_transfer_between_currencies_can_not_even_be_written_raw(book, payments_dsn):
    """P7: a transfer has one amount and one currency for both of its sides."""
    euros = str(uuid.uuid4())
    word = owner_says(
        payments_dsn.admin,
        "INSERT INTO ledger.accounts (id, currency, kind, owner)"
        f" VALUES ('{euros}', 'eur', 'x', 'y{euros}')",
        "INSERT INTO ledger.transfers (id, debit_account, credit_account, amount, currency, kind,"
        f" code, source) VALUES (gen_random_uuid(), '{book.till}', '{euros}', 5, 'mad', 'posted',"
        " 'x', 'y')",
    )
    assert word == "credit_account_currency"


@pytest.mark.parametrize(
    ("statement", "word"),
    [
        ("DELETE FROM ledger.accounts", "debit_account_currency"),
        ("TRUNCATE ledger.accounts CASCADE", "transfers_are_append_only"),
    ],
)
def test_the_owner_does_not_lose_an_account_in_passing(book, payments_dsn, statement, word):
    """P8: an account with history stays."""
    book.post(book.leg(book.till, book.merchant, 5))
    assert owner_says(payments_dsn.admin, statement) in (word, "credit_account_currency")


HISTORY = ("ledger.transfers", "ledger.seals", "events", "delivery_log")
COLUMN = {
    "ledger.transfers": "amount = 1",
    "ledger.seals": "count = 1",
    "events": "type = 'a.b'",
    "delivery_log": "took_ms = 1",
}


@pytest.mark.parametrize("table", HISTORY)
@pytest.mark.parametrize("deed", ["UPDATE {0} SET {1}", "DELETE FROM {0}", "TRUNCATE {0}"])
def test_the_service_can_not_rewrite_history(book, table, deed):
    """P8: UPDATE, DELETE and TRUNCATE of what has happened fail for the service's role."""
    with pytest.raises(errors.InsufficientPrivilege):
        book.connection.execute(deed.format(table, COLUMN[table]))


@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE ledger.accounts SET credits_posted = credits_posted + 1",
        "UPDATE ledger.accounts SET debits_must_not_exceed_credits = false",
        "INSERT INTO ledger.accounts (id, currency, kind, owner) VALUES"
        " (gen_random_uuid(), 'mad', 'x', 'y')",
        "DELETE FROM ledger.accounts",
        "TRUNCATE ledger.accounts CASCADE",
        "ALTER TABLE ledger.accounts DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "CREATE FUNCTION ledger.mine() RETURNS void LANGUAGE sql AS 'SELECT'",
        "DROP TRIGGER append_only ON ledger.transfers",
    ],
)
def test_the_service_changes_accounts_by_the_ledger_s_functions_only(book, deed):
    """P8: counters and flags of accounts are out of the service's reach."""
    with pytest.raises(errors.InsufficientPrivilege):
        book.connection.execute(deed)


def a_transfer(amount: Any) -> LedgerTransfer:
    chain = recipes.charge(
        "ch_1", owner="a", by="card", amount=amount, fee=0, currency="mad", bucket="pending"
    )
    return chain.transfers[0]


@pytest.mark.parametrize("amount", [1.0, 0.1 + 0.2, "5", True, None])
def test_the_ledger_s_edge_takes_whole_numbers_only(amount):
    """P10: 0.1 + 0.2 is not money, nor is 1.0; the recipe raises before anything is sent."""
    with pytest.raises(TypeError, match="whole minor units"):
        a_transfer(amount)
    assert a_transfer(3).amount == 3


@pytest.mark.parametrize("field", ["amount", "fee", "net"])
def test_a_line_of_a_balance_takes_whole_numbers_only(field):
    """P10: neither does a line of a balance."""
    at = datetime(2026, 3, 2, tzinfo=UTC)
    good: dict[str, Any] = {"amount": 100, "fee": 2, "net": 98}
    rest = {"id": "txn_1", "account_id": "a", "type": "charge", "source_id": "ch_1"}
    with pytest.raises(TypeError, match="whole minor units"):
        BalanceTransaction(
            **rest, **{**good, field: 98.0}, currency="mad", available_on=at, created_at=at
        )


@pytest.mark.parametrize("amount", ["1.0", "1.5", '"1.5"'])
def test_the_database_takes_no_fraction_either(book, amount):
    """P10: what gets past the code is refused by the ledger's own function."""
    leg = (
        f'[{{"id": "{uuid.uuid4()}", "debit_account": "{book.till}", "credit_account":'
        f' "{book.merchant}", "amount": {amount}, "currency": "mad", "code": "x", "source": "y"}}]'
    )
    with pytest.raises(errors.InvalidTextRepresentation):
        book.connection.execute("SELECT ledger.post(%s)", [leg])
