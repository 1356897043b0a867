"""Every residue has its reasons, the clients' money is proved, and what is missing is found."""

import asyncio

import psycopg
import pytest

from maalem.payments.acquiring.refund import refund
from maalem.payments.ledger.verify import verify
from maalem.payments.settlement.bank import (
    batches,
    clearing,
    findings,
    networks,
    safeguarding,
)
from maalem.payments.settlement.bank.clearing import Residue
from maalem.payments.settlement.bank.tests.bank_world import BankWorld, bank_world, rib, tampered


def run(dsn, story, **settings):
    async def whole():
        async with bank_world(dsn.app, **settings) as b:
            await story(b)

    asyncio.run(whole())


async def residues(b: BankWorld) -> dict[str, Residue]:
    found = {one.account: one for one in await clearing.residues(b.payments.pool)}
    assert all(one.unexplained == 0 for one in found.values()), found
    return found


async def proved(b: BankWorld) -> dict[str, int]:
    proof = await safeguarding.prove(b.payments)
    assert (proof.difference, proof.explained) == (0, []), proof
    return proof.terms


def test_each_residue_is_the_sum_of_what_is_open(fresh_payments_dsn):
    """Each clearing account is explained object by object at every step of a sale's money."""

    async def story(b: BankWorld) -> None:
        seller = await b.seller(amount=10_000)
        own = (await b.w.pay(3_000, card="pm_card_ma")).charge
        await refund(b.payments, charge=own, amount=1_000)
        found = await residues(b)
        assert [one.amount for one in found["rail_card"].open] == [10_000, 3_000, -1_000]
        assert found["rail_card"].open[0].owner == b.w.platform.id
        assert sum(one.amount for one in found["interchange_due"].open) == 13
        await b.ripen()
        payout = await b.payout(seller, 4_000)
        (waiting,) = (await residues(b))["payouts"].open
        assert (waiting.object_id, waiting.amount, waiting.owner) == (payout.id, 4_000, seller.id)
        await batches.send_due(b.payments)
        assert "in file" in (await residues(b))["payouts"].open[0].why
        await b.receive()
        assert (await residues(b))["payouts"].open == []
        await b.payments.rails.bank.pass_time()
        await networks.collect(b.payments)
        (day,) = (await residues(b))["rail_card"].open
        assert day.amount == 12_000
        await b.receive()
        assert all(one.open == [] for one in (await residues(b)).values())

    run(fresh_payments_dsn, story)


def test_clients_money_is_proved_at_every_step(fresh_payments_dsn):
    """What is there is what is owed: at the sale, in the file, at the bank, after the return."""

    async def story(b: BankWorld) -> None:
        assert set((await proved(b)).values()) == {0}
        seller = await b.seller(amount=10_000)
        await b.w.pay(3_000, card="pm_card_ma")
        terms = await proved(b)
        assert (terms["networks_owe"], terms["owners_pending"]) == (13_000, 13_000)
        assert (terms["our_own"], terms["interchange_due"]) == (-19, 19)
        await b.ripen()
        place = await b.place(seller, number=rib("0104"))
        await b.payout(seller, 4_000, place=place)
        assert (await proved(b))["payouts_under_way"] == 4_000
        await b.exchange()
        assert (await proved(b))["bank_account"] == -4_000
        for _ in range(4):
            await b.day()
            await proved(b)
        assert (await proved(b))["bank_account"] == 13_000 - 19

    run(fresh_payments_dsn, story)


def test_the_proof_is_kept_once_a_day(fresh_payments_dsn):
    async def story(b: BankWorld) -> None:
        await safeguarding.prove_daily(b.payments)
        await safeguarding.prove_daily(b.payments)
        assert await b.payments.pool.fetchval("SELECT count(*) FROM safeguarding_proofs") == 1
        b.clock.move(days=1)
        await safeguarding.prove_daily(b.payments)
        assert await b.payments.pool.fetchval("SELECT count(*) FROM safeguarding_proofs") == 2

    run(fresh_payments_dsn, story)


def test_missing_money_is_found_and_named(fresh_payments_dsn):
    """A difference is an alarm that says which side is wrong; nothing is put right silently."""

    async def story(b: BankWorld) -> None:
        await b.sale(await b.seller(), 10_000)
        tampered(fresh_payments_dsn)
        proof = await safeguarding.prove(b.payments)
        assert proof.difference == -1_000
        assert proof.explained == [
            {"term": "owners_pending", "by_rows": 11_000, "by_ledger": 10_000}
        ]
        (found,) = await findings.open_findings(b.payments)
        assert (found.kind, found.amount) == ("safeguarding_differs", -1_000)

    run(fresh_payments_dsn, story)


