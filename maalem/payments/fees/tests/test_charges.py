"""What fees do to a sale's money, and that they stay what they were."""

import asyncio

import psycopg
import pytest
from psycopg import errors

from maalem.payments.acquiring.capture import capture
from maalem.payments.acquiring.records import Charge, Refund
from maalem.payments.acquiring.refund import refund
from maalem.payments.ledger import recipes
from maalem.payments.ledger.balances import balance
from maalem.payments.ledger.records import BalanceTransaction
from maalem.payments.ledger.verify import verify
from maalem.payments.ledger.wire import balance_transaction
from maalem.payments.store import first, get
from maalem.payments.tests.world import World, world
from maalem.payments.units import Unit, UnitRefused

RATE = (
    "INSERT INTO fee_rates (id, line, plan_id, rail, share_bps, fixed, currency, on_refund,"
    " valid_from, source) VALUES ('{id}', 'service', 'standard', 'card', {bps}, {fixed}, 'mad',"
    " '{on_refund}', '2025-01-01', 'the contract')"
)


def told(dsn, story, *, on_refund="returned", bps=150, fixed=100):
    """Run a story where a card costs its merchant something; the books must be right."""
    with psycopg.connect(dsn.admin) as owner:
        owner.execute("SET maalem.history = 'on'")
        owner.execute(RATE.format(id="ours", bps=bps, fixed=fixed, on_refund=on_refund))

    async def whole():
        async with world(dsn.app) as w:
            await story(w)
        report = await verify(dsn.admin)
        assert report.clean, report.findings

    asyncio.run(whole())


async def house(w: World) -> dict[str, int]:
    """The house's accounts, credits positive."""
    rows = await w.payments.pool.fetch(
        "SELECT kind, credits_posted - debits_posted AS net FROM ledger.accounts"
        " WHERE owner = 'house'"
    )
    return {row["kind"]: row["net"] for row in rows if row["net"]}


async def has(w: World) -> int:
    return (await balance(w.payments.pool, w.platform.id)).pending.get("mad", 0)


async def line_of(w: World, source: str) -> BalanceTransaction:
    found = await first(w.payments.pool, BalanceTransaction, "source_id = $1", source)
    assert found is not None
    return found


def test_a_domestic_card_costs_us_interchange_and_its_merchant_our_fee(fresh_payments_dsn):
    async def story(w: World) -> None:
        paid = await w.pay(10_000, card="pm_card_ma")
        assert await has(w) == 9_750
        assert await house(w) == {
            "rail_card": -10_000,
            "fees": 250,
            "interchange": -65,
            "interchange_due": 65,
        }
        shown = balance_transaction(await line_of(w, paid.charge.id))
        assert shown["fee"] == 250
        assert shown["fee_details"] == [
            {
                "amount": 250,
                "application": None,
                "currency": "mad",
                "description": "Processing fee",
                "type": "stripe_fee",
            }
        ]

    told(fresh_payments_dsn, story)


def test_a_wallet_and_a_foreign_card_bring_no_interchange(fresh_payments_dsn):
    async def story(w: World) -> None:
        paid = await w.pay(10_000)
        assert [line["line"] for line in paid.charge.fee_lines] == ["service"]
        assert "interchange" not in await house(w)

    told(fresh_payments_dsn, story)


def test_a_part_captured_is_charged_for_that_part(fresh_payments_dsn):
    async def story(w: World) -> None:
        held = await w.pay(10_000, card="pm_card_ma", capture_method="manual")
        assert held.charge.fee_lines is None
        taken = await capture(w.payments, intent=held.intent, amount=4_000)
        assert taken.transaction.fee == 160
        assert (await house(w))["interchange_due"] == 26

    told(fresh_payments_dsn, story)


def test_each_part_of_a_hold_adds_its_own_lines(fresh_payments_dsn):
    """P25: what an earlier part froze stands unchanged before what a later part adds."""

    async def story(w: World) -> None:
        options = {"card": {"request_multicapture": "if_available"}}
        held = await w.pay(
            10_000,
            card="pm_card_ma",
            capture_method="manual",
            payment_method_options=options,
        )
        part = await capture(w.payments, intent=held.intent, amount=4_000, final=False)
        rest = await capture(w.payments, intent=part.intent, amount=5_000)
        lines = rest.charge.fee_lines
        assert lines[: len(part.charge.fee_lines)] == part.charge.fee_lines
        assert [(line["line"], line["of"], line["amount"]) for line in lines] == [
            ("interchange", 4_000, 26),
            ("service", 4_000, 160),
            ("interchange", 5_000, 32),
            ("service", 5_000, 175),
        ]
        done = await refund(w.payments, charge=rest.charge)
        assert (done.refund.fee_returned, done.refund.interchange_returned) == (335, 58)
        assert await house(w) == {}

    told(fresh_payments_dsn, story)


def test_a_full_refund_returns_the_books_to_before_the_sale(fresh_payments_dsn):
    """P13: where the plan returns the fee, parts of a refund add up to nothing left anywhere."""

    async def story(w: World) -> None:
        paid = await w.pay(10_000, card="pm_card_ma")
        charge = paid.charge
        for amount in (3_333, 1, None):
            done = await refund(w.payments, charge=charge, amount=amount)
            charge = done.charge
        assert await house(w) == {}
        assert await has(w) == 0
        assert (charge.fee_returned, charge.interchange_returned) == (250, 65)
        shown = balance_transaction(await line_of(w, done.refund.id))
        assert shown["net"] == shown["amount"] - shown["fee"]
        assert shown["fee"] < 0
        assert sum(part["amount"] for part in shown["fee_details"]) == shown["fee"]

    told(fresh_payments_dsn, story)


