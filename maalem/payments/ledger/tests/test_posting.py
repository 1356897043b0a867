"""The ledger's functions, asked directly, as the service's role and as the owner."""

import uuid
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import errors

from maalem.payments.ledger.tests.book import Book

pytestmark = pytest.mark.xdist_group("ledger")


@pytest.fixture
def book(payments_dsn: Any) -> Iterator[Book]:
    with psycopg.connect(payments_dsn.app, autocommit=True) as connection:
        yield Book(connection)


def test_a_transfer_moves_both_sides(book):
    book.post(book.leg(book.till, book.merchant, 500))
    assert book.counters(book.till) == (500, 0, 0, 0)
    assert book.counters(book.merchant) == (0, 500, 0, 0)


def test_the_same_transfer_again_changes_nothing(book):
    leg = book.leg(book.till, book.merchant, 500)
    book.post(leg)
    book.post(leg)
    assert book.counters(book.merchant) == (0, 500, 0, 0)


@pytest.mark.parametrize(
    ("field", "value"),
    [("amount", 501), ("code", "other"), ("kind", "pending")],
)
def test_another_transfer_under_a_known_id_is_refused(book, field, value):
    leg = book.leg(book.till, book.merchant, 500)
    book.post(leg)
    assert book.refused({**leg, field: value}) == f"exists_with_different_{field}"


def test_other_accounts_under_a_known_id_are_refused(book):
    leg = book.leg(book.till, book.merchant, 500)
    book.post(leg)
    assert book.refused({**leg, "credit_account": book.other}) == (
        "exists_with_different_credit_account"
    )
    assert book.refused({**leg, "debit_account": book.other}) == (
        "exists_with_different_debit_account"
    )


def test_a_purse_does_not_go_below_zero(book):
    book.post(book.leg(book.till, book.merchant, 500))
    assert book.refused(book.leg(book.merchant, book.other, 501)) == "exceeds_credits"
    book.post(book.leg(book.merchant, book.other, 500))


def test_a_chain_is_posted_whole_or_not_at_all(book):
    good, bad = book.leg(book.till, book.merchant, 500), book.leg(book.merchant, book.other, 900)
    assert book.refused(good, bad) == "exceeds_credits"
    assert book.counters(book.merchant) == (0, 0, 0, 0)
    book.post(good, {**bad, "amount": 400})
    assert book.counters(book.merchant) == (400, 500, 0, 0)


def test_a_hold_counts_against_the_purse_until_it_is_resolved(book):
    book.post(book.leg(book.till, book.merchant, 500))
    hold = book.leg(book.merchant, book.other, 300, kind="pending")
    book.post(hold)
    assert book.refused(book.leg(book.merchant, book.other, 201)) == "exceeds_credits"
    book.post(
        book.leg(book.merchant, book.other, 120, kind="post", pending_id=hold["id"]),
    )
    assert book.counters(book.merchant) == (120, 500, 0, 0)
    assert book.counters(book.other) == (0, 120, 0, 0)


def test_a_void_gives_the_whole_hold_back(book):
    hold = book.leg(book.till, book.merchant, 300, kind="pending")
    book.post(hold)
    assert book.counters(book.merchant) == (0, 0, 0, 300)
    book.post(book.leg(book.till, book.merchant, 0, kind="void", pending_id=hold["id"]))
    assert book.counters(book.merchant) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("first", "word"),
    [
        ("post", "pending_transfer_already_posted"),
        ("void", "pending_transfer_already_voided"),
        ("expire", "pending_transfer_expired"),
    ],
)
def test_a_hold_is_resolved_once(book, first, word):
    hold = book.leg(book.till, book.merchant, 300, kind="pending")
    book.post(hold)
    amount = 300 if first == "post" else 0
    book.post(book.leg(book.till, book.merchant, amount, kind=first, pending_id=hold["id"]))
    again = book.leg(book.till, book.merchant, 300, kind="post", pending_id=hold["id"])
    assert book.refused(again) == word


