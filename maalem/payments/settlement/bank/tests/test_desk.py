"""What officers do by hand: two where money moves, every deed kept, the books right after it."""

import asyncio

import psycopg
import pytest
from psycopg import errors

from maalem.payments import store
from maalem.payments.accounts.tests.officers import officer
from maalem.payments.ledger.balances import balance
from maalem.payments.ledger.verify import verify
from maalem.payments.settlement.bank import batches, clearing, desk, findings, safeguarding
from maalem.payments.settlement.bank.findings import find
from maalem.payments.settlement.bank.records import BankLine, Deed
from maalem.payments.settlement.bank.tests.bank_world import BankWorld, bank_world

OTHER = "Youssef Benjelloun"


def tell(dsn, story):
    async def whole():
        async with bank_world(dsn.app) as b:
            await story(b)
        report = await verify(dsn.admin)
        assert report.clean, report.findings

    asyncio.run(whole())


async def strange(b: BankWorld, amount: int, *, reference: str = "NOTPROVIDED") -> BankLine:
    """A line of the bank that nothing explains."""
    await b.payments.pool.execute(
        "INSERT INTO simulator.bank_entries (kind, amount, booked_on, end_to_end_id, iban,"
        " counterparty, remittance) VALUES ('other', $1, $2, $3, '', 'X', 'Y')",
        amount,
        b.clock.now().date(),
        reference,
    )
    await b.day()
    line = await store.first(
        b.payments.pool, BankLine, "amount = $1 AND status = 'unmatched' ORDER BY id DESC", amount
    )
    assert line is not None
    return line


async def proved(b: BankWorld) -> dict[str, int]:
    """Everything explained and the clients' money there; the proof's terms."""
    found = await clearing.residues(b.payments.pool)
    assert all(one.unexplained == 0 for one in found), found
    proof = await safeguarding.prove(b.payments)
    assert (proof.difference, proof.explained) == (0, []), proof
    return proof.terms


async def by_two(b: BankWorld, kind: str, about: str, target: str | None = None) -> Deed:
    deed = await b.propose(kind, about, target)
    assert (deed.status, deed.by_two) == ("proposed", True)
    return await b.approve(deed)


@pytest.mark.parametrize("amount", [700, -1_200])
def test_a_line_that_nobody_explains_is_put_aside_and_named(fresh_payments_dsn, amount):
    async def story(b: BankWorld) -> None:
        line = await strange(b, amount)
        deed = await b.propose("suspend", line.id)
        assert deed.status == "done"
        assert (await proved(b))["in_suspense"] == amount
        (residue,) = [
            one for one in await clearing.residues(b.payments.pool) if one.account == "suspense"
        ]
        assert (residue.open[0].object_id, residue.open[0].amount) == (line.id, amount)
        assert "asked the bank" in residue.open[0].why
        with pytest.raises(desk.NotPossible, match="put aside already"):
            await b.propose("suspend", line.id)

    tell(fresh_payments_dsn, story)


@pytest.mark.parametrize("aside", [True, False])
def test_money_finds_its_owner_by_two_officers(fresh_payments_dsn, aside):
    async def story(b: BankWorld) -> None:
        seller = await b.seller()
        line = await strange(b, 700)
        if aside:
            await b.propose("suspend", line.id)
        deed = await b.propose("give", line.id, seller.id)
        assert (await balance(b.payments.pool, seller.id)).available == {}
        with pytest.raises(desk.NotPossible, match="somebody else"):
            await b.approve(deed, by="NAIMA OUBELLA")
        await b.approve(deed)
        assert (await balance(b.payments.pool, seller.id)).available == {"mad": 700}
        assert (await proved(b))["in_suspense"] == 0
        with pytest.raises(desk.NotPossible, match="done already"):
            await b.approve(deed)

    tell(fresh_payments_dsn, story)


def test_what_the_bank_charges_is_the_houses(fresh_payments_dsn):
    async def story(b: BankWorld) -> None:
        line = await strange(b, -1_200)
        await by_two(b, "bear", line.bank_reference)
        assert (await proved(b))["our_own"] == -1_200
        assert await b.house() == {"bank": -1_200, "bank_costs": 1_200}

    tell(fresh_payments_dsn, story)


