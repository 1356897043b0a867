"""An attempt that is answered at once is kept by its charge, and nobody can tell the difference."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
import pytest

from maalem.payments import store
from maalem.payments.acquiring import attempts
from maalem.payments.acquiring.confirm import load, resolve
from maalem.payments.acquiring.outcome import Asked, first_attempt, judge
from maalem.payments.acquiring.records import Attempt, Charge
from maalem.payments.acquiring.states import AttemptStatus, IntentStatus
from maalem.payments.ledger.verify import verify
from maalem.payments.rails.ports import Authorised, Check, Declined, Unknown
from maalem.payments.records import changed
from maalem.payments.tests.world import World, world
from maalem.payments.units import ChangedMeanwhile, Unit, UnitRefused


def run(dsn: str, story: Callable[[World], Awaitable[Any]]) -> Any:
    async def tell() -> Any:
        async with world(dsn) as w:
            return await story(w)

    return asyncio.run(tell())


async def sent(w: World) -> Asked:
    """A payment whose rail is about to be asked: transaction one is written."""
    method = await w.method()
    intent = await w.intent()
    attempt = first_attempt(intent, method=method, now=w.clock.now())
    intent = changed(
        intent,
        status=IntentStatus.PROCESSING,
        attempt_id=attempt.id,
        payment_method_id=method.id,
    )
    await w.payments.writer.commit(Unit().put(intent, attempt))
    schedule = await w.payments.fees.current()
    return Asked(intent, attempt, method, w.clock.now(), w.payments.config, schedule)


def said_yes(asked: Asked) -> Authorised:
    return Authorised(
        asked.attempt.id,
        authorisation_code="123456",
        network_reference="nt_1",
        cvc_check=Check.PASS,
    )


@pytest.mark.parametrize(
    ("card", "status", "code"),
    [
        ("pm_card_visa", AttemptStatus.AUTHORISED, None),
        ("pm_card_visa_chargeDeclined", AttemptStatus.DECLINED, "generic_decline"),
    ],
)
def test_its_row_goes_and_its_charge_says_what_it_said(payments_dsn, card, status, code):
    async def story(w: World) -> None:
        paid = await w.pay(12_300, card=card)
        assert paid.charge is not None
        assert await store.get(w.payments.pool, Attempt, paid.attempt.id) is None
        read = await attempts.find(w.payments.pool, paid.attempt.id)
        assert read is not None
        assert read == await attempts.of_charge(w.payments.pool, paid.charge)
        for name in (
            *("id", "intent_id", "payment_method_id", "rail", "amount", "currency", "status"),
            *("authorisation_code", "network_reference", "decline_code", "risk", "version"),
        ):
            assert getattr(read, name) == getattr(paid.attempt, name), name
        assert (read.status, read.decline_code) == (status, code)
        assert paid.charge.id == attempts.charge_id(paid.attempt.id)

    run(payments_dsn.app, story)


def test_what_a_payer_was_asked_about_keeps_its_row(payments_dsn):
    async def story(w: World) -> None:
        asked = await w.pay(card="pm_card_threeDSecure2Required")
        row = await store.get(w.payments.pool, Attempt, asked.attempt.id)
        assert row == asked.attempt

    run(payments_dsn.app, story)


def test_nobody_is_found_by_a_number_that_no_attempt_had(payments_dsn):
    async def story(w: World) -> None:
        paid = await w.pay()
        assert paid.charge is not None
        assert await attempts.find(w.payments.pool, "att_" + "0" * 20) is None
        # A charge's own id is no attempt's.
        assert await attempts.find(w.payments.pool, paid.charge.id) is None

    run(payments_dsn.app, story)


def test_of_two_who_settle_it_one_does(fresh_payments_dsn):
    async def story(w: World) -> None:
        asked = await sent(w)
        first, second = (judge(asked, said_yes(asked))[0] for _ in range(2))
        await w.payments.writer.commit(first)
        with pytest.raises(ChangedMeanwhile):
            await w.payments.writer.commit(second)

    run(fresh_payments_dsn.app, story)
    with psycopg.connect(fresh_payments_dsn.admin) as books:
        assert books.execute("SELECT count(*) FROM charges").fetchone() == (1,)
        assert books.execute("SELECT count(*) FROM payment_attempts").fetchone() == (0,)
    report = asyncio.run(verify(fresh_payments_dsn.admin))
    assert report.clean, report.findings


@pytest.mark.parametrize("late", ["silence", "yes"])
def test_an_answer_that_comes_after_it_was_settled_changes_nothing(payments_dsn, late):
    """A payer looks at her page while the job settles: she sees what stands, and no error."""

    async def story(w: World) -> None:
        asked = await sent(w)
        unknown = changed(asked.attempt, status=AttemptStatus.UNKNOWN)
        await w.payments.writer.commit(Unit().put(unknown))
        no = Declined(unknown.id, "card_declined", decline_code="generic_decline")
        done = await resolve(w.payments, await load(w.payments, unknown.id), answer=no)
        assert done.attempt.status == AttemptStatus.DECLINED
        said = Unknown(unknown.id, "late") if late == "silence" else said_yes(asked)
        second = await resolve(w.payments, await load(w.payments, unknown.id), answer=said)
        assert (second.intent, second.attempt) == (done.intent, done.attempt)
        assert second.refusal is not None

    run(payments_dsn.app, story)


def test_whose_answer_was_waited_for_keeps_its_row(payments_dsn):
    """The job that asked again has changed it: the first to have the answer decides anew."""

    async def story(w: World) -> None:
        asked = await sent(w)
        unknown = changed(asked.attempt, status=AttemptStatus.UNKNOWN)
        await w.payments.writer.commit(Unit().put(unknown))
        late, _ = judge(asked, said_yes(asked))
        with pytest.raises(ChangedMeanwhile):
            await w.payments.writer.commit(late)
        assert await store.get(w.payments.pool, Charge, attempts.charge_id(unknown.id)) is None
        again = Asked(asked.intent, unknown, asked.method, asked.now, asked.config, asked.schedule)
        unit, _ = judge(again, said_yes(again))
        await w.payments.writer.commit(unit)
        row = await store.get(w.payments.pool, Attempt, unknown.id)
        assert row is not None
        assert row.status == AttemptStatus.AUTHORISED

    run(payments_dsn.app, story)


def test_it_does_not_go_without_its_charge(payments_dsn):
    async def story(w: World) -> str:
        asked = await sent(w)
        with pytest.raises(UnitRefused) as refused:
            await w.payments.writer.commit(Unit(ended=[asked.attempt.id]))
        assert refused.value.word == "attempts_end_in_charges"
        # Nor under another's name.
        unit, _ = judge(asked, said_yes(asked))
        other = await sent(w)
        unit.ended = [asked.attempt.id, other.attempt.id]
        with pytest.raises(UnitRefused) as refused:
            await w.payments.writer.commit(unit)
        assert refused.value.word == "attempts_end_in_charges"
        return asked.attempt.id

    attempt = run(payments_dsn.app, story)
    with (
        psycopg.connect(payments_dsn.app) as service,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        service.execute("DELETE FROM payment_attempts WHERE id = %s", [attempt])
