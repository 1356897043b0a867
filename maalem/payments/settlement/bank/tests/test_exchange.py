"""From a payout to the bank and back: what goes out, what is booked, what returns."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from maalem.payments.acquiring.refund import refund
from maalem.payments.errors import Refused
from maalem.payments.ledger.verify import verify
from maalem.payments.settlement import making
from maalem.payments.settlement.bank import batches, findings, matching
from maalem.payments.settlement.bank.records import Batch, BatchLine
from maalem.payments.settlement.bank.tests.bank_world import BankWorld, bank_world, rib
from maalem.payments.settlement.bank.tests.schemas import problems
from maalem.payments.settlement.records import ExternalAccount
from maalem.payments.store import get, select

Story = Callable[[BankWorld], Awaitable[None]]


@pytest.fixture
def play(fresh_payments_dsn):
    """Run a story in a world with a bank of its own."""

    def run(story: Story, **settings: object) -> None:
        async def whole() -> None:
            async with bank_world(fresh_payments_dsn.app, **settings) as b:
                await story(b)

        asyncio.run(whole())

    return run


async def only_batch(b: BankWorld) -> Batch:
    (batch,) = await select(b.payments.pool, Batch, "true")
    return batch


def test_a_payout_is_sent_booked_and_cleared(play):
    async def story(b: BankWorld) -> None:
        seller = await b.seller(amount=10_000)
        await b.ripen()
        payout = await b.payout(seller, 4_000)
        await b.exchange()
        batch = await only_batch(b)
        assert (batch.status, batch.amount, batch.count) == ("accepted", 4_000, 1)
        done = await b.fresh(payout)
        assert (done.status, done.batch_id) == ("paid", batch.id)
        assert await b.house() == {"bank": -4_000, "rail_card": 10_000}
        await b.day()
        # The network's money came in, and the statement told the payout a second time.
        assert await b.house() == {"bank": 6_000}
        rows = await b.payments.pool.fetch("SELECT status, statement_id FROM bank_lines")
        assert len(rows) == 2
        assert all(row["status"] == "matched" and row["statement_id"] for row in rows)

    play(story)


def test_a_payout_to_a_closed_account_comes_back_with_the_reason(play):
    """P21: the money is hers again, she is told why, the dead account is not paid again."""

    async def story(b: BankWorld) -> None:
        seller = await b.seller(amount=10_000)
        await b.ripen()
        place = await b.place(seller, number=rib("0104"))
        payout = await b.payout(seller, 4_000, place=place)
        await b.exchange()
        assert (await b.fresh(payout)).status == "paid"
        for _ in range(4):
            await b.day()
        back = await b.fresh(payout)
        assert (back.status, back.failure_code, back.failure_reason) == (
            "failed",
            "account_closed",
            "AC04",
        )
        assert back.bank_reference != back.return_reference
        dead = await get(b.payments.pool, ExternalAccount, place.id)
        assert dead.status == "errored"
        assert await b.house() == {"bank": 10_000}
        (line,) = await select(b.payments.pool, BatchLine, "true")
        assert (line.status, line.reason) == ("returned", "AC04")
        assert await b.payments.pool.fetchval(
            "SELECT count(*) FROM events WHERE type = 'payout.failed' AND object_id = $1", payout.id
        )

    play(story)


def test_a_refused_payment_of_a_file_gives_its_money_back_and_the_rest_goes(play):
    """P19: the bank's answer is taken payment by payment."""

    async def story(b: BankWorld) -> None:
        seller = await b.seller(amount=10_000)
        await b.ripen()
        blocked = await b.place(seller, number=rib("0106"))
        refused = await b.payout(seller, 1_000, place=blocked)
        fine = await b.payout(seller, 2_000)
        await b.exchange()
        assert (await only_batch(b)).status == "part"
        refused, fine = await b.fresh(refused), await b.fresh(fine)
        assert (refused.status, refused.failure_code) == ("failed", "account_frozen")
        assert fine.status == "paid"
        assert await b.house() == {"bank": -2_000, "rail_card": 10_000}

    play(story)


