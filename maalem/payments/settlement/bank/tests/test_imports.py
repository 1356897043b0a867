"""What the bank tells is taken over once, whole or not at all; every line is matched or listed."""

import asyncio
import re
from datetime import UTC, date, datetime

import pytest

from maalem.payments.config import SIMULATED_ACCOUNT
from maalem.payments.rails.bank import papers
from maalem.payments.rails.bank.papers import Entry, Ours, Verdict
from maalem.payments.settlement.bank import batches, findings, imports, matching
from maalem.payments.settlement.bank.pain001 import reference
from maalem.payments.settlement.bank.records import BankFile, BankLine, Batch, Statement
from maalem.payments.settlement.bank.tests.bank_world import BankWorld, bank_world, rib
from maalem.payments.store import select

AT = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
OURS = Ours(SIMULATED_ACCOUNT, "mad")


def run(dsn, story, **more):
    async def whole():
        async with bank_world(dsn.app, **more) as b:
            await story(b)

    asyncio.run(whole())


def entry(number: int, amount: int, end_to_end_id: str = "NOTPROVIDED", **more: object) -> Entry:
    return Entry(
        number=number,
        kind=str(more.get("kind", "payout" if amount < 0 else "other")),
        amount=amount,
        booked_on=AT.date(),
        end_to_end_id=end_to_end_id,
        reason=more.get("reason"),  # type: ignore[arg-type]
        iban=rib("9").iban,
        counterparty="QUELQU'UN",
        remittance="VIREMENT",
    )


def statement(*entries: Entry, number: int = 1, opening: int = 0, day: date | None = None) -> bytes:
    return papers.statement(
        number, ours=OURS, entries=entries, opening=opening, day=day or AT.date(), at=AT
    )


async def take(b: BankWorld, content: bytes, name: str = "camt053.xml") -> BankFile:
    taken = await imports.take(b.payments, name=name, content=content)
    await matching.match_open(b.payments)
    return taken


async def reasons(b: BankWorld) -> list[str | None]:
    return [line.reason for line in await matching.unmatched(b.payments)]


def test_a_line_that_nothing_explains_is_listed_with_its_reason(fresh_payments_dsn):
    """P20: every line of a statement is matched, or listed with the reason."""

    async def story(b: BankWorld) -> None:
        content = statement(
            entry(1, 500),
            entry(2, -700, "PO" + "0" * 20),
            entry(3, 900, "CARD20260301", kind="network"),
        )
        assert (await take(b, content)).status == "read"
        assert await reasons(b) == ["no_reference", "reference_unknown", "not_reported_yet"]
        assert await b.house() == {}

    run(fresh_payments_dsn, story)


def test_the_same_file_twice_has_no_effect(fresh_payments_dsn):
    """P20: a file is known by its content, whatever it is called."""

    async def story(b: BankWorld) -> None:
        content = statement(entry(1, 500))
        first = await take(b, content)
        again = await take(b, content, name="another name.xml")
        assert first.id == again.id
        assert len(await select(b.payments.pool, BankLine, "true")) == 1
        for number in range(2, 12):
            content = statement(entry(number, 10), number=number, opening=490 + 10 * (number - 1))
            files = await asyncio.gather(*(take(b, content) for _ in range(4)))
            assert {file.status for file in files} == {"read"}
            assert len({file.id for file in files}) == 1
        assert len(await select(b.payments.pool, BankLine, "true")) == 11
        assert [found.kind for found in await findings.open_findings(b.payments)] == []

    run(fresh_payments_dsn, story)


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (lambda text: text.replace(b'<Amt Ccy="MAD">5.00<', b'<Amt Ccy="MAD">5.01<', 2), None),
        (lambda text: text.replace(SIMULATED_ACCOUNT.encode(), rib("1").iban.encode()), None),
        (lambda text: text[:-30], "not_xml"),
        (lambda text: text.replace(b"BkToCstmrStmt", b"Somebody"), "not_a_bank_file"),
    ],
)
def test_a_bad_file_is_refused_whole_kept_and_shown(fresh_payments_dsn, spoil, word):
    """P20: opening and entries make the closing balance, or nothing of the file is taken over."""

    async def story(b: BankWorld) -> None:
        content = spoil(statement(entry(1, 500), entry(2, 300)))
        kept = await take(b, content)
        assert kept.status == "refused"
        assert kept.refusal in (word, "balances_do_not_add_up", "not_our_account")
        assert await select(b.payments.pool, BankLine, "true") == []
        assert await select(b.payments.pool, Statement, "true") == []
        (found,) = await findings.open_findings(b.payments)
        assert found.kind == "bank_file_refused"
        # The file itself is there for whoever looks into it, and again has no effect.
        assert await b.payments.vault.papers.open(kept.sealed, place=kept.id) == content
        assert (await take(b, content)).id == kept.id

    run(fresh_payments_dsn, story)


def test_an_entry_that_is_told_differently_later_is_refused(fresh_payments_dsn):
    async def story(b: BankWorld) -> None:
        notified = papers.notification("NTF1", ours=OURS, entries=[entry(1, 500)], at=AT)
        assert (await take(b, notified)).status == "read"
        changed = await take(b, statement(entry(1, 600)))
        assert (changed.status, changed.refusal) == ("refused", "entry_contradicts")
        fine = await take(b, statement(entry(1, 500), entry(2, 1)))
        assert fine.status == "read"
        assert len(await select(b.payments.pool, BankLine, "statement_id IS NOT NULL")) == 2
        twice = await take(b, statement(entry(3, 5)))
        assert twice.refusal == "message_contradicts"

    run(fresh_payments_dsn, story)


