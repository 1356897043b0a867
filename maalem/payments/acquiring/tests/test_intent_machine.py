"""Payments and holds against a shop kept on paper: after every step both say the same.

Modest by default; `MAALEM_NIGHTLY=1` tries many more histories.
"""

import asyncio
import os
from collections.abc import Coroutine
from typing import Any, TypeVar

import hypothesis
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from maalem.payments import store
from maalem.payments.acquiring import attempts, chores
from maalem.payments.acquiring.cancel import cancel
from maalem.payments.acquiring.capture import capture
from maalem.payments.acquiring.confirm import complete_authentication, confirm
from maalem.payments.acquiring.increment import increment
from maalem.payments.acquiring.records import Attempt, Charge, Intent
from maalem.payments.acquiring.refund import refund
from maalem.payments.acquiring.tests.shop_model import CARDS, DAY, Card, Sale, Shop
from maalem.payments.errors import Refused
from maalem.payments.ledger.balances import balance, release_available
from maalem.payments.ledger.verify import verify
from maalem.payments.tests.world import World, world
from maalem.payments.units import UnitRefused

NIGHTLY = "MAALEM_NIGHTLY" in os.environ
FLEXIBLE = {
    "card": {
        "request_incremental_authorization": "if_available",
        "request_multicapture": "if_available",
    }
}
T = TypeVar("T")
shares = st.integers(1, 4)