def test_a_file_whose_receipt_was_lost_is_not_sent_again_before_the_bank_is_asked(play):
    """P19, P18: no answer is not a no; the bank is asked by the file's name."""

    async def story(b: BankWorld) -> None:
        seller = await b.seller(amount=10_000)
        await b.ripen()
        payout = await b.payout(seller, 4_000)
        await b.payments.pool.execute("UPDATE simulator.bank_conduct SET lose_replies = 1")
        await b.exchange()
        # Its report has arrived meanwhile, and proves that the bank has the file.
        assert (await only_batch(b)).status == "accepted"
        b.clock.move(minutes=5)
        await b.exchange()
        assert await b.payments.pool.fetchval("SELECT count(*) FROM simulator.bank_received") == 1
        assert (await b.fresh(payout)).status == "paid"

    play(story)


def test_a_file_that_never_arrived_goes_out_again_with_the_same_bytes(play):
    """P19: a file that is sent again is the same file, to the byte."""

    async def story(b: BankWorld) -> None:
        seller = await b.seller(amount=10_000)
        await b.ripen()
        await b.payout(seller, 4_000)
        await b.payments.pool.execute("UPDATE simulator.bank_conduct SET down = true")
        await batches.send_due(b.payments)
        assert (await only_batch(b)).status == "drafted"
        b.clock.move(minutes=5)
        await batches.send_due(b.payments)
        assert (await only_batch(b)).status == "drafted"
        await b.payments.pool.execute("UPDATE simulator.bank_conduct SET down = false")
        b.clock.move(minutes=5)
        await b.exchange()
        batch = await only_batch(b)
        assert batch.status == "accepted"
        digests = await b.payments.pool.fetch("SELECT sha256 FROM simulator.bank_received")
        assert [row["sha256"] for row in digests] == [batch.sha256]

    play(story)


def test_a_process_that_dies_between_keeping_and_sending_has_lost_nothing(play):
    """P19: what was kept goes out later, once; a payout in a file can't be taken back."""

    async def story(b: BankWorld) -> None:
        seller = await b.seller(amount=10_000)
        await b.ripen()
        payout = await b.payout(seller, 4_000)
        batch = await batches.gather(b.payments)
        assert batch is not None
        # Here it died. Somebody wants the payout back meanwhile.
        with pytest.raises(Refused, match="pending"):
            making.cancel(b.payments, await b.fresh(payout))
        assert await batches.gather(b.payments) is None
        b.clock.move(minutes=2)
        await b.exchange()
        assert (await only_batch(b)).status == "accepted"
        assert await b.payments.pool.fetchval("SELECT count(*) FROM simulator.bank_received") == 1
        assert (await b.fresh(payout)).status == "paid"

    play(story)


def test_a_payout_that_is_canceled_while_a_file_is_made_is_not_in_it(play):
    async def story(b: BankWorld) -> None:
        seller = await b.seller(amount=10_000)
        await b.ripen()
        payout = await b.payout(seller, 4_000)
        canceled = making.cancel(b.payments, payout).unit
        kept, _ = await asyncio.gather(
            batches.gather(b.payments),
            b.payments.writer.commit(canceled),
            return_exceptions=True,
        )
        now = (await b.fresh(payout)).status
        assert (now, kept is None) in {("canceled", True), ("in_transit", False)}

    play(story)


def test_a_file_kept_twice_over_by_two_workers_has_each_payout_once(play):
    """P19: a payout is given to the bank once, whoever gathers."""

    async def story(b: BankWorld) -> None:
        seller = await b.seller(amount=10_000)
        await b.ripen()
        for amount in (1_000, 2_000, 3_000):
            await b.payout(seller, amount)
        both = await asyncio.gather(*(batches.gather(b.payments) for _ in range(4)))
        assert [batch.count for batch in both if batch is not None] == [3]
        assert len(await select(b.payments.pool, BatchLine, "true")) == 3

    play(story)


