"""The story of each kind of payment, read as an operator reads it: who, what, when, the books."""

import asyncio
import re
from collections.abc import Awaitable, Callable

import psycopg
import pytest

from maalem.cli import story as terminal
from maalem.payments import running
from maalem.payments.acquiring.capture import capture
from maalem.payments.acquiring.confirm import complete_authentication
from maalem.payments.acquiring.connect.tests.shared import destination
from maalem.payments.acquiring.disputes import chores as disputes
from maalem.payments.acquiring.refund import refund
from maalem.payments.context import Modes
from maalem.payments.settlement.bank.tests.bank_world import BankWorld, bank_world, rib
from maalem.payments.tests.bookings import codes
from maalem.payments.tests.test_story import asked

Told = Callable[[BankWorld], Awaitable[str]]


async def simple(b: BankWorld) -> str:
    paid = await b.w.pay(10_000, card="pm_card_ma")
    await b.day()
    return str(paid.charge.receipt_number)


async def refused(b: BankWorld) -> str:
    return (await b.w.pay(10_000, card="pm_card_visa_chargeDeclinedInsufficientFunds")).intent.id


async def proved(b: BankWorld) -> str:
    open_one = await b.w.pay(10_000, card="pm_card_threeDSecure2Required")
    b.clock.move(minutes=2)
    await b.payments.rails.desk.respond(open_one.attempt.challenge, secret="123456")
    await complete_authentication(b.payments, attempt=open_one.attempt.id)
    return open_one.intent.id


async def in_parts(b: BankWorld) -> str:
    options = {"card": {"request_multicapture": "if_available"}}
    held = await b.w.pay(10_000, capture_method="manual", payment_method_options=options)
    part = await capture(b.payments, intent=held.intent, amount=4_000, final=False)
    rest = await capture(b.payments, intent=part.intent, amount=5_000)
    await refund(b.payments, charge=rest.charge, amount=2_500)
    return str(rest.charge.receipt_number)


async def lost(b: BankWorld) -> str:
    await b.w.pay(50_000, card="pm_card_bypassPending")
    paid = await b.w.pay(10_000, card="pm_card_createDispute")
    await disputes.look_after(b.payments)
    b.clock.move(days=30)
    await disputes.look_after(b.payments)
    return str(paid.charge.receipt_number)


async def sent_back(b: BankWorld) -> str:
    seller = await b.seller(amount=10_000)
    await b.ripen()
    payout = await b.payout(seller, 4_000, place=await b.place(seller, number=rib("0104")))
    for _ in range(5):
        await b.exchange()
        await b.day()
    return payout.id


async def shared(b: BankWorld) -> str:
    paid = await b.w.pay(10_000, **destination(b.w, fee=1_200))
    return str(paid.charge.receipt_number)


async def by_hand(b: BankWorld) -> str:
    from maalem.payments.settlement.bank.tests.test_desk import by_two, strange

    seller = await b.seller()
    line = await strange(b, 700)
    await b.propose("suspend", line.id, by="Naïma", note="nobody knows")
    await by_two(b, "give", line.id, seller.id)
    return line.id


STORIES: dict[Told, tuple[str, ...]] = {
    simple: (
        "paid with visa credit …0003 MA",
        "now succeeded",
        "network reference nt_att_",
        "interchange fee 0.65 of 100.00 by rate_interchange_domestic_2024",
        "the payer's money is taken (charge)",
        "received",
        "bank reference BK",
        "100.00 MAD  Souk, not yet to be spent",
        "0.65 MAD  interchange, a cost of ours",
        "99.35 MAD  paid in by the network",
    ),
    refused: (
        "now failed",
        "decline code insufficient_funds",
        "charge.failed",
        "now requires_payment_method",
    ),
    proved: (
        "3-D Secure was asked for",
        "payment_intent.requires_action",
        "the payer proved who she is (3-D Secure)",
        "answered  authorised",
        "now succeeded",
    ),
    in_parts: (
        "100.00 MAD (held)  rail_card → Souk pending",
        "what was held is taken (capture)",
        "captured by now 90.00 MAD, refunded by now 25.00 MAD",
        "given back to the payer (refund)",
        "65.00 MAD  the card network owes us",
    ),
    lost: (
        "kind opened, reason fraudulent",
        "charge.dispute.funds_withdrawn",
        "the payer's bank took it back, from what she can spend",
        "our fee for the dispute",
        "closed  lost",
        "15.00 MAD  earned by us",
    ),
    sent_back: (
        "Fadma Aït Baha available → payouts",
        "answered  accepted",
        "our bank has paid it",
        "ended  failed",
        "failure message The bank account has been closed., failure reason AC04",
        "her bank sent it back",
        "It left nothing in the books.",
    ),
    shared: (
        "to Fadma Aït Baha",
        "application fee  fee_",
        "the platform's fee (application_fee)",
        "12.00 MAD  Souk, not yet to be spent",
        "88.00 MAD  Fadma Aït Baha, not yet to be spent",
    ),
    by_hand: (
        "kind suspend, note nobody knows, officer Naïma",
        "kind give, note asked the bank, officer Naïma Oubella",
        "second Youssef Benjelloun",
        "what was put aside is hers (found_owner)",
        "7.00 MAD  Fadma Aït Baha, to be spent",
    ),
}