def test_a_resolution_fits_its_hold(book):
    hold = book.leg(book.till, book.merchant, 300, kind="pending")
    plain = book.leg(book.till, book.merchant, 1)
    book.post(hold)
    book.post(plain)

    def resolve(**fields: Any) -> str:
        wanted = {"kind": "post", "pending_id": hold["id"], **fields}
        return book.refused({**book.leg(book.till, book.merchant, 300), **wanted})

    assert resolve(amount=301) == "exceeds_pending_transfer_amount"
    assert resolve(credit_account=book.other) == "pending_transfer_has_different_accounts"
    assert resolve(pending_id=plain["id"]) == "pending_transfer_not_pending"
    assert resolve(pending_id=str(uuid.uuid4())) == "pending_transfer_not_found"


def test_a_hold_that_is_over_is_not_posted(book, payments_dsn):
    hold = book.leg(book.till, book.merchant, 300, kind="pending", timeout_s=1)
    book.post(hold)
    with psycopg.connect(payments_dsn.superuser, autocommit=True) as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute(
            "UPDATE ledger.transfers SET created_at = created_at - interval '2 s' WHERE id = %s",
            [hold["id"]],
        )
    late = book.leg(book.till, book.merchant, 300, kind="post", pending_id=hold["id"])
    assert book.refused(late) == "pending_transfer_expired"
    book.post(book.leg(book.till, book.merchant, 0, kind="expire", pending_id=hold["id"]))
    assert book.counters(book.merchant) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"amount": 0}, "amount_positive"),
        ({"amount": -1}, "amount_positive"),
        ({"kind": "post"}, "resolves_something"),
        ({"currency": "eur"}, "debit_account_currency"),
    ],
)
def test_it_refuses_what_is_no_transfer(book, fields, word):
    assert book.refused({**book.leg(book.till, book.merchant, 5), **fields}) == word


def test_it_refuses_accounts_that_are_not_there_or_the_same_twice(book):
    assert book.refused(book.leg(book.till, str(uuid.uuid4()), 5)) == "account_not_found"
    assert book.refused(book.leg(book.till, book.till, 5)) == "accounts_differ"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger.transfers SET amount = 1",
        "DELETE FROM ledger.transfers",
        "TRUNCATE ledger.transfers",
        "INSERT INTO ledger.transfers (id) SELECT id FROM ledger.transfers",
        "UPDATE ledger.accounts SET credits_posted = 1",
        "DELETE FROM ledger.accounts",
        "SELECT ledger.write_new('{}')",
        "SELECT ledger.write('{}')",
        "ALTER TABLE ledger.transfers DISABLE TRIGGER ALL",
    ],
)
def test_the_service_can_not_rewrite_the_books(book, statement):
    with pytest.raises(errors.InsufficientPrivilege):
        book.connection.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger.transfers SET amount = 1",
        "DELETE FROM ledger.transfers",
        "TRUNCATE ledger.transfers CASCADE",
    ],
)
def test_not_even_the_owner_rewrites_history_in_passing(payments_dsn, book, statement):
    book.post(book.leg(book.till, book.merchant, 5))
    with psycopg.connect(payments_dsn.admin) as owner, pytest.raises(psycopg.Error) as problem:
        owner.execute(statement)
    assert problem.value.diag.message_primary == "transfers_are_append_only"


def test_books_that_do_not_sum_to_zero_are_refused_at_commit(payments_dsn, book):
    owner = psycopg.connect(payments_dsn.admin)
    change = "UPDATE ledger.accounts SET {} = {} + 7 WHERE id = %s"
    owner.execute(change.format("debits_posted", "debits_posted"), [book.till])
    with pytest.raises(psycopg.Error) as problem:
        owner.commit()
    assert problem.value.diag.message_primary == "does_not_sum_to_zero"
    owner.execute(change.format("debits_posted", "debits_posted"), [book.till])
    owner.execute(change.format("credits_posted", "credits_posted"), [book.merchant])
    owner.rollback()
    owner.close()


def test_accounts_open_at_zero(payments_dsn):
    with psycopg.connect(payments_dsn.admin) as owner, pytest.raises(psycopg.Error) as problem:
        owner.execute(
            "INSERT INTO ledger.accounts (id, currency, kind, owner, credits_posted)"
            " VALUES (gen_random_uuid(), 'mad', 'x', 'y', 5)"
        )
    assert problem.value.diag.message_primary == "account_opens_at_zero"