def test_a_payment_that_the_network_has_no_trace_of_freezes_who_has_its_money(
    fresh_payments_dsn,
):
    """P17: we say paid and the network has no trace: alarm and freeze, no silent fix."""

    async def story(b: BankWorld) -> None:
        seller = await b.seller()
        lost = await b.sale(seller, 5_000)
        await b.payments.pool.execute(
            'UPDATE simulator.answers SET answer = \'{"is": "Declined"}\' WHERE reference = $1',
            lost.attempt.id,
        )
        other = await b.seller("Driss Serghini", amount=7_000)
        await b.day()
        await b.w.pay(100)
        await b.day()
        await networks.look_for_missing(b.payments)
        await networks.look_for_missing(b.payments)
        found = await findings.open_findings(b.payments)
        assert {(one.kind, one.about, one.account_id) for one in found} == {
            ("not_settled", lost.attempt.id, b.w.platform.id),
            ("not_settled", lost.attempt.id, seller.id),
        }
        await b.ripen()
        frozen, free = await b.payout(seller, 5_000), await b.payout(other, 7_000)
        await b.exchange()
        assert (await b.fresh(frozen)).status == "pending"
        assert (await b.fresh(free)).status == "paid"
        for one in found:
            deed = await b.propose("close", one.id, note="settled by hand")
            await b.approve(deed)
        b.clock.move(minutes=1)
        await b.exchange()
        assert (await b.fresh(frozen)).status == "paid"
        # It is still missing, and still shown where it is missing.
        (gone,) = [one for one in (await residues(b))["rail_card"].open if one.amount == 5_000]
        assert gone.owner == b.w.platform.id

    run(fresh_payments_dsn, story)


def test_a_settled_payment_that_we_do_not_know_is_found(fresh_payments_dsn):
    """P17: the network says paid and we have nothing of it: it is found, not swallowed."""

    async def story(b: BankWorld) -> None:
        await b.w.pay(2_000)
        await b.payments.pool.execute(
            "INSERT INTO simulator.answers (reference, kind, amount, currency, merchant, hint,"
            " answer, asked_at) VALUES ('att_stranger', 'card', 900, 'mad', '', '',"
            ' \'{"is": "Authorised"}\', $1)',
            b.clock.now(),
        )
        await b.day()
        await networks.look_for_strangers(b.payments)
        (found,) = await findings.open_findings(b.payments)
        assert (found.kind, found.about, found.amount) == (
            "settled_differently",
            "att_stranger",
            900,
        )
        assert (await residues(b))["rail_card"].balance == -900

    run(fresh_payments_dsn, story)


def test_a_network_that_falls_silent_is_found(fresh_payments_dsn):
    async def story(b: BankWorld) -> None:
        await b.w.pay(2_000)
        b.clock.move(days=5)
        await networks.look_for_silence(b.payments)
        (found,) = await findings.open_findings(b.payments)
        assert (found.kind, found.amount) == ("network_silent", 2_000)

    run(fresh_payments_dsn, story)


DEEDS = {
    "UPDATE bank_lines SET amount = amount - 1 WHERE matched_as = 'payout'": "by its matched lines",
    "UPDATE bank_lines SET matched_to = 'po_ghost' WHERE matched_as = 'payout'": "is not that",
    "UPDATE bank_lines SET status = 'unmatched', reason = '', matched_as = NULL,"
    " matched_to = NULL, matched_at = NULL WHERE matched_as = 'payout'": "0 lines that pay it",
    "UPDATE bank_statements SET closing = closing + 5": "closes with",
    "UPDATE payout_batches SET amount = amount + 1": "it has 4000 in 1",
    "UPDATE payout_batch_lines SET status = 'accepted'": "accepted in its file",
    "UPDATE network_settlement_lines SET amount = amount + 1": "settlement CARD",
    "UPDATE network_settlements SET status = 'reported', received_at = NULL": (
        "is reported and booked"
    ),
    "DELETE FROM ledger.transfers WHERE code = 'network_settled'": "by its matched lines",
    "DELETE FROM bank_lines WHERE matched_as = 'network'": "by its matched lines",
}


@pytest.mark.parametrize("deed", list(DEEDS))
def test_the_auditor_finds_what_was_done_to_the_banks_rows(fresh_payments_dsn, deed):
    async def story(b: BankWorld) -> None:
        seller = await b.seller(amount=10_000)
        await b.ripen()
        await b.payout(seller, 4_000)
        await b.exchange()
        await b.day()

    run(fresh_payments_dsn, story)
    with psycopg.connect(fresh_payments_dsn.superuser) as thief:
        thief.execute("SET session_replication_role = replica")
        assert thief.execute(deed).rowcount > 0
    report = asyncio.run(verify(fresh_payments_dsn.admin))
    assert any(DEEDS[deed] in found for found in report.findings), report.findings
