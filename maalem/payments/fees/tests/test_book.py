"""The book of fees in the database: announced, never rewritten, within the law."""

import asyncio
from datetime import date

import psycopg
import pytest
from psycopg import errors

from maalem.payments import db
from maalem.payments.fees.book import FeeBook
from maalem.payments.fees.decide import ChargeFacts, fee_for

HISTORY = "SET maalem.history = 'on'"


def announce(connection, id, line="service", /, **fields):
    row = {
        "id": id,
        "line": line,
        "plan_id": "standard" if line == "service" else None,
        "share_bps": 100,
        "on_refund": "kept",
        "valid_from": "2099-01-01",
        "source": "the contract",
        **fields,
    }
    names = ", ".join(row)
    values = ", ".join(f"%({name})s" for name in row)
    connection.execute(f"INSERT INTO fee_rates ({names}) VALUES ({values})", row)


@pytest.fixture
def owner(fresh_payments_dsn):
    with psycopg.connect(fresh_payments_dsn.admin, autocommit=True) as connection:
        yield connection


def refused(word):
    return pytest.raises(errors.IntegrityError, match=word)


def test_a_rate_is_announced_before_it_applies(owner):
    announce(owner, "rate_to_come")
    with refused("fees_are_announced"):
        announce(owner, "rate_of_yesterday", rail="wallet", valid_from="2026-01-01")
    with refused("fees_are_announced"):
        announce(owner, "rate_of_today", rail="wallet", valid_from=date.today())  # noqa: DTZ011


def test_two_rates_never_answer_for_the_same_day(owner):
    announce(owner, "first", valid_until="2100-01-01")
    with refused("one_row_for_a_day"):
        announce(owner, "second", valid_from="2099-06-01")
    announce(owner, "next", valid_from="2100-01-01")
    announce(owner, "of-wallets", rail="wallet", valid_from="2099-06-01")


def test_a_rate_is_ended_once_and_otherwise_never_changed(owner):
    announce(owner, "one")
    owner.execute("UPDATE fee_rates SET valid_until = '2099-03-01' WHERE id = 'one'")
    for change in ("valid_until = NULL", "valid_until = '2099-04-01'", "share_bps = 1"):
        with refused("fees_are_not_rewritten"):
            owner.execute(f"UPDATE fee_rates SET {change} WHERE id = 'one'")
    with refused("fees_are_not_rewritten"):
        owner.execute("DELETE FROM fee_rates WHERE id = 'one'")


CAPPED = [
    ({"share_bps": 66}, False),
    ({"share_bps": 65, "fixed": 1, "currency": "mad"}, False),
    ({"share_bps": 65, "funding": "debit"}, True),
    ({"share_bps": 66, "funding": "debit", "origin": "domestic"}, False),
    ({"share_bps": 180, "origin": "foreign"}, True),
    ({"share_bps": 100, "rail": "wallet"}, True),
    ({"share_bps": 120, "valid_from": "2023-01-01", "valid_until": "2024-10-01"}, True),
    ({"share_bps": 121, "valid_from": "2023-01-01", "valid_until": "2024-10-01"}, False),
    ({"share_bps": 120, "valid_from": "2023-01-01", "valid_until": "2024-10-02"}, False),
]


@pytest.mark.parametrize(("fields", "allowed"), CAPPED)
def test_the_database_holds_the_cap_on_domestic_interchange(owner, fields, allowed):
    owner.execute(HISTORY)
    if allowed:
        announce(owner, "rate", "interchange", **fields)
    else:
        with refused("domestic_interchange_cap"):
            announce(owner, "rate", "interchange", **fields)


def test_the_service_reads_its_fees_and_cannot_write_them(fresh_payments_dsn):
    with (
        psycopg.connect(fresh_payments_dsn.app, autocommit=True) as service,
        pytest.raises(errors.InsufficientPrivilege),
    ):
        announce(service, "mine")


def test_a_process_reads_the_book_again_when_it_has_moved_on(owner, fresh_payments_dsn):
    async def story():
        pool = await db.connect(fresh_payments_dsn.app, size=1)
        try:
            book = FeeBook(pool, default_bps=0)
            first = await book.current()
            assert await book.current() is first
            owner.execute(HISTORY)
            announce(owner, "ours", share_bps=150, valid_from="2025-01-01")
            assert await book.current() is first
            book._compared_at -= 120  # a minute later it is compared, beside the payment
            assert await book.current() is first
            await book._task
            second = await book.current()
            assert second.version > first.version
            facts = ChargeFacts("acct", 10_000, "mad", "wallet")
            assert fee_for(facts, second, on=date(2026, 1, 1)).fee == 150
            book._compared_at -= 3_600  # no book is used that may be too old
            announce(owner, "later", share_bps=150, rail="wallet", valid_from="2025-01-01")
            assert (await book.current()).version > second.version
        finally:
            await pool.close()

    asyncio.run(story())
