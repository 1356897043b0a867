"""Whatever is sold, paid out, refused, returned and given back: in the end nothing is left open."""

import asyncio
import os
from datetime import UTC, datetime, time, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maalem.payments.acquiring.refund import refund
from maalem.payments.ledger.verify import verify
from maalem.payments.settlement.bank import batches, clearing, findings, matching, safeguarding
from maalem.payments.settlement.bank.records import BatchLine
from maalem.payments.settlement.bank.tests.bank_world import BankWorld, bank_world, rib
from maalem.payments.store import select

FATES = {"0104": "returned", "0101": "returned", "0106": "rejected", "0103": "rejected"}
accounts = st.sampled_from([*FATES, "1", "2"])
cards = st.sampled_from(["pm_card_visa", "pm_card_ma"])
sales = st.lists(st.tuples(st.integers(200, 90_000), cards, st.booleans()), max_size=3)
paid_out = st.lists(st.tuples(st.integers(1, 3_000), accounts), max_size=5)
troubles = st.sampled_from(["none", "lost", "down", "twice"])
days = st.lists(st.tuples(sales, paid_out, troubles), min_size=1, max_size=3)


async def the_next_free_day(b: BankWorld) -> None:
    """The examples share one bank, whose days don't come again."""
    last = await b.payments.pool.fetchval("SELECT max(day) FROM simulator.bank_statements")
    if last is not None:
        b.clock.at = datetime.combine(last + timedelta(days=1), time(9), tzinfo=UTC)


async def proved(b: BankWorld) -> None:
    proof = await safeguarding.prove(b.payments)
    assert proof.difference == 0, proof
    for residue in await clearing.residues(b.payments.pool):
        assert residue.unexplained == 0, residue


async def live(b: BankWorld, day: tuple) -> None:
    sold, wanted, trouble = day
    for amount, card, given_back in sold:
        charge = (await b.w.pay(amount, card=card)).charge
        if given_back:
            await refund(b.payments, charge=charge, amount=amount // 3 + 1)
    seller = await b.seller(amount=20_000)
    await b.ripen()
    for amount, account in wanted:
        await b.payout(seller, amount, place=await b.place(seller, number=rib(account, bank="007")))
        seller = await b.seller(amount=20_000)
        await b.ripen()
    await b.payments.pool.execute(
        "UPDATE simulator.bank_conduct SET lose_replies = $1, down = $2",
        int(trouble == "lost"),
        trouble == "down",
    )
    await batches.send_due(b.payments)
    await proved(b)
    await b.payments.pool.execute("UPDATE simulator.bank_conduct SET down = false")
    b.clock.move(minutes=3)
    await b.exchange()
    if trouble == "twice" and wanted:
        batch = await b.payments.pool.fetchrow(
            "SELECT * FROM payout_batches ORDER BY created_at DESC LIMIT 1"
        )
        content = await batches.file_of(b.payments, batches.Batch(**dict(batch)))
        await b.payments.rails.bank.send_file(batch["name"], content)
    await b.day()
    await proved(b)


@settings(
    max_examples=100 if "MAALEM_NIGHTLY" in os.environ else 6,
    suppress_health_check=list(HealthCheck),
)
@given(days=days)
def test_any_batches_clear_to_nothing(fresh_payments_dsn, days):
    """P19, P20, P21: every batch, file, statement and return; the accounts come to rest."""

    async def story() -> None:
        async with bank_world(fresh_payments_dsn.app, batch_every_s=0) as b:
            await the_next_free_day(b)
            for day in days:
                await live(b, day)
            for _ in range(4):
                await b.day()
            await proved(b)
            assert await matching.unmatched(b.payments) == []
            assert await findings.open_findings(b.payments) == []
            for residue in await clearing.residues(b.payments.pool):
                assert (residue.balance, residue.open) == (0, []), residue
            ended = {"booked": 0, "rejected": 0, "returned": 0}
            for line in await select(b.payments.pool, BatchLine, "true"):
                ended[line.status] += 1
            assert sum(ended.values()) >= sum(len(wanted) for _, wanted, _ in days)

    asyncio.run(story())
    report = asyncio.run(verify(fresh_payments_dsn.admin))
    assert report.clean, report.findings
