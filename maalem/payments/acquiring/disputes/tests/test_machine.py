"""P14, P15: any story of payments, refunds, notices and answers ends as the model says.

The feed is read twice, told twice, and worked off in any order; replies are lost; days pass.
"""

import asyncio
import os
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from maalem.payments import store
from maalem.payments.acquiring.chores import resolve_unknown
from maalem.payments.acquiring.disputes import chores, notices
from maalem.payments.acquiring.disputes.records import Dispute, Notice
from maalem.payments.acquiring.disputes.tests import stories
from maalem.payments.acquiring.disputes.tests.model import TWO_WEEKS, Case, Model, Sale
from maalem.payments.acquiring.records import Charge
from maalem.payments.acquiring.refund import refund
from maalem.payments.errors import Refused
from maalem.payments.ledger.balances import release_available
from maalem.payments.ledger.verify import verify
from maalem.payments.tests.world import world
from maalem.payments.units import UnitRefused

CARDS = {
    "pm_card_visa": [],
    stories.FRAUDULENT: [("chargeback", 1, 1)],
    stories.NOT_RECEIVED: [("chargeback", 1, 1)],
    stories.INQUIRY: [("inquiry", 1, 1)],
    stories.SEVERAL: [("chargeback", 1, 2), ("chargeback", 2, 2)],
}
TEXTS = ["winning_evidence", "losing_evidence", "escalate_inquiry_evidence", "other", "accept"]
DSN: dict[str, Any] = {}
# How many stories: `make nightly` tells many more.
MANY = 300 if "MAALEM_NIGHTLY" in os.environ else 25


