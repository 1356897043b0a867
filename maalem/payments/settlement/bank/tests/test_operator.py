"""What the jobs do by themselves, and what an operator reads at a terminal."""

import asyncio
import contextlib

import pytest

from maalem.cli import bank as operator
from maalem.payments.api.idempotency import Holder
from maalem.payments.settlement.bank import jobs
from maalem.payments.settlement.bank.tests.bank_world import BankWorld, bank_world, rib


@pytest.fixture
def at_the_terminal(fresh_payments_dsn, monkeypatch):
    """The commands read this test's books."""

    @contextlib.contextmanager
    def books(_place):
        yield {"test": fresh_payments_dsn.admin}

    monkeypatch.setattr(operator, "books_of", books)


def run(dsn, story):
    async def whole():
        async with bank_world(dsn.app) as b:
            await story(b)

    asyncio.run(whole())


async def all_jobs(b: BankWorld) -> None:
    for job in (jobs.send, jobs.receive, jobs.look, jobs.prove):
        await job(b.payments)
    while await jobs.receive(b.payments):
        pass


def test_the_jobs_bring_a_payout_to_its_end_by_themselves(fresh_payments_dsn):
    """P21: sent, booked, returned and given back, with nobody at the keyboard."""

    async def story(b: BankWorld) -> None:
        seller = await b.seller(amount=10_000)
        await b.ripen()
        payout = await b.payout(seller, 4_000, place=await b.place(seller, number=rib("0104")))
        for _ in range(6):
            await all_jobs(b)
            b.clock.move(days=1)
        assert (await b.fresh(payout)).status == "failed"
        assert await b.house() == {"bank": 10_000}
        assert await b.payments.pool.fetchval("SELECT count(*) FROM safeguarding_proofs") == 6
        assert await b.payments.pool.fetchval("SELECT count(*) FROM findings") == 0

    run(fresh_payments_dsn, story)


def test_the_bank_is_reached_beside_the_first_service_of_an_installation(fresh_payments_dsn):
    """That service holds a lock of its number, 1, for as long as it runs: it is not the bank's."""

    async def story(b: BankWorld) -> None:
        seller = await b.seller(amount=10_000)
        await b.ripen()
        payout = await b.payout(seller, 4_000)
        service = Holder()
        assert await service.register(b.payments) == 1
        await all_jobs(b)
        assert (await b.fresh(payout)).status == "paid"
        await service.close()

    run(fresh_payments_dsn, story)


def test_a_bank_that_is_down_is_waited_for(fresh_payments_dsn):
    async def story(b: BankWorld) -> None:
        seller = await b.seller(amount=10_000)
        await b.ripen()
        payout = await b.payout(seller, 4_000)
        await b.payments.pool.execute("UPDATE simulator.bank_conduct SET down = true")
        await all_jobs(b)
        assert (await b.fresh(payout)).status == "in_transit"
        await b.payments.pool.execute("UPDATE simulator.bank_conduct SET down = false")
        b.clock.move(minutes=5)
        await all_jobs(b)
        assert (await b.fresh(payout)).status == "paid"

    run(fresh_payments_dsn, story)


def test_an_operator_sees_what_is_open_and_whose_it_is(fresh_payments_dsn, at_the_terminal, capsys):
    async def story(b: BankWorld) -> None:
        seller = await b.seller(amount=10_000)
        await b.ripen()
        await b.payout(seller, 4_000)
        await jobs.prove(b.payments)

    assert operator.safeguarding() == 1
    run(fresh_payments_dsn, story)
    capsys.readouterr()
    assert operator.clearing() == 0
    shown = capsys.readouterr().out
    assert "waits for a file" in shown
    assert "not settled by the network yet" in shown
    assert "UNEXPLAINED" not in shown
    assert operator.safeguarding() == 0
    shown = capsys.readouterr().out
    assert "payouts that the bank has not booked" in shown
    assert "0  difference" in shown
    assert operator.safeguarding(day="2020-01-01") == 1
    assert operator.safeguarding(day="yesterday") == 2
    assert operator.bank() == 0


def test_an_operator_sees_what_waits_for_a_person(fresh_payments_dsn, at_the_terminal, capsys):
    async def story(b: BankWorld) -> None:
        await b.payments.pool.execute(
            "INSERT INTO simulator.bank_entries (kind, amount, booked_on, end_to_end_id, iban,"
            " counterparty, remittance) VALUES ('other', 700, $1, 'NOTPROVIDED', '', 'X', 'Y')",
            b.clock.now().date(),
        )
        await b.day()

    run(fresh_payments_dsn, story)
    assert operator.bank() == 1
    assert "it carries no reference of ours" in capsys.readouterr().out
