"""What a network keeps for clearing a payment: by the rates that it froze, or it is found."""

import asyncio

import psycopg
import pytest

from maalem.payments.acquiring.capture import capture
from maalem.payments.acquiring.refund import refund
from maalem.payments.ledger.verify import verify
from maalem.payments.settlement.bank import clearing, findings, networks, safeguarding
from maalem.payments.settlement.bank.clearing import Residue
from maalem.payments.settlement.bank.tests.bank_world import BankWorld, bank_world

RATE = """
INSERT INTO fee_rates (id, line, rail, share_bps, fixed, currency, on_refund, valid_from, source)
VALUES ('scheme_card', 'scheme', 'card', 10, 5, 'mad', 'kept', '2025-01-01', 'the scheme's book')
""".replace("scheme's", "scheme''s")
# The network's price is the one that is written down, or another.
AGREED, OTHERWISE = "scheme_bps = 10, scheme_fixed = 5", "scheme_bps = 10, scheme_fixed = 7"


def tell(dsn, story, *, price=AGREED):
    """Run a story in which the card network asks `price`; the books are right at its end."""
    with psycopg.connect(dsn.admin) as owner:
        owner.execute("SET maalem.history = 'on'")
        owner.execute(RATE)
    with psycopg.connect(dsn.superuser) as network:
        network.execute(f"UPDATE simulator.bank_conduct SET {price}")

    async def whole():
        async with bank_world(dsn.app) as b:
            await story(b)
        report = await verify(dsn.admin)
        assert report.clean, report.findings

    asyncio.run(whole())


async def residue(b: BankWorld) -> Residue:
    found = {one.account: one for one in await clearing.residues(b.payments.pool)}
    assert all(one.unexplained == 0 for one in found.values()), found
    proof = await safeguarding.prove(b.payments)
    assert (proof.difference, proof.explained) == (0, []), proof
    return found.get("scheme_due", Residue("scheme_due", "mad", 0))


def test_a_schemes_fee_is_owed_when_it_clears_and_kept_when_it_pays(fresh_payments_dsn):
    """The cost is booked with the report, the debt is netted with the money, nothing stays."""

    async def story(b: BankWorld) -> None:
        paid = await b.w.pay(10_000, card="pm_card_ma")
        assert "scheme" in [line["line"] for line in paid.charge.fee_lines]
        assert (await residue(b)).balance == 0
        b.clock.move(days=1)
        await b.payments.rails.bank.pass_time()
        await networks.collect(b.payments)
        (owed,) = (await residue(b)).open
        assert (owed.object_id, owed.amount) == (paid.charge.id, 15)
        assert "when CARD" in owed.why
        await b.receive()
        assert (await residue(b)).open == []
        assert await b.house() == {
            "bank": 10_000 - 65 - 15,
            "interchange": 65,
            "scheme": 15,
        }
        assert await findings.open_findings(b.payments) == []

    tell(fresh_payments_dsn, story)


def test_each_part_of_a_hold_is_cleared_by_its_own_fee(fresh_payments_dsn):
    async def story(b: BankWorld) -> None:
        options = {"card": {"request_multicapture": "if_available"}}
        held = await b.w.pay(10_000, capture_method="manual", payment_method_options=options)
        part = await capture(b.payments, intent=held.intent, amount=4_000, final=False)
        await b.day()
        assert await b.house() == {"bank": 4_000 - 9, "scheme": 9}
        await capture(b.payments, intent=part.intent, amount=5_000)
        await b.day()
        assert await b.house() == {"bank": 9_000 - 9 - 10, "scheme": 19}
        assert (await residue(b)).open == []

    tell(fresh_payments_dsn, story)


def test_a_refund_costs_nothing_and_gives_nothing_of_it_back(fresh_payments_dsn):
    async def story(b: BankWorld) -> None:
        paid = await b.w.pay(10_000)
        await refund(b.payments, charge=paid.charge, amount=4_000)
        await b.day()
        assert await b.house() == {"bank": 6_000 - 15, "scheme": 15}

    tell(fresh_payments_dsn, story)


def test_a_network_that_keeps_more_is_found_and_the_rest_is_named(fresh_payments_dsn):
    """A bill that its payments' rates do not explain stays on the clearing account, by payment."""

    async def story(b: BankWorld) -> None:
        paid = await b.w.pay(10_000)
        again = await b.w.pay(1_000)
        await b.day()
        left = await residue(b)
        assert [(one.object_id, one.amount) for one in left.open] == [
            (paid.charge.id, -2),
            (again.charge.id, -2),
        ]
        assert "kept 17" in left.open[0].why
        (found,) = await findings.open_findings(b.payments)
        assert (found.kind, found.amount) == ("scheme_fee_differs", 4)

    tell(fresh_payments_dsn, story, price=OTHERWISE)


FOUND = {
    "UPDATE network_settlements SET reckoned = 14": "reckons with 14",
    "UPDATE network_settlement_lines SET reckoned = 14": "its charge froze 15",
    "DELETE FROM ledger.transfers WHERE code = 'scheme_netted'": "0 kept",
    "UPDATE network_settlements SET scheme_accepted = 1, scheme = 16": "has 1 of scheme accepted",
}


@pytest.mark.parametrize("deed", FOUND)
def test_the_auditor_recounts_what_networks_keep(fresh_payments_dsn, deed):
    async def story(b: BankWorld) -> None:
        await b.w.pay(10_000)
        await b.day()

    tell(fresh_payments_dsn, story)
    with psycopg.connect(fresh_payments_dsn.superuser) as thief:
        thief.execute("SET session_replication_role = replica")
        assert thief.execute(deed).rowcount > 0
    report = asyncio.run(verify(fresh_payments_dsn.admin))
    assert any(FOUND[deed] in finding for finding in report.findings), report.findings