def test_two_lines_that_undo_each_other_leave_nothing(fresh_payments_dsn):
    async def story(b: BankWorld) -> None:
        came = await strange(b, 900)
        await b.propose("suspend", came.id)
        went = await strange(b, -900)
        with pytest.raises(desk.NotPossible, match="do not undo"):
            await b.propose("offset", came.id, came.id)
        await by_two(b, "offset", went.id, came.id)
        assert await b.house() == {}
        await proved(b)

    tell(fresh_payments_dsn, story)


@pytest.mark.parametrize("aside", [True, False])
def test_a_payout_whose_reference_was_lost_is_matched_by_hand(fresh_payments_dsn, aside):
    """P20: a line that its reference does not explain is matched by people, or stays listed."""

    async def story(b: BankWorld) -> None:
        seller = await b.seller(amount=10_000)
        await b.ripen()
        payout = await b.payout(seller, 4_000)
        await b.payments.pool.execute("UPDATE simulator.bank_conduct SET down = true")
        await batches.send_due(b.payments)
        await b.payments.pool.execute("UPDATE simulator.bank_conduct SET down = false")
        line = await strange(b, -4_000, reference="PO LOST ON THE WAY")
        if aside:
            await b.propose("suspend", line.id)
        with pytest.raises(desk.NotPossible, match="it is not that"):
            await b.propose("match", line.id, "po_unknown")
        await by_two(b, "match", line.id, payout.id)
        assert (await b.fresh(payout)).status == "paid"
        assert (await proved(b))["payouts_under_way"] == 0

    tell(fresh_payments_dsn, story)


def test_a_difference_of_a_networks_day_is_accepted_by_two(fresh_payments_dsn):
    async def story(b: BankWorld) -> None:
        await b.payments.pool.execute("UPDATE simulator.bank_conduct SET scheme_bps = 20")
        await b.payments.pool.execute("UPDATE simulator.bank_conduct SET interchange_bps = 60")
        await b.w.pay(10_000, card="pm_card_ma")
        await b.day()
        assert (await b.house())["scheme_due"] == 20
        (day,) = await b.payments.pool.fetch("SELECT id, reference FROM network_settlements")
        await by_two(b, "accept", day["reference"], "scheme")
        await by_two(b, "accept", day["id"], "interchange")
        assert await b.house() == {
            "bank": 10_000 - 20 - 60,
            "scheme": 20,
            "interchange": 60,
        }
        with pytest.raises(desk.NotPossible, match="kept what its payments say"):
            await b.propose("accept", day["id"], "scheme")
        await proved(b)

    tell(fresh_payments_dsn, story)


def test_a_finding_that_freezes_payouts_is_closed_by_two(fresh_payments_dsn):
    """P17: what was frozen is let go by two people, with a word, and never silently."""

    async def story(b: BankWorld) -> None:
        seller = await b.seller()
        await find(b.payments, "plain", about="x", detail="y")
        await find(
            b.payments, "not_settled", about="z", detail="y", account_id=seller.id, freezes=True
        )
        plain, freezing = await findings.open_findings(b.payments)
        await b.propose("take", plain.id)
        assert (await b.propose("close", plain.id)).status == "done"
        deed = await b.propose("close", freezing.id)
        assert await findings.frozen(b.payments) == {seller.id}
        with pytest.raises(desk.NotPossible, match="is proposed about it already"):
            await b.propose("close", freezing.id)
        await desk.withdraw(b.payments, deed.id, by=await officer(b.payments, OTHER))
        await by_two(b, "close", freezing.id)
        assert await findings.frozen(b.payments) == set()
        done = await desk.history(b.payments, freezing.id)
        assert [(one.kind, one.status, one.second) for one in done] == [
            ("close", "withdrawn", OTHER),
            ("close", "done", OTHER),
        ]

    tell(fresh_payments_dsn, story)


