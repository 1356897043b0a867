"""What waits for a person is told in one place, thing by thing, and goes when it is done."""

import asyncio

from maalem.payments.settlement.bank import imports, safeguarding
from maalem.payments.settlement.bank.findings import find
from maalem.payments.settlement.bank.morning import KINDS, Morning, Waiting, morning
from maalem.payments.settlement.bank.tests.bank_world import BankWorld, bank_world, tampered
from maalem.payments.settlement.bank.tests.test_desk import strange
from maalem.payments.settlement.bank.wire import SHOWN_MAX
from maalem.payments.settlement.bank.wire import morning as wire
from maalem.payments.settlement.tests.stage import approve


def run(dsn, story, **settings):
    async def whole():
        async with bank_world(dsn.app, **settings) as b:
            await story(b)

    asyncio.run(whole())


async def seen(b: BankWorld) -> Morning:
    async with b.payments.pool.acquire() as connection:
        return await morning(connection, recount=True)


async def waiting(b: BankWorld) -> dict[str, Waiting]:
    return {one.kind: one for one in (await seen(b)).waiting}


def test_on_the_first_morning_only_the_proof_is_missing(fresh_payments_dsn):
    async def story(b: BankWorld) -> None:
        assert (await seen(b)).proof is None
        (proof,) = (await waiting(b))["proof"].things
        assert (proof.id, proof.kind) == ("", "none")
        kept = await safeguarding.prove(b.payments)
        found = await seen(b)
        assert (found.proof and found.proof.id, found.waiting) == (kept.id, ())

    run(fresh_payments_dsn, story)


def test_a_line_waits_until_somebody_has_explained_it(fresh_payments_dsn):
    async def story(b: BankWorld) -> None:
        await safeguarding.prove(b.payments)
        line = await strange(b, 700)
        (thing,) = (await waiting(b))["bank_lines"].things
        assert (thing.id, thing.kind, thing.amount) == (line.id, "no_reference", 700)
        assert (thing.about, thing.file) == (line.bank_reference, line.file_id)
        await b.propose("suspend", line.id, note="nobody knows")
        (thing,) = (await waiting(b))["suspense"].things
        assert (thing.says, thing.officer) == ("nobody knows", "Naïma Oubella")
        deed = await b.propose("bear", line.id)
        (thing,) = (await waiting(b))["deeds"].things
        assert (thing.id, thing.about, thing.amount) == (deed.id, line.id, 700)
        assert thing.file == line.file_id
        await b.approve(deed)
        assert await waiting(b) == {}

    run(fresh_payments_dsn, story)


def test_a_large_payout_waits_with_the_names_of_who_has_agreed(fresh_payments_dsn):
    async def story(b: BankWorld) -> None:
        await safeguarding.prove(b.payments)
        seller = await b.seller(amount=60_000)
        await b.ripen()
        payout = await b.payout(seller, 50_000)
        (thing,) = (await waiting(b))["payouts"].things
        assert (thing.id, thing.amount, thing.account) == (payout.id, 50_000, seller.id)
        assert (thing.says, thing.officer) == ("0/2", None)
        await approve(b.w, payout, "Naïma Oubella")
        (thing,) = (await waiting(b))["payouts"].things
        assert (thing.says, thing.officer) == ("1/2", "Naïma Oubella")
        await approve(b.w, payout, "Youssef Benjelloun")
        assert await waiting(b) == {}

    run(fresh_payments_dsn, story, payout_approval_above=10_000)


def test_a_finding_is_told_with_who_looks_after_it_and_what_it_freezes(fresh_payments_dsn):
    async def story(b: BankWorld) -> None:
        await safeguarding.prove(b.payments)
        seller = await b.seller()
        about = {"about": "att_1", "detail": "where is it", "account_id": seller.id}
        await find(b.payments, "not_settled", **about, freezes=True)
        (thing,) = (await waiting(b))["findings"].things
        assert (thing.kind, thing.says, thing.freezes) == ("not_settled", "where is it", True)
        assert (thing.account, thing.officer) == (seller.id, None)
        await b.propose("take", thing.id, note="mine")
        assert (await waiting(b))["findings"].things[0].officer == "Naïma Oubella"

    run(fresh_payments_dsn, story)


def test_a_finding_leads_to_the_file_that_it_is_about(fresh_payments_dsn):
    async def story(b: BankWorld) -> None:
        refused = await imports.take(b.payments, name="strange.xml", content=b"no bank's file")
        line = await strange(b, 700, reference="PO00000000000000000000")
        about = {"about": line.id, "detail": "whose is it"}
        await find(b.payments, "line_contradicts", **about)
        found = {one.kind: one.file for one in (await waiting(b))["findings"].things}
        assert found == {"bank_file_refused": refused.id, "line_contradicts": line.file_id}

    run(fresh_payments_dsn, story)


def test_missing_money_waits_with_the_term_that_differs(fresh_payments_dsn):
    async def story(b: BankWorld) -> None:
        await b.sale(await b.seller(), 10_000)
        tampered(fresh_payments_dsn)
        await safeguarding.prove(b.payments)
        found = await waiting(b)
        (thing,) = found["proof"].things
        assert (thing.amount, thing.says) == (-1_000, "owners_pending")
        assert [one.kind for one in found["findings"].things] == ["safeguarding_differs"]
        assert set(found) <= set(KINDS)

    run(fresh_payments_dsn, story)


def test_the_wire_counts_all_and_shows_the_oldest(fresh_payments_dsn):
    async def story(b: BankWorld) -> None:
        for number in range(SHOWN_MAX + 5):
            await find(b.payments, "order_unknown", about=f"{number:03}", detail="whose is it")
            b.clock.move(minutes=1)
        shown = wire(await seen(b), now=b.clock.now())
        (findings,) = [one for one in shown["waiting"] if one["kind"] == "findings"]
        assert (findings["count"], len(findings["oldest"])) == (SHOWN_MAX + 5, SHOWN_MAX)
        assert findings["oldest"][0]["about"] == "000"

    run(fresh_payments_dsn, story)
