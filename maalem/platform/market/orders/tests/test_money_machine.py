"""The platform's own money out against a small paper: whatever happens in whatever order, what was
paid for a parcel goes once to its artisan or once back to its buyer.

Modest by default; `MAALEM_NIGHTLY=1` tries many more histories.
"""

import os
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Literal

import hypothesis
from django.db import transaction
from django.db.models.functions import Now
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from maalem.platform.ground.gateway.fake import standing_in
from maalem.platform.ground.jobs.testing import drain
from maalem.platform.market.orders.actions import asks, attempts, events, finish
from maalem.platform.market.orders.actions.goodwill import TooMuch, call_off_all, give_back
from maalem.platform.market.orders.actions.parcels import cancel, confirm_delivery, dispatch
from maalem.platform.market.orders.models import Alert, Goodwill, Order, Refund, Release
from maalem.platform.market.orders.states import NotAllowed

NIGHTLY = "MAALEM_NIGHTLY" in os.environ
places = st.integers(0, 1)


@dataclass
class Parcel:
    """What the paper knows of one parcel: where it is, and what an officer promised of it."""

    number: str
    total: int
    share: int
    at: Literal["shop", "road", "buyer", "off"] = "shop"
    given: set[str] = field(default_factory=set)


class MoneyOut(RuleBasedStateMachine):
    """Drives the verbs and the jobs on a real database, and the paper beside them.

    Each history is a savepoint in the test's transaction, undone at its end.
    """

    build: Any = None

    @initialize(tagines=st.integers(1, 3))
    def begin(self, tagines: int) -> None:
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.standing = standing_in()
        self.bank = self.standing.__enter__()
        world = self.build(self.bank)
        self.group, attempt = world.opened(world.cart(carpet=1, tagine=tagines))
        self.session = attempt.session
        self.bank.pay(self.session)
        (self.intent,) = self.bank.intents.values()
        self.hear()
        self.group.refresh_from_db()
        self.parcels = [
            Parcel(one.number, one.total_minor, one.seller_net_minor)
            for one in self.group.orders.order_by("position")
        ]
        self.promises = 0
        drain()

    def teardown(self) -> None:
        if not hasattr(self, "standing"):
            return
        try:
            self.settled()
        finally:
            self.standing.__exit__(None, None, None)
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)

    @rule(place=places, late=st.booleans())
    def leave(self, place: int, late: bool) -> None:
        one = self.parcels[place]
        stands = one.at in ("shop", "road")
        assert stands == self.allowed(lambda: dispatch(one.number, by="seller"))
        if not stands:
            return
        one.at = "road"
        if late:
            month = Now() - timedelta(days=31)
            Order.objects.filter(number=one.number).update(dispatched_at=month)

    @rule(place=places)
    def arrive(self, place: int) -> None:
        one = self.parcels[place]
        stands = one.at in ("road", "buyer")
        assert stands == self.allowed(lambda: confirm_delivery(one.number, by="buyer"))
        if stands:
            one.at = "buyer"

    @rule()
    def nobody_spoke(self) -> None:
        """The delay is over for what left a month ago."""
        finish.confirm_overdue()
        for one in self.parcels:
            if one.at == "road" and Order.objects.get(number=one.number).delivered_at:
                one.at = "buyer"

    @rule(place=places)
    def call_off(self, place: int) -> None:
        one = self.parcels[place]
        stands = one.at != "buyer"
        assert stands == self.allowed(lambda: cancel(one.number, by="seller"))
        if stands:
            one.at = "off"

    @rule(place=places, part=st.integers(1, 110), again=st.booleans())
    def give(self, place: int, part: int, again: bool) -> None:
        """An officer gives a part back, or presses twice."""
        one = self.parcels[place]
        amount = one.total * part // 100
        self.promises += not (again and self.promises)
        key = f"goodwill-{self.group.number}-{self.promises}"
        known = Goodwill.objects.filter(key=key).exists()
        try:
            give_back(one.number, amount_minor=amount, key=key, by="officer")
        except TooMuch as said:
            left: int | None = said.left_minor
        else:
            left = None
        assert left is None or (amount > left and not known)
        row = Goodwill.objects.filter(key=key).first()
        if left is None and row is None and one.at in ("shop", "road"):
            one.at = "off"  # all of what was left
        elif row is not None and not known:
            one.given.add(key)

    @rule()
    def give_all(self) -> None:
        call_off_all(self.group.number, by="officer")
        for one in self.parcels:
            if one.at in ("shop", "road"):
                one.at = "off"

    @rule(how=st.sampled_from(["", "", "down", "silent", "lost"]), refuses=st.booleans())
    def behave(self, how: str, refuses: bool) -> None:
        """The institution answers, or not, or does it and says nothing, or refuses both ways."""
        self.bank.trouble = how
        received = 0 if refuses else self.intent.amount_minor
        self.bank.intents[self.intent.id] = replace(self.intent, received_minor=received)
        open_ = {one.artisan.payments_account: "" for one in self.group.orders.all()}
        self.bank.accounts = {} if refuses else open_

    @rule()
    def jobs(self) -> None:
        drain()

    @rule()
    def patience_is_over(self) -> None:
        for model in (Refund, Goodwill, Release):
            model.objects.update(asked_at=Now() - timedelta(minutes=5))
        finish.ask_again()

    @rule(place=places)
    def ask_out_of_turn(self, place: int) -> None:
        """A worker that began long ago, or a second one, asks about what another settled."""
        number = self.parcels[place].number
        for model, ask in ((Refund, asks.ask_refund), (Release, asks.ask_release)):
            for row in model.objects.filter(order__number=number):
                ask(row.key)

    @rule()
    def hear(self) -> None:
        """The institution's words, again and late: it was paid, so much of it went back."""
        attempts.take(self.bank.sessions[self.session])
        back = sum(refund.amount_minor for refund in self.bank.refunds.values())
        events.charge_refunded(intent=self.intent.id, charge="ch_1", refunded_minor=back)
        assert not Alert.objects.filter(kind="refunded_elsewhere").exists()

    @invariant()
    def never_both_and_never_more(self) -> None:
        if not hasattr(self, "parcels"):
            return
        for one in self.parcels:
            released, returned, given = self.moved(one)
            assert not (released and returned), one
            assert released in ([], [one.share]), one
            assert len(returned) <= 1, one
            assert sum(returned) + sum(given) <= one.total, one
            assert not released or one.at == "buyer", one
            assert not returned or one.at == "off", one
            rows = Goodwill.objects.filter(order__number=one.number)
            assert {row.key for row in rows if row.key in one.given} == one.given
        paid = sum(one.total for one in self.parcels)
        assert paid == self.intent.amount_minor
        assert sum(refund.amount_minor for refund in self.bank.refunds.values()) <= paid

    def settled(self) -> None:
        """Everybody answers again: all that was promised is done, once, and nothing else."""
        self.behave("", refuses=False)
        drain()
        for _ in range(3):
            self.patience_is_over()
        self.never_both_and_never_more()
        for one in self.parcels:
            released, returned, given = self.moved(one)
            assert released == ([one.share] if one.at == "buyer" else []), one
            if one.at == "off":
                assert sum(returned) + sum(given) == one.total, one
            else:
                assert not returned, one
        before = len(self.bank.asked)
        self.patience_is_over()
        drain()
        assert len(self.bank.asked) == before, "what is done is asked by nobody"

    def moved(self, one: Parcel) -> tuple[list[int], list[int], list[int]]:
        """What the institution moved for a parcel: released, returned, and given by an officer."""
        released, returned, given = [], [], []
        promised = {row.key for row in Goodwill.objects.filter(order__number=one.number)}
        for (verb, words), _ in self.bank._replies.values():
            if verb == "create_transfer" and words[3]["metadata"]["order"] == one.number:
                released.append(words[0])
            elif verb == "create_refund" and words[2]["refund"] == f"refund-{one.number}":
                returned.append(words[1])
            elif verb == "create_refund" and words[2]["refund"] in promised:
                given.append(words[1])
        return released, returned, given

    def allowed(self, verb) -> bool:
        """Whether the verb was accepted."""
        try:
            verb()
        except NotAllowed:
            return False
        return True


def test_whatever_happens_held_money_goes_once_to_one_side(building):
    """P14: released by her word or by time, called off, given back in parts, by an institution
    that is silent, refuses or answers late: never both, never more than was paid, and all of what
    is called off is back with the buyer at the end."""

    class InThisShop(MoneyOut):
        build = staticmethod(building)

    run_state_machine_as_test(
        InThisShop,
        settings=hypothesis.settings(
            max_examples=400 if NIGHTLY else 25,
            stateful_step_count=40 if NIGHTLY else 20,
            deadline=None,
            suppress_health_check=list(hypothesis.HealthCheck),
        ),
    )