class Disputes(RuleBasedStateMachine):
    """Each rule does a thing to the service and to the model."""

    sales = Bundle("sales")

    @initialize()
    def begin(self) -> None:
        self.runner = asyncio.Runner()
        self.whole = world(DSN["dsn"].app)
        self.w = self.run(self.whole.__aenter__())
        self.model = Model()
        self.charges: list[tuple[str, Sale]] = []

    def run(self, doing: Any) -> Any:
        return self.runner.run(doing)

    @rule(target=sales, card=st.sampled_from(list(CARDS)), amount=st.integers(1, 9_999))
    def pay(self, card: str, amount: int) -> int:
        paid = self.run(self.w.pay(amount, card=card))
        sale = Sale(amount, cases=[Case(*traits) for traits in CARDS[card]])
        self.model.sales.append(sale)
        self.charges.append((paid.charge.id, sale))
        return len(self.charges) - 1

    @rule(sale=sales, share=st.integers(1, 110), lost=st.booleans())
    def give_back(self, sale: int, share: int, lost: bool) -> None:
        charge_id, modelled = self.charges[sale]
        amount = max(modelled.captured * share // 100, 1)
        charge = self.run(store.get(self.w.payments.pool, Charge, charge_id))
        self.conduct(lose_replies=int(lost))
        try:
            done = self.run(refund(self.w.payments, charge=charge, amount=amount))
        except UnitRefused as refused:
            if refused.word != "exceeds_credits":  # what she has is not there, it is owed
                raise
            return
        except Refused:
            assert not self.model.may_refund(modelled, amount)
            return
        finally:
            self.conduct(lose_replies=0)
        assert self.model.may_refund(modelled, amount)
        assert done.refund.status == ("pending" if lost else "succeeded")
        modelled.refunded += amount
        if lost:
            self.w.clock.move(minutes=1)
            self.run(chores_of_refunds(self.w))

    @rule(seed=st.integers(0, 99), twice=st.booleans())
    def news(self, seed: int, twice: bool) -> None:
        """The feed is read; its lines are told twice and worked off in any order."""
        self.model.news(now=self.now, due=self.due)
        if twice:
            self.run(tell_again(self.w))
        self.run(notices.read_feed(self.w.payments))
        waiting = self.run(store.select(self.w.payments.pool, Notice, "status = 'waiting'"))
        Random(seed).shuffle(waiting)
        for notice in waiting:
            self.run(notices.apply(self.w.payments, notice))
        self.run(chores.look_after(self.w.payments))

    @rule(
        sale=sales,
        place=st.integers(0, 1),
        text=st.sampled_from(TEXTS),
        trouble=st.sampled_from(["none", "none", "lost"]),
    )
    def say(self, sale: int, place: int, text: str, trouble: str) -> None:
        _, modelled = self.charges[sale]
        case = modelled.cases[place] if place < len(modelled.cases) else None
        dispute = self.dispute_of(sale, place)
        if case is None or dispute is None:
            return
        self.conduct(lose_replies=int(trouble == "lost"))
        try:
            said = "" if text == "accept" else text
            done = self.run(stories.say(self.w, dispute, said, accept=text == "accept"))
        except Refused:
            assert not case.waits
            return
        finally:
            self.conduct(lose_replies=0)
        assert case.waits
        if case.due <= self.now:
            assert (done.refusal is None) == (trouble == "lost")
        else:
            self.model.say(case, text)
        if trouble == "lost":
            self.w.clock.move(minutes=1)
            self.run(chores.ask_again(self.w.payments))

    @rule(days=st.integers(1, 9), release=st.booleans())
    def days_pass(self, days: int, release: bool) -> None:
        self.w.clock.move(days=days)
        if release:
            self.run(release_available(self.w.payments))

    @precondition(lambda self: self.charges)
    @invariant()
    def the_service_agrees_with_the_model(self) -> None:
        assert sum_of(self.run(stories.has(self.w, self.w.platform))) == self.model.worth
        for sale, (charge_id, modelled) in enumerate(self.charges):
            charge = self.run(store.get(self.w.payments.pool, Charge, charge_id))
            assert charge.amount_refunded == modelled.refunded
            assert charge.amount_disputed == modelled.taken
            for place, case in enumerate(modelled.cases):
                dispute = self.dispute_of(sale, place)
                if case.status in ("planned", "dropped"):
                    assert dispute is None
                    continue
                assert dispute is not None
                found = (dispute.status, dispute.amount, dispute.submission_count)
                assert found == (case.status, case.amount, case.submissions)

    def teardown(self) -> None:
        if not hasattr(self, "runner"):
            return
        self.run(self.whole.__aexit__(None, None, None))
        report = self.run(verify(DSN["dsn"].admin))
        self.runner.close()
        assert report.clean, report.findings

    def dispute_of(self, sale: int, place: int) -> Dispute | None:
        charge_id, _ = self.charges[sale]
        found: Dispute | None = self.run(
            store.first(
                self.w.payments.pool,
                Dispute,
                "charge_id = $1 AND case_reference LIKE $2",
                charge_id,
                f"%\\_{place + 1}",
            )
        )
        return found

    def conduct(self, **traits: int) -> None:
        self.run(stories.network(self.w, **traits))

    @property
    def now(self) -> float:
        return float(self.w.clock.now().timestamp())

    @property
    def due(self) -> float:
        """The end of the day in two weeks."""
        day = self.w.clock.now() + timedelta(days=TWO_WEEKS)
        return float(day.replace(hour=23, minute=59, second=59, microsecond=0).timestamp())


def sum_of(money: tuple[int, int, int]) -> int:
    pending, available, owed = money
    return pending + available - owed


async def chores_of_refunds(w: Any) -> None:
    await resolve_unknown(w.payments)


async def tell_again(w: Any) -> None:
    """The feed repeats itself: each line again, under its own reference and under a new one."""
    for new_id in ("id", "id || '-again'"):
        await w.payments.pool.execute(
            "INSERT INTO simulator.notices (id, case_reference, original, kind, amount, currency,"
            f" reason, reason_code, due_by, told_at) SELECT {new_id}, case_reference, original,"
            " kind, amount, currency, reason, reason_code, due_by, told_at"
            " FROM simulator.notices WHERE id NOT LIKE '%-again' ORDER BY number DESC LIMIT 20"
        )


@pytest.fixture
def dsn(fresh_payments_dsn: Any) -> Any:
    DSN["dsn"] = fresh_payments_dsn
    yield
    DSN.clear()


def test_any_story_ends_as_the_model_says(dsn):
    """P14, P15: whatever the order, a dispute's money goes to one side, once."""
    run_state_machine_as_test(
        Disputes,
        settings=settings(
            max_examples=MANY,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