def test_what_cannot_be_is_refused_when_it_is_proposed(fresh_payments_dsn):
    async def story(b: BankWorld) -> None:
        went = await strange(b, -700)
        refused = [
            ("suspend", "bln_unknown", None, "there is no line"),
            ("give", went.id, "acct_unknown", "there is no account"),
            ("give", went.id, b.w.platform.id, "can't be given"),
            ("accept", "nst_unknown", "scheme", "say a network's day"),
            ("close", "fin_unknown", None, "there is no finding"),
        ]
        for kind, about, target, said in refused:
            with pytest.raises(desk.NotPossible, match=said):
                await b.propose(kind, about, target)
        with pytest.raises(desk.NotPossible, match="say why"):
            await b.propose("suspend", went.id, note=" ")
        assert await desk.proposals(b.payments) == []

    tell(fresh_payments_dsn, story)


_MORE = "INSERT INTO desk_deeds SELECT 'dsk_x', 1, 'bear', 'b', NULL, 1, 'mad', 'n', 'done',"
BY_HAND = {
    "UPDATE desk_deeds SET note = 'other'": "told_is_told",
    "DELETE FROM desk_deeds": "told_is_told",
    "UPDATE desk_deeds SET status = 'proposed', ended_at = NULL": "told_is_told",
    "UPDATE bank_lines SET matched_as = 'suspense'": "told_is_told",
    f"{_MORE} 'A', true, 'B', now(), now()": "officer_stands",
    f"{_MORE} officer, true, officer, now(), now(), officer_id, officer_key, officer_id,"
    f" officer_key FROM desk_deeds": "two_",
    f"{_MORE} officer, true, second, now(), now(), officer_id, second_key, second_id, officer_key"
    f" FROM desk_deeds": "officer_stands",
    f"{_MORE} 'A', true, 'B', now(), now(), officer_id, officer_key, officer_id, officer_key"
    f" FROM desk_deeds": "two_known_officers",
    f"{_MORE} officer, false, NULL, now(), now(), officer_id, officer_key"
    f" FROM desk_deeds": "money_takes_two",
}


@pytest.mark.parametrize("deed", BY_HAND)
def test_the_database_keeps_the_desks_history(fresh_payments_dsn, deed):
    """What was done by hand is not rewritten by hand, and never takes one officer where it takes
    two."""

    async def story(b: BankWorld) -> None:
        line = await strange(b, 700)
        await by_two(b, "bear", line.id)

    tell(fresh_payments_dsn, story)
    with (
        psycopg.connect(fresh_payments_dsn.admin) as owner,
        pytest.raises(errors.CheckViolation, match=BY_HAND[deed]),
    ):
        owner.execute(deed)


FOUND = {
    "UPDATE desk_deeds SET second = officer": "is done by Naïma Oubella and Naïma Oubella",
    "UPDATE desk_deeds SET second_id = officer_id": "by Youssef Benjelloun, with the key of nobody",
    "UPDATE desk_deeds SET second_id = officer_id, second_key = officer_key": "is done by Naïma",
    "UPDATE desk_deeds SET officer = 'Driss'": "is by Driss, with the key of Naïma Oubella",
    "UPDATE desk_deeds SET officer_id = NULL, officer_key = NULL": "with the key of nobody",
    "UPDATE desk_deeds SET amount = 1": "is booked with 700",
    "DELETE FROM ledger.transfers WHERE code = 'borne'": "suspense holds 700",
    "UPDATE bank_lines SET matched_to = 'dsk_gone'": "which is not that",
}


@pytest.mark.parametrize("deed", FOUND)
def test_the_auditor_recounts_what_was_done_by_hand(fresh_payments_dsn, deed):
    async def story(b: BankWorld) -> None:
        line = await strange(b, 700)
        await by_two(b, "bear", line.id)

    tell(fresh_payments_dsn, story)
    with psycopg.connect(fresh_payments_dsn.superuser) as thief:
        thief.execute("SET session_replication_role = replica")
        for kept in ("two_officers", "two_known_officers"):
            thief.execute(f"ALTER TABLE desk_deeds DROP CONSTRAINT {kept}")
        assert thief.execute(deed).rowcount > 0
    report = asyncio.run(verify(fresh_payments_dsn.admin))
    assert any(FOUND[deed] in finding for finding in report.findings), report.findings
