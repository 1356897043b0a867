"""Payouts against an independent model: any history of makings, answers, repeats and chores."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from maalem.payments import store
from maalem.payments.errors import ApiError
from maalem.payments.ledger.verify import verify
from maalem.payments.settlement import chores, making, payouts, places
from maalem.payments.settlement.payouts import Contradiction
from maalem.payments.settlement.records import ExternalAccount, Payout, Run, Schedule
from maalem.payments.settlement.tests import stage
from maalem.payments.settlement.tests.ideal import FAULTS, LEAST, OFFICERS_ABOVE, Ideal, No, Out
from maalem.payments.tests.world import World, world
from maalem.payments.units import Unit, UnitRefused

START = datetime(2031, 1, 6, 9, 0, tzinfo=UTC)
_DSN: list[Any] = []
AMOUNTS = st.sampled_from([1, 999, 4_999, 5_000, 20_000, 50_000, 50_001, 90_000])
PICK = st.integers(0, 10**6)
OFFICERS = st.sampled_from(["youssef", "Naïma", "driss"])
CODES = st.sampled_from(list(FAULTS))
REFERENCES = st.sampled_from(["r1", "r2"])
ONCE_OR_TWICE = st.integers(1, 2)


class Payouts(RuleBasedStateMachine):
    """One seller, the real thing beside the model."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.ideal = Ideal(now=START, done=START.date() - timedelta(days=1))
        self.w: World

    @initialize()
    def begin(self) -> None:
        self.world = world(
            _DSN[0].app,
            payout_approval_above=OFFICERS_ABOVE,
            payout_minimum=LEAST,
            # Feasts "as they were seen": none but the fixed ones.
            holidays=frozenset(date(year, 1, 1) for year in range(2031, 2100)),
        )
        self.w = self.run(self.world.__aenter__())
        self.w.clock.at = self.ideal.now
        with psycopg.connect(_DSN[0].superuser) as connection:
            connection.execute("DELETE FROM payout_runs")  # those of the history before
        done = Run(id=self.ideal.done.isoformat(), created_at=self.ideal.now)
        self.run(self.w.payments.writer.commit(Unit().put(done)))
        self.open_an_account()
        self.earn(200_000)

    def run(self, work: Any) -> Any:
        return self.runner.run(work)

    def both(self, ideal: Callable[[], Any], real: Callable[[], Awaitable[Any]]) -> Any:
        """Do it in both worlds: the same refusal or none. Returns what the real one gave."""
        wanted: str | None = None
        try:
            ideal()
        except No as refused:
            wanted = str(refused)
        try:
            got, given = None, self.run(real())
        except ApiError as refused:
            got, given = refused.code or "nowhere", None
        except UnitRefused as refused:
            got, given = refused.word, None
        except Contradiction as refused:
            got, given = refused.word, None
        assert got == wanted
        return given

    def some(self, pick: int) -> Out:
        outs = list(self.ideal.outs.values())
        return outs[pick % len(outs)]

    async def stored(self, out: Out) -> Payout:
        found = await store.get(self.w.payments.pool, Payout, out.name)
        assert found is not None
        return found

    @rule(amount=AMOUNTS)
    def earn(self, amount: int) -> None:
        self.run(stage.fund(self.w, amount))
        self.ideal.has += amount

    @rule(amount=AMOUNTS)
    def owe(self, amount: int) -> None:
        self.run(stage.owe(self.w, amount))
        self.ideal.owes += amount

    @rule()
    def settle(self) -> None:
        self.run(chores.settle_debts(self.w.payments))
        self.ideal.settle()

    @rule()
    def open_an_account(self) -> None:
        place = self.run(stage.settle_in(self.w))
        self.ideal.add_place(place.id)

    @precondition(lambda self: self.ideal.places)
    @rule(pick=PICK)
    def choose_an_account(self, pick: int) -> None:
        chosen = self.ideal.places[pick % len(self.ideal.places)]

        async def real() -> None:
            place = await store.get(self.w.payments.pool, ExternalAccount, chosen.name)
            assert place is not None
            placed = await places.update(
                self.w.payments, place, default=True, at=self.w.clock.now()
            )
            await self.w.payments.writer.commit(placed.unit)

        self.both(lambda: self.ideal.choose(chosen), real)

    @rule(amount=AMOUNTS, pick=PICK, named=st.booleans())
    def pay_out(self, amount: int, pick: int, named: bool) -> None:
        place = self.ideal.default
        if named and self.ideal.places:
            place = self.ideal.places[pick % len(self.ideal.places)]
        to = place.name if named and place else None
        made = self.both(
            lambda: self.ideal.may_go(amount, place),
            lambda: stage.pay_out(self.w, amount, to=to),
        )
        if made is not None:
            assert place is not None
            self.ideal.pay_out(made.id, amount, place)

    @precondition(lambda self: self.ideal.outs)
    @rule(pick=PICK)
    def cancel(self, pick: int) -> None:
        out = self.some(pick)

        async def real() -> None:
            made = making.cancel(self.w.payments, await self.stored(out))
            await self.w.payments.writer.commit(made.unit)

        self.both(lambda: self.ideal.cancel(out), real)

    @precondition(lambda self: self.ideal.outs)
    @rule(pick=PICK, officer=OFFICERS)
    def approve(self, pick: int, officer: str) -> None:
        out = self.some(pick)

        async def real() -> None:
            await stage.approve(self.w, await self.stored(out), officer)

        self.both(lambda: self.ideal.approve(out, officer), real)

    @precondition(lambda self: self.ideal.outs)
    @rule(pick=PICK, batch=st.sampled_from(["f1", "f2"]), times=ONCE_OR_TWICE)
    def send(self, pick: int, batch: str, times: int) -> None:
        out = self.some(pick)
        for _ in range(times):
            self.both(
                lambda: self.ideal.send(out, batch),
                lambda: payouts.mark_sent(self.w.payments, out.name, batch=batch),
            )

    @precondition(lambda self: self.ideal.outs)
    @rule(pick=PICK, reference=REFERENCES, times=ONCE_OR_TWICE)
    def pay(self, pick: int, reference: str, times: int) -> None:
        out = self.some(pick)
        for _ in range(times):
            self.both(
                lambda: self.ideal.pay(out, reference),
                lambda: payouts.mark_paid(self.w.payments, out.name, reference=reference),
            )

    @precondition(lambda self: self.ideal.outs)
    @rule(pick=PICK)
    def carry_out(self, pick: int) -> None:
        for officer in ("a", "b"):
            self.approve(pick, officer)
        self.send(pick, "f1", 1)
        self.pay(pick, "r1", 1)

    @precondition(lambda self: self.ideal.outs)
    @rule(pick=PICK, code=CODES, times=ONCE_OR_TWICE)
    def fail(self, pick: int, code: str, times: int) -> None:
        out = self.some(pick)
        for _ in range(times):
            self.both(
                lambda: self.ideal.fail(out, code),
                lambda: payouts.mark_failed(self.w.payments, out.name, code=code),
            )

    @precondition(lambda self: self.ideal.outs)
    @rule(pick=PICK, code=CODES, reference=REFERENCES, times=ONCE_OR_TWICE)
    def give_back(self, pick: int, code: str, reference: str, times: int) -> None:
        out = self.some(pick)
        for _ in range(times):
            self.both(
                lambda: self.ideal.give_back(out, code, reference),
                lambda: payouts.mark_returned(
                    self.w.payments, out.name, code=code, reference=reference
                ),
            )

    @rule()
    def bury(self) -> None:
        self.run(chores.bury(self.w.payments))
        self.ideal.bury()
        for out in self.ideal.outs.values():
            if out.reason == "as the place's":
                out.reason = self.run(self.stored(out)).failure_reason

    @rule(hours=st.sampled_from([1, 15, 24, 49, 100]))
    def wait(self, hours: int) -> None:
        self.ideal.now = self.w.clock.move(hours=hours)

    @rule(times=ONCE_OR_TWICE)
    def schedule(self, times: int) -> None:
        for _ in range(times):
            self.run(chores.make_scheduled(self.w.payments))
        made = {
            payout.scheduled_for: payout.id
            for payout in self.run(self.everything())
            if payout.automatic and payout.id not in self.ideal.outs
        }
        for day in self.ideal.days_due():
            amount = self.ideal.amount_due(day)
            if amount is not None:
                assert self.ideal.default is not None
                self.ideal.pay_out(made.pop(day), amount, self.ideal.default, day=day)
        assert made == {}

    async def everything(self) -> list[Payout]:
        return await store.select(self.w.payments.pool, Payout, "account_id = $1", self.w.seller.id)

    @invariant()
    def they_agree(self) -> None:
        """P22: what she sees is what her ledger's entries and her lines add up to."""
        if not hasattr(self, "w"):
            return
        assert self.run(stage.free(self.w)) == self.ideal.free
        assert self.run(stage.folded(self.w)) == self.ideal.free
        real = {p.id: (p.status, p.amount, p.approvals) for p in self.run(self.everything())}
        assert real == {
            o.name: (o.status, o.amount, len(o.officers)) for o in self.ideal.outs.values()
        }

    def teardown(self) -> None:
        if hasattr(self, "w"):
            # Whoever comes next must not pay this one out.
            manual = Schedule(
                id=self.w.seller.id,
                interval="manual",
                delay_days=2,
                minimum_amount=1,
                created_at=self.w.clock.now(),
            )
            self.run(self.w.payments.writer.commit(Unit().put(manual)))
            self.run(self.world.__aexit__(None, None, None))
        self.runner.close()


@pytest.fixture
def machine_dsn(fresh_payments_dsn: Any) -> Iterator[Any]:
    _DSN[:] = [fresh_payments_dsn]
    yield fresh_payments_dsn
    _DSN.clear()


def test_any_history_of_payouts_is_as_the_model_says(machine_dsn):
    """P21: money that comes back is hers again, and a dead account gets none; whatever happens."""
    nightly = "MAALEM_NIGHTLY" in os.environ
    run_state_machine_as_test(
        Payouts,
        settings=settings(
            max_examples=150 if nightly else 30,
            stateful_step_count=50 if nightly else 30,
            deadline=None,
            derandomize=not nightly,
            suppress_health_check=list(HealthCheck),
        ),
    )
    report = asyncio.run(verify(machine_dsn.admin))
    assert report.clean, report.findings
    with psycopg.connect(machine_dsn.superuser) as connection:
        seen = connection.execute("SELECT DISTINCT status FROM payouts").fetchall()
    assert {row[0] for row in seen} >= {"pending", "canceled", "failed", "paid"}