def test_a_plan_that_keeps_the_fee_keeps_it(fresh_payments_dsn):
    """P13: the fee stays with us, as the plan says; interchange comes back all the same."""

    async def story(w: World) -> None:
        await w.pay(5_000)
        paid = await w.pay(10_000, card="pm_card_ma")
        done = await refund(w.payments, charge=paid.charge)
        assert done.refund.fee_returned == 0
        assert await house(w) == {"rail_card": -5_000, "fees": 425}
        assert await has(w) == 4_575

    told(fresh_payments_dsn, story, on_refund="kept")


def test_a_kept_fee_has_to_be_covered_before_money_goes_back(fresh_payments_dsn):
    async def story(w: World) -> None:
        paid = await w.pay(10_000)
        with pytest.raises(UnitRefused, match="exceeds_credits"):
            await refund(w.payments, charge=paid.charge)

    told(fresh_payments_dsn, story, on_refund="kept")


def test_a_refund_that_fails_gives_the_fee_up_again(fresh_payments_dsn):
    async def story(w: World) -> None:
        paid = await w.pay(10_000)
        before = await house(w)
        with psycopg.connect(fresh_payments_dsn.superuser) as network:
            network.execute("UPDATE simulator.answers SET amount = 1")
        done = await refund(w.payments, charge=paid.charge, amount=4_000)
        assert done.refund.status == "failed"
        assert await house(w) == before
        kept = await get(w.payments.pool, Charge, paid.charge.id)
        assert (kept.amount_refunded, kept.fee_returned) == (0, 0)
        assert (await get(w.payments.pool, Refund, done.refund.id)).fee_returned == 100

    told(fresh_payments_dsn, story)


def test_a_new_rate_changes_no_fee_that_was_taken(fresh_payments_dsn):
    """P25: a charge's fee lines are frozen; a later rate, and a refund after it, change nothing."""

    async def story(w: World) -> None:
        paid = await w.pay(10_000, card="pm_card_ma")
        with psycopg.connect(fresh_payments_dsn.admin) as owner:
            owner.execute("SET maalem.history = 'on'")
            owner.execute("UPDATE fee_rates SET valid_until = '2026-01-01' WHERE id = 'ours'")
            dearer = RATE.format(id="dearer", bps=400, fixed=0, on_refund="kept")
            owner.execute(dearer.replace("2025-01-01", "2026-01-01"))
        w.payments.fees.forget()
        again = await w.pay(10_000, card="pm_card_ma")
        assert [line["rate"] for line in again.charge.fee_lines][-1] == "dearer"
        kept = await get(w.payments.pool, Charge, paid.charge.id)
        assert kept.fee_lines == paid.charge.fee_lines
        done = await refund(w.payments, charge=kept)
        assert done.refund.fee_returned == 250

    told(fresh_payments_dsn, story)


FROZEN = {
    "UPDATE charges SET fee_lines = '[]'": "fees_are_frozen",
    "UPDATE balance_transactions SET fee = 0, net = amount": "fees_are_frozen",
    "UPDATE balance_transactions SET fee_details = '[{\"amount\": 250}]'": "fees_are_frozen",
}


@pytest.mark.parametrize("deed", FROZEN)
def test_the_database_keeps_a_fee_as_it_was(fresh_payments_dsn, deed):
    """P25: not even a statement by hand changes the fee of a charge."""

    async def story(w: World) -> None:
        await w.pay(10_000, card="pm_card_ma")

    told(fresh_payments_dsn, story)
    with (
        psycopg.connect(fresh_payments_dsn.admin) as owner,
        pytest.raises(errors.CheckViolation, match=FROZEN[deed]),
    ):
        owner.execute(deed)


FOUND = {
    "UPDATE charges SET fee_lines = jsonb_set(fee_lines, '{0,amount}', '66')": "makes it 65",
    "UPDATE fee_rates SET share_bps = 64 WHERE id = 'rate_interchange_domestic_2024'": "makes it",
    "DELETE FROM ledger.transfers WHERE code = 'interchange'": "booked are 250 and 0",
    "UPDATE charges SET fee_lines = NULL": "froze 0 of fee and 0 of interchange",
}


@pytest.mark.parametrize("deed", FOUND)
def test_the_auditor_recounts_every_fee(fresh_payments_dsn, deed):
    async def story(w: World) -> None:
        await w.pay(10_000, card="pm_card_ma")

    told(fresh_payments_dsn, story)
    with psycopg.connect(fresh_payments_dsn.superuser) as thief:
        thief.execute("SET session_replication_role = replica")
        assert thief.execute(deed).rowcount > 0
    report = asyncio.run(verify(fresh_payments_dsn.admin))
    assert any(FOUND[deed] in finding for finding in report.findings), report.findings


def test_what_the_network_keeps_at_settlement_clears_what_we_owe(fresh_payments_dsn):
    async def story() -> None:
        async with world(fresh_payments_dsn.app) as w:
            paid = await w.pay(10_000, card="pm_card_ma")
            unit = Unit()
            unit.book(recipes.interchange_netted(paid.charge.id, amount=65, currency="mad"))
            await w.payments.writer.commit(unit)
            assert await house(w) == {"rail_card": -9_935, "interchange": -65}

    asyncio.run(story())
