"""`maalem fees`: an operator writes prices down, with their notice, and reads them."""

import asyncio
import contextlib
from datetime import datetime, timedelta

import psycopg
import pytest

from maalem.cli import __main__ as cli
from maalem.cli import fees as terminal
from maalem.kit.clock import MOROCCO
from maalem.payments.fees.tests.test_book import announce
from maalem.payments.tests.world import world


@pytest.fixture
def books(fresh_payments_dsn, monkeypatch):
    """The terminal reads and writes this test's books, in which somebody has an account."""

    @contextlib.contextmanager
    def of(_place):
        yield {"test": fresh_payments_dsn.admin}

    async def one_account():
        async with world(fresh_payments_dsn.app):
            pass

    asyncio.run(one_account())
    monkeypatch.setattr(terminal, "books_of", of)
    return fresh_payments_dsn


def typed(*words: str) -> int:
    with pytest.raises(SystemExit) as left:
        cli.main(["fees", *words])
    return int(left.value.code or 0)


def day(ahead: int) -> str:
    today = datetime.now(MOROCCO).date()
    return (today + timedelta(days=ahead)).isoformat()


CARD = ("announce", "--line", "service", "--plan", "standard", "--rail", "card")


def test_a_dearer_price_has_two_months_notice(books, capsys):
    """P25: no merchant pays a price that she could not have known of."""
    priced = (*CARD, "--bps", "150", "--source", "the contract")
    assert typed(*priced, "--from", day(59)) == 1
    said = capsys.readouterr().err
    assert "merchants are told two months before a price rises or ends" in said
    assert f"The earliest day is {day(60)}." in said or f"{day(61)}" in said
    assert typed(*priced, "--from", day(62)) == 0
    assert "applies from" in capsys.readouterr().out


def test_a_price_that_falls_may_fall_the_day_after_tomorrow(books, capsys):
    with psycopg.connect(books.admin) as owner:
        owner.execute("SET maalem.history = 'on'")
        announce(owner, "old", share_bps=150, rail="card", valid_from="2025-01-01")
    assert typed(*CARD, "--bps", "140", "--from", day(2), "--source", "a gift", "--id", "new") == 0
    assert capsys.readouterr().out == f"new applies from {day(2)}, after old (test mode)\n"
    assert typed(*CARD, "--bps", "151", "--from", day(30), "--source", "greed") == 1
    assert typed("end", "--id", "new", "--until", day(30)) == 1
    assert typed("end", "--id", "new", "--until", day(90)) == 0
    with psycopg.connect(books.admin) as owner:
        rows = owner.execute(
            "SELECT id, valid_until::text FROM fee_rates WHERE rail = 'card'"
            " AND line = 'service' ORDER BY valid_from"
        ).fetchall()
    assert rows == [("old", day(2)), ("new", day(90))]


def test_what_we_pay_ourselves_needs_no_notice_but_never_a_day_that_has_begun(books, capsys):
    scheme = ("announce", "--line", "scheme", "--rail", "card", "--bps", "10", "--source", "book")
    assert typed(*scheme, "--from", day(-1)) == 1
    assert "can't begin or end on a day that has begun" in capsys.readouterr().err
    assert typed(*scheme, "--from", day(2)) == 0


REFUSED = [
    (("--line", "service", "--bps", "100"), "service and dispute need --plan"),
    (("--line", "dispute", "--plan", "standard", "--bps", "5", "--currency", "mad"), "--fixed"),
    (("--line", "scheme", "--bps", "5", "--on-refund", "returned"), "is kept on a refund"),
    (("--line", "scheme", "--fixed", "5"), "need --currency"),
    (("--line", "service", "--plan", "gold"), "there is no such plan"),
    (("--line", "interchange", "--bps", "66"), "at most 0.65 %"),
]


@pytest.mark.parametrize(("words", "said"), REFUSED)
def test_a_price_that_cannot_be_is_refused_with_a_sentence(books, capsys, words, said):
    assert typed("announce", *words, "--from", day(100), "--source", "x") == 1
    assert said in capsys.readouterr().err


def test_the_book_of_prices_is_read_as_of_a_day(books, capsys):
    assert typed() == 0
    shown = capsys.readouterr().out
    assert "0.65 %" in shown
    assert "from ever until 2024-10-01" in shown
    assert typed("--on", "2024-12-01") == 0
    assert "2024-10-01   " in (shown := capsys.readouterr().out)
    assert "1.20 %" not in shown
    assert typed("--on", "soon") == 2
    assert typed("end", "--id", "nobody", "--until", day(90)) == 1
    assert typed("announce", "--line", "scheme") == 2