def test_a_missing_statement_is_found(fresh_payments_dsn):
    async def story(b: BankWorld) -> None:
        await take(b, statement(entry(1, 500)))
        await take(
            b, statement(entry(3, 5), number=3, opening=700, day=date(2026, 3, 4)), "later.xml"
        )
        (found,) = await findings.open_findings(b.payments)
        assert (found.kind, found.amount) == ("statement_missing", 200)

    run(fresh_payments_dsn, story)


def test_a_return_that_is_told_before_its_payment_waits_for_it(fresh_payments_dsn):
    async def story(b: BankWorld) -> None:
        seller = await b.seller(amount=4_000)
        await b.ripen()
        payout = await b.payout(seller, 4_000)
        await batches.send_due(b.payments)
        known = reference(payout.id)
        back = entry(2, 4_000, known, kind="return", reason="AC01")
        await take(b, papers.notification("NTF9", ours=OURS, entries=[back], at=AT))
        assert await reasons(b) == ["not_booked_yet"]
        await take(
            b, papers.notification("NTF8", ours=OURS, entries=[entry(1, -4_000, known)], at=AT)
        )
        assert await reasons(b) == []
        assert (await b.fresh(payout)).failure_reason == "AC01"

    run(fresh_payments_dsn, story)


def test_what_contradicts_a_payout_is_listed_and_alarms(fresh_payments_dsn):
    """P19, P20: a payout that the bank books twice, or with another sum, is a person's."""

    async def story(b: BankWorld) -> None:
        seller = await b.seller(amount=10_000)
        await b.ripen()
        payout, other = await b.payout(seller, 4_000), await b.payout(seller, 1_000)
        await b.exchange()
        known = reference(payout.id)
        await take(
            b,
            statement(
                entry(91, -4_000, known),
                entry(92, -999, reference(other.id)),
                entry(93, 4_000, known, kind="return", reason="AC04"),
                entry(94, 4_000, known, kind="return", reason="AC04"),
            ),
        )
        assert sorted(str(one) for one in await reasons(b)) == [
            "amount_differs",
            "booked_before",
            "returned_before",
        ]
        kinds = [one.kind for one in await findings.open_findings(b.payments)]
        assert kinds == ["line_contradicts"] * 2
        assert (await b.fresh(other)).status == "paid"

    run(fresh_payments_dsn, story)


def test_a_network_without_its_reference_is_matched_by_amount_and_day(fresh_payments_dsn):
    async def story(b: BankWorld) -> None:
        await b.w.pay(7_000)
        b.clock.move(days=1)
        await b.payments.rails.bank.pass_time()
        for file in await b.files("camt05"):
            await take(b, re.sub(rb"CARD\d{8}", b"NOTPROVIDED", file))
        await b.receive()
        lines = await select(b.payments.pool, BankLine, "matched_as = 'network'")
        assert [line.amount for line in lines] == [7_000]
        assert await b.house() == {"bank": 7_000}

    run(fresh_payments_dsn, story)


def test_a_refusal_after_the_booking_changes_nothing_and_freezes(fresh_payments_dsn):
    async def story(b: BankWorld) -> None:
        seller = await b.seller(amount=4_000)
        await b.ripen()
        payout = await b.payout(seller, 4_000)
        await b.exchange()
        (batch,) = await select(b.payments.pool, Batch, "true")
        late = papers.status_report(
            "LATE1",
            order=batch.message_id,
            status="RJCT",
            at=AT,
            verdicts=[Verdict(reference(payout.id), "RJCT", "AC06")],
        )
        stranger = papers.status_report("LATE2", order="SOMEBODYELSE", status="ACCP", at=AT)
        await take(b, late, "pain002-a.xml")
        await take(b, stranger, "pain002-b.xml")
        assert (await b.fresh(payout)).status == "paid"
        found = {one.kind: one for one in await findings.open_findings(b.payments)}
        assert set(found) == {"bank_contradicts_itself", "order_unknown"}
        assert found["bank_contradicts_itself"].freezes

    run(fresh_payments_dsn, story)


def test_the_database_refuses_what_does_not_add_up(fresh_payments_dsn):
    """P19: the control sum and the count are the lines', and what was told is told."""

    async def story(b: BankWorld) -> None:
        seller = await b.seller(amount=4_000)
        await b.ripen()
        await b.payout(seller, 4_000)
        await b.exchange()
        pool = b.payments.pool
        for deed, word in {
            "UPDATE payout_batches SET amount = 1": "told_is_told",
            "UPDATE payout_batches SET sha256 = repeat('0', 64)": "told_is_told",
            "UPDATE payout_batch_lines SET payout_id = 'po_x'": "told_is_told",
            "UPDATE bank_lines SET amount = amount + 1": "told_is_told",
            "UPDATE payout_batches SET status = 'sent', answered_at = NULL": "status_may_not_move",
            "INSERT INTO payout_batches SELECT 'pob_2', 1, currency, 'drafted', 'POB2', 'b', 5, 1,"
            " pay_on, sealed, sha256, NULL, asked_at, NULL, NULL, created_at FROM payout_batches": (
                "control_sum_is_the_lines"
            ),
            "INSERT INTO payout_batches SELECT 'pob_3', 1, currency, 'drafted', message_id, 'c', 5,"
            " 1, pay_on, sealed, sha256, NULL, asked_at, NULL, NULL, created_at"
            " FROM payout_batches": "message_id_used_once",
        }.items():
            with pytest.raises(Exception, match=word):
                await pool.execute(deed)

    run(fresh_payments_dsn, story)