def test_an_older_bank_gets_its_older_message(play):
    async def story(b: BankWorld) -> None:
        seller = await b.seller("فاطمة أيت باها", amount=10_000)
        await b.ripen()
        payout = await b.payout(seller, 4_000)
        await b.exchange()
        content = await batches.file_of(b.payments, await only_batch(b))
        assert problems(content, "pain.001.001.03") == []
        assert b"<Nm>Fatma Ait Baha</Nm>" in content
        assert (await b.fresh(payout)).status == "paid"

    play(story, bank_message="03")


def test_no_account_number_is_kept_in_clear(play):
    """P66: neither the files that went out nor those that came in show an account number."""

    async def story(b: BankWorld) -> None:
        seller = await b.seller(amount=10_000)
        await b.ripen()
        number = rib("445566")
        await b.payout(seller, 4_000, place=await b.place(seller, number=number))
        await b.exchange()
        await b.day()
        tables = await b.payments.pool.fetch(
            "SELECT oid::regclass::text AS name FROM pg_class WHERE relkind = 'r'"
            " AND relnamespace = 'public'::regnamespace AND has_table_privilege(oid, 'SELECT')"
        )
        for table in tables:
            rows = await b.payments.pool.fetch(
                f"SELECT count(*) AS n FROM {table['name']} t WHERE t::text LIKE $1",
                f"%{number.digits[6:]}%",
            )
            assert rows[0]["n"] == 0, table["name"]

    play(story)


def test_a_file_that_is_sent_twice_pays_nobody_twice(play):
    """P19: the same file again is answered DUPL, and what was accepted stays accepted."""

    async def story(b: BankWorld) -> None:
        seller = await b.seller(amount=10_000)
        await b.ripen()
        payout = await b.payout(seller, 4_000)
        await b.exchange()
        batch = await only_batch(b)
        content = await batches.file_of(b.payments, batch)
        await b.payments.rails.bank.send_file(batch.name, content)
        await b.payments.rails.bank.send_file("another name.xml", content)
        answers = await b.files("pain002")
        assert sum(b"DUPL" in answer for answer in answers) == 2
        await b.receive()
        assert (await only_batch(b)).status == "accepted"
        assert (await b.fresh(payout)).status == "paid"
        entries = await b.payments.pool.fetch(
            "SELECT amount FROM simulator.bank_entries WHERE kind = 'payout'"
        )
        assert [row["amount"] for row in entries] == [-4_000]

    play(story)


def test_the_books_are_right_after_everything(play, fresh_payments_dsn):
    """P19, P20, P21: refused, returned, paid, refunded; and the house's accounts come to rest."""

    async def story(b: BankWorld) -> None:
        seller = await b.seller(amount=50_000)
        paid = await b.sale(seller, 20_000, card="pm_card_ma")
        await b.w.pay(7_000, card="+212661000199")
        await b.ripen()
        own = (await b.w.pay(3_000, card="pm_card_ma")).charge
        await refund(b.payments, charge=own, amount=1_000)
        for number in ("0104", "0106", "4711"):
            place = await b.place(seller, number=rib(number))
            await b.payout(seller, 9_000, place=place)
        await b.exchange()
        for _ in range(5):
            await b.day()
        house = await b.house()
        assert paid.charge is not None
        assert house == {
            "bank": 50_000 + 20_000 + 3_000 - 1_000 - 9_000 - 130 - 13,
            "interchange": 143,
        }
        assert await matching.unmatched(b.payments) == []
        assert await findings.open_findings(b.payments) == []

    play(story)
    report = asyncio.run(verify(fresh_payments_dsn.admin))
    assert report.clean, report.findings