@pytest.mark.parametrize("happened", STORIES, ids=lambda each: each.__name__)
def test_the_story_tells_who_what_when_and_the_books(fresh_payments_dsn, happened):
    """P43: of each kind of payment, in one command, with the books in words."""

    async def make() -> str:
        async with bank_world(fresh_payments_dsn.app, dispute_fee=1_500) as b:
            return await happened(b)

    with psycopg.connect(fresh_payments_dsn.admin) as owner:
        owner.execute(
            "INSERT INTO runs (role, version, started_at) VALUES ('service', %s, 'yesterday')",
            [running.version()],
        )
    word = asyncio.run(make())
    text = "\n".join(terminal.lines(asyncio.run(asked(fresh_payments_dsn.admin, word))))
    # What is wrapped for the terminal is one sentence all the same.
    flat = re.sub(r"\n {29}", " ", text)
    for expected in STORIES[happened]:
        assert expected in flat, f"{expected}\n{text}"
    assert f"the service runs version {running.version()}" in text


def test_a_story_says_which_version_came_in_its_course(fresh_payments_dsn, monkeypatch):
    """P43: which code version decided each part of it."""

    async def make() -> str:
        async with bank_world(fresh_payments_dsn.app) as b:
            return str((await b.w.pay(10_000)).charge.receipt_number)

    with psycopg.connect(fresh_payments_dsn.admin) as owner:
        owner.execute(
            "INSERT INTO runs (role, version, started_at) VALUES"
            " ('service', 'the first', now() - interval '2 days'),"
            " ('service', 'the second', now() - interval '1 day'),"
            " ('worker', 'the second', now() - interval '1 day'),"
            " ('service', 'the third', now() + interval '1 second'),"
            " ('service', 'the fourth', now() + interval '1 day')"
        )
    word = asyncio.run(make())
    with psycopg.connect(fresh_payments_dsn.superuser) as later:
        later.execute(
            "UPDATE events SET created_at = now() + interval '1 minute'"
            " WHERE type = 'payment_intent.succeeded'"
        )
    text = "\n".join(terminal.lines(asyncio.run(asked(fresh_payments_dsn.admin, word))))
    assert "then the service runs version the second, since" in text
    assert "then the worker runs version the second" in text
    assert "version      the service runs version the third" in text
    assert "the first" not in text
    assert "the fourth" not in text
    with (
        psycopg.connect(fresh_payments_dsn.admin) as owner,
        pytest.raises(psycopg.errors.CheckViolation, match="told_is_told"),
    ):
        owner.execute("UPDATE runs SET version = 'other'")


def test_a_process_writes_down_what_it_runs(fresh_payments_dsn):
    async def start() -> None:
        async with bank_world(fresh_payments_dsn.app) as b:
            await running.note(Modes(b.payments), "worker")

    asyncio.run(start())
    with psycopg.connect(fresh_payments_dsn.admin) as owner:
        rows = owner.execute("SELECT role, version FROM runs").fetchall()
    assert rows == [("worker", running.version())]


def test_a_version_names_the_sources_or_is_what_the_operator_says(monkeypatch):
    running.version.cache_clear()
    assert re.fullmatch(r".+ code [0-9a-f]{12}", running.version())
    running.version.cache_clear()
    monkeypatch.setenv("MAALEM_VERSION", "2026.3 of the image")
    assert running.version() == "2026.3 of the image"
    running.version.cache_clear()


def test_every_booking_has_its_words():
    found = codes()
    assert len(found) > 40
    assert [code for code in sorted(found) if code not in terminal._CODES] == []


def test_a_terminal_obeys_nothing_that_a_merchant_wrote(fresh_payments_dsn):
    """Escapes that clear the screen or turn a line round are shown, not done."""

    async def make() -> str:
        async with bank_world(fresh_payments_dsn.app) as b:
            named = {"transfer_group": "\x1b[2J\x1b]0;owned\x07\u202eDAM 00.001\r\nok"}
            return str((await b.w.pay(10_000, **named)).charge.receipt_number)

    lines = terminal.lines(asyncio.run(asked(fresh_payments_dsn.admin, asyncio.run(make()))))
    assert all(line.isprintable() for line in lines)
    assert any("\\x1b[2J" in line and "\\u202e" in line for line in lines)
