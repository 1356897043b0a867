"""A statement of a period: proved, printed in three languages, and always the same."""

import asyncio
from datetime import date, timedelta
from typing import Any

import psycopg
import pypdfium2
import pytest

from maalem.payments import store
from maalem.payments.acquiring.refund import refund
from maalem.payments.acquiring.transfer import transfer
from maalem.payments.errors import BadRequest
from maalem.payments.fees.decide import day_of
from maalem.payments.records import changed
from maalem.payments.settlement.statements.files import file
from maalem.payments.settlement.statements.gather import DoesNotAddUp
from maalem.payments.settlement.statements.links import Wanted
from maalem.payments.settlement.statements.make import make
from maalem.payments.settlement.statements.records import Statement
from maalem.payments.tests.world import World, world
from maalem.payments.units import Unit

FILES = [("csv", ""), ("pdf", "fr"), ("pdf", "ar"), ("pdf", "en")]


def told(dsn: Any, story: Any) -> None:
    async def whole() -> None:
        async with world(dsn.app, fee_bps=150) as w:
            await story(w)

    asyncio.run(whole())


async def a_day_of_sales(w: World) -> date:
    """A payment, a refund and a transfer today; it is two days later then."""
    named = changed(w.platform, support_phone="+212661000101", business_name="Coopérative Tifawin")
    await w.payments.writer.commit(Unit().put(named))
    w.platform = named
    paid = await w.pay(100_000, description="زربية، الهاتف +212 661 00 01 01")
    done = await refund(w.payments, charge=paid.charge, amount=20_000)
    passed = await transfer(
        w.payments,
        giver=w.platform,
        destination=w.seller.id,
        amount=30_000,
        currency="mad",
        source_charge=done.charge,
    )
    await w.payments.writer.commit(passed.unit)
    day = day_of(w.clock.now())
    w.clock.move(days=2)
    return day


async def stored(w: World, start: date, end: date) -> Statement:
    new = await make(w.payments, w.platform, currency="mad", start=start, end=end)
    await w.payments.writer.commit(Unit().put(new))
    found = await store.get(w.payments.pool, Statement, new.id)
    assert found is not None
    return found


async def files(w: World, statement: Statement) -> list[bytes]:
    wanted = [Wanted(statement.id, form, language, bom=False) for form, language in FILES]
    return [(await file(w.payments, one)).body for one in wanted]


def test_opening_and_lines_are_the_closing_balance(fresh_payments_dsn):
    async def story(w: World) -> None:
        day = await a_day_of_sales(w)
        await w.pay(5_000)  # later: no part of it
        made = await stored(w, day, day)
        assert (made.opening, made.closing, made.line_count) == (0, 48_500, 3)
        w.clock.move(days=2, hours=1)  # at any hour of the day
        after = await stored(w, day + timedelta(days=1), day + timedelta(days=3))
        assert (after.opening, after.closing, after.line_count) == (48_500, 53_425, 1)

    told(fresh_payments_dsn, story)


def test_the_same_period_gives_the_same_bytes(fresh_payments_dsn):
    """P25: a receipt of a period regenerates to identical bytes, whatever has happened since."""

    async def story(w: World) -> None:
        day = await a_day_of_sales(w)
        made = await stored(w, day, day)
        first = await files(w, made)
        renamed = changed(w.platform, business_name="Another name", support_phone=None)
        await w.payments.writer.commit(Unit().put(renamed))
        await w.pay(7_000)
        w.clock.move(days=40)
        assert await files(w, made) == first

    told(fresh_payments_dsn, story)


def characters(pdf: bytes) -> list[tuple[float, float, str]]:
    """Every letter with its place: from the top, then from the left."""
    found = []
    for page in pypdfium2.PdfDocument(pdf):
        text = page.get_textpage()
        for at in range(text.count_chars()):
            left, bottom, _, _ = text.get_charbox(at)
            found.append((-round(bottom), left, text.get_text_range(at, 1)))
    return found


def lines_as_seen(pdf: bytes) -> list[str]:
    """The text of each printed line from left to right, as an eye goes over digits. A sign hangs
    higher than the letters beside it."""
    letters = characters(pdf)
    # Digits stand on the line; letters hang below it and signs float above.
    lines: list[float] = []
    for bottom in sorted(bottom for bottom, _, letter in letters if letter.isdigit()):
        if not lines or bottom - lines[-1] > 2:
            lines.append(bottom)
    rows: dict[float, list[tuple[float, str]]] = {}
    for bottom, left, letter in letters:
        near = min(lines, key=lambda line: abs(line - bottom))
        row = near if abs(near - bottom) <= 4 else bottom
        rows.setdefault(row, []).append((left, letter))
    return ["".join(c for _, c in sorted(row) if not c.isspace()) for row in rows.values()]


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_the_paper_shows_numbers_as_they_are_dialled(fresh_payments_dsn, language):
    """P71: in all three languages digits of amounts and telephones run from left to right."""

    async def story(w: World) -> None:
        day = await a_day_of_sales(w)
        made = await stored(w, day, day)
        pdf = (await file(w.payments, Wanted(made.id, "pdf", language, bom=False))).body
        assert pdf.startswith(b"%PDF-")
        seen = lines_as_seen(pdf)
        assert sum("+212661000101" in line for line in seen) == 3  # the holder's, and two lines'
        gross = {"en": "1,000.00"}.get(language, "1000,00")
        assert any(gross in line for line in seen)
        assert any(made.account_id in line for line in seen)

    told(fresh_payments_dsn, story)


def test_a_line_that_slips_into_a_told_period_is_refused(fresh_payments_dsn):
    """P63: what was told stays; books that were changed behind it give no paper."""

    async def story(w: World) -> None:
        day = await a_day_of_sales(w)
        made = await stored(w, day, day)
        with psycopg.connect(fresh_payments_dsn.superuser) as thief:
            thief.execute("SET session_replication_role = replica")
            thief.execute("UPDATE balance_transactions SET description = 'Nothing' WHERE fee > 0")
        with pytest.raises(DoesNotAddUp, match="no longer what they were"):
            await files(w, made)
        with psycopg.connect(fresh_payments_dsn.superuser) as thief:
            thief.execute("SET session_replication_role = replica")
            thief.execute("UPDATE balance_transactions SET net = net + 1, amount = amount + 1")
        with pytest.raises(DoesNotAddUp, match="the lines are not"):
            await make(w.payments, w.platform, currency="mad", start=day, end=day)

    told(fresh_payments_dsn, story)


def test_a_period_is_over_before_it_is_told(fresh_payments_dsn):
    async def story(w: World) -> None:
        today = day_of(w.clock.now())
        for start, end, reason in (
            (today, today, "not over"),
            (today, today - timedelta(days=1), "ends before"),
            (today - timedelta(days=400), today - timedelta(days=2), "at most 366"),
        ):
            with pytest.raises(BadRequest, match=reason):
                await make(w.payments, w.platform, currency="mad", start=start, end=end)

    told(fresh_payments_dsn, story)


def test_a_statement_is_never_rewritten(fresh_payments_dsn):
    async def story(w: World) -> None:
        day = await a_day_of_sales(w)
        await stored(w, day, day)
        with (
            psycopg.connect(fresh_payments_dsn.admin) as owner,
            pytest.raises(psycopg.errors.CheckViolation),
        ):
            owner.execute("UPDATE statements SET closing = 0")

    told(fresh_payments_dsn, story)