class IntentMachine(RuleBasedStateMachine):
    """Drives the verbs themselves on a real database, and the paper beside them."""

    dsn: Any = None
    sales = Bundle("sales")

    def __init__(self) -> None:
        super().__init__()
        self.shop = Shop()
        self.ids: dict[int, str] = {}
        self.runner = asyncio.Runner()
        self.opened = world(self.dsn.app)
        self.w: World = self.run(self.opened.__aenter__())

    def run(self, doing: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(doing)

    def teardown(self) -> None:
        self.run(self.opened.__aexit__(None, None, None))
        report = self.run(verify(self.dsn.admin))
        self.runner.close()
        assert report.clean, report.findings

    @rule(target=sales, amount=st.integers(1, 50_000), manual=st.booleans(), flexible=st.booleans())
    def create(self, amount: int, manual: bool, flexible: bool) -> Sale:
        sale = Sale(amount=amount, manual=manual, flexible=flexible)
        intent = self.run(
            self.w.intent(
                amount,
                capture_method="manual" if manual else "automatic",
                payment_method_options=FLEXIBLE if flexible else None,
            )
        )
        self.shop.sales.append(sale)
        self.ids[id(sale)] = intent.id
        return sale

    @rule(sale=sales, card=st.sampled_from(CARDS), lost=st.booleans())
    def confirm(self, sale: Sale, card: Card, lost: bool) -> None:
        if sale.waiting:
            return
        method = self.run(self.w.method(card.name))
        intent = self.intent(sale)
        if sale.status in ("requires_capture", "succeeded", "canceled"):
            self.refused(confirm(self.w.payments, intent=intent, method=method))
            return
        if lost:
            self.lose_a_reply()
        self.run(confirm(self.w.payments, intent=intent, method=method))
        if lost:
            sale.status, sale.card, sale.waiting = "processing", card, "confirm"
        else:
            self.shop.confirm(sale, card)

    @rule(sale=sales, passed=st.booleans(), shown=st.booleans())
    def answer_the_bank(self, sale: Sale, passed: bool, shown: bool) -> None:
        """She types the right code, or refuses; `shown` brings her browser back to us."""
        if sale.status != "requires_action" or sale.waiting:
            return
        attempt = self.attempt(sale)
        desk = self.w.payments.rails.desk
        assert attempt.challenge is not None
        if passed:
            self.run(desk.respond(attempt.challenge, secret="123456"))
        else:
            self.run(desk.refuse(attempt.challenge))
        for _ in range(1 + shown):  # telling us twice changes nothing
            self.run(complete_authentication(self.w.payments, attempt=attempt.id))
        if passed:
            self.shop.answered(sale)
        else:
            sale.status = "requires_payment_method"

    @rule(sale=sales)
    def leave_the_bank(self, sale: Sale) -> None:
        if sale.status != "requires_action" or sale.waiting:
            return
        attempt = self.attempt(sale)
        self.run(complete_authentication(self.w.payments, attempt=attempt.id, outcome="abandoned"))
        sale.status = "requires_payment_method"

    @rule(sale=sales, share=shares, final=st.booleans(), lost=st.booleans())
    def capture(self, sale: Sale, share: int, final: bool, lost: bool) -> None:
        if sale.waiting:
            return
        amount = max(1, sale.capturable * share // 3)
        intent = self.intent(sale)
        doing = capture(self.w.payments, intent=intent, amount=amount, final=final)
        if not self.shop.may_capture(sale, amount, final=final):
            self.refused(doing)
            return
        if lost:
            self.lose_a_reply()
        self.run(doing)
        if lost:
            sale.waiting, sale.waiting_for = "capture", (amount, final)
        else:
            self.shop.capture(sale, amount, final=final)

    @rule(sale=sales, more=st.integers(-100, 60_000), lost=st.booleans())
    def increment(self, sale: Sale, more: int, lost: bool) -> None:
        if sale.waiting:
            return
        amount = max(1, sale.amount + more)
        doing = increment(self.w.payments, intent=self.intent(sale), amount=amount)
        if not self.shop.may_raise(sale, amount):
            self.refused(doing)
            return
        if lost:
            self.lose_a_reply()
        done = self.run(doing)
        if lost:
            sale.waiting, sale.waiting_for = "increment", (amount, False)
        else:
            assert (done.refusal is None) == self.shop.raised(sale, amount)

    @rule(sale=sales, lost=st.booleans())
    def cancel(self, sale: Sale, lost: bool) -> None:
        if sale.waiting:
            return
        doing = cancel(self.w.payments, intent=self.intent(sale))
        if not self.shop.may_cancel(sale):
            self.refused(doing)
            return
        lost = lost and sale.status == "requires_capture"
        if lost:
            self.lose_a_reply()
        self.run(doing)
        if lost:
            sale.waiting = "cancel"
        else:
            self.shop.cancel(sale)

    @rule(sale=sales, share=shares, lost=st.booleans())
    def refund(self, sale: Sale, share: int, lost: bool) -> None:
        if sale.waiting or sale.status != "succeeded":
            return
        amount = max(1, (sale.received - sale.refunded) * share // 3)
        doing = refund(self.w.payments, charge=self.charge(sale), amount=amount)
        if not self.shop.may_refund(sale, amount):
            self.refused(doing)
            return
        if lost:
            self.lose_a_reply()
        self.run(doing)
        available = self.shop.reserve(sale, amount)
        if lost:
            sale.waiting, sale.waiting_for = "refund", (amount, available)
        else:
            self.shop.refund(sale, amount, available=available)

    @rule(seconds=st.sampled_from([300, 1_200, DAY, 3 * DAY, 8 * DAY]))
    def pass_time(self, seconds: int) -> None:
        self.finish()
        self.w.clock.move(seconds=seconds)
        self.run(chores.expire_attempts(self.w.payments))
        self.run(release_available(self.w.payments))
        self.shop.pass_time(seconds)
        self.shop.settle()

    @rule()
    def finish(self) -> None:
        """The job asks about everything that had no answer, under the same references."""
        if not any(sale.waiting for sale in self.shop.sales):
            return
        self.w.clock.move(seconds=60)
        self.shop.now += 60
        self.run(chores.resolve_unknown(self.w.payments))
        for sale in self.shop.sales:
            waited, sale.waiting = sale.waiting, ""
            amount, flag = sale.waiting_for
            match waited:
                case "confirm":
                    assert sale.card is not None
                    self.shop.confirm(sale, sale.card)
                    if sale.card.asks:  # the bank asked a minute ago
                        sale.ends -= 60
                case "capture":
                    self.shop.capture(sale, amount, final=flag)
                case "increment":
                    self.shop.raised(sale, amount)
                case "cancel":
                    self.shop.cancel(sale)
                case "refund":
                    self.shop.refund(sale, amount, available=flag)

    @invariant()
    def both_say_the_same(self) -> None:
        for sale in self.shop.sales:
            intent = self.intent(sale)
            told = (intent.status, intent.amount, intent.amount_capturable, intent.amount_received)
            assert told == (sale.status, sale.amount, sale.capturable, sale.received)
            if sale.received:
                charge = self.charge(sale)
                assert (charge.amount_captured, charge.amount_refunded) == (
                    sale.received,
                    sale.refunded,
                )
                assert charge.captured == (sale.status == "succeeded")
        has = self.run(balance(self.w.payments.pool, self.w.platform.id))
        assert has.pending.get("mad", 0) == self.shop.purse(available=False)
        assert has.available.get("mad", 0) == self.shop.purse(available=True)
        held = self.run(
            self.w.payments.pool.fetchval(
                "SELECT coalesce(sum(credits_pending), 0) FROM ledger.accounts WHERE owner = $1",
                self.w.platform.id,
            )
        )
        assert held == self.shop.held()

    def intent(self, sale: Sale) -> Intent:
        found = self.run(store.get(self.w.payments.pool, Intent, self.ids[id(sale)]))
        assert found is not None
        return found

    def attempt(self, sale: Sale) -> Attempt:
        found = self.run(attempts.find(self.w.payments.pool, self.intent(sale).attempt_id or ""))
        assert found is not None
        return found

    def charge(self, sale: Sale) -> Charge:
        found = self.run(
            store.get(self.w.payments.pool, Charge, self.intent(sale).latest_charge_id or "")
        )
        assert found is not None
        return found

    def refused(self, doing: Coroutine[Any, Any, Any]) -> None:
        try:
            self.run(doing)
        except (Refused, UnitRefused):
            return
        raise AssertionError("it was not refused")

    def lose_a_reply(self) -> None:
        self.run(self.w.payments.pool.execute("UPDATE simulator.conduct SET lose_replies = 1"))


def test_any_history_of_payments_and_holds_is_as_on_paper(fresh_payments_dsn):
    """P12 P18: whatever is done in whatever order, statuses, amounts, both purses and what is
    held are what a shop kept on paper says, and the auditor finds nothing."""

    class OnThisDatabase(IntentMachine):
        dsn = fresh_payments_dsn

    run_state_machine_as_test(
        OnThisDatabase,
        settings=hypothesis.settings(
            max_examples=150 if NIGHTLY else 12,
            stateful_step_count=30 if NIGHTLY else 25,
            deadline=None,
            suppress_health_check=list(hypothesis.HealthCheck),
        ),
    )
