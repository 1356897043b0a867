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
from django.db.models import Sum
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
from maalem.platform.market.orders.actions.parcels import (
    NotPaid,
    cancel,
    confirm_delivery,
    dispatch,
    say_ready,
)
from maalem.platform.market.orders.models import (
    Alert,
    Goodwill,
    Order,
    Payment,
    PaymentAttempt,
    Refund,
    Release,
)
from maalem.platform.market.orders.states import NotAllowed

NIGHTLY = "MAALEM_NIGHTLY" in os.environ
places = st.integers(0, 1)


@dataclass
class Parcel:
    """What the paper knows of one parcel: where it is, what was paid of it, what waits to be, and
    what an officer promised of it."""

    number: str
    total: int
    share: int
    owes: int = 0
    ready: bool = False
    page: str = ""  # the session of its balance
    at: Literal["shop", "road", "buyer", "off"] = "shop"
    given: set[str] = field(default_factory=set)

    @property
    def paid(self) -> int:
        return self.total - self.owes


class MoneyOut(RuleBasedStateMachine):
    """Drives the verbs and the jobs on a real database, and the paper beside them.

    Each history is a savepoint in the test's transaction, undone at its end.
    """

    build: Any = None

    @initialize(tagines=st.integers(1, 3), deposit=st.sampled_from([None, 20, 50]))
    def begin(self, tagines: int, deposit: int | None) -> None:
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.standing = standing_in()
        self.bank = self.standing.__enter__()
        world = self.build(self.bank)
        made = {"supply": "made_to_order", "making_days": 30, "on_hand": 0}
        of = {**made, "deposit_percent": deposit} if deposit else {}
        world.rug = world.thing(world.weaver, "Tapis", price=333_335, **of)
        self.group, attempt = world.opened(world.cart(rug=1, tagine=tagines))
        self.sessions = [attempt.session]
        self.bank.pay(attempt.session)
        self.intents = dict(self.bank.intents)
        self.hear()
        self.group.refresh_from_db()
        self.parcels = [
            Parcel(one.number, one.total_minor, one.seller_net_minor, owes=one.balance_minor)
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
        stands = one.at == "road" or (one.at == "shop" and not one.owes)
        assert stands == self.allowed(lambda: dispatch(one.number, by="seller"))
        if not stands:
            return
        one.at = "road"
        if late:
            month = Now() - timedelta(days=31)
            Order.objects.filter(number=one.number).update(dispatched_at=month)

    @rule(place=places)
    def finish_work(self, place: int) -> None:
        one = self.parcels[place]
        stands = one.ready or (one.at == "shop" and one.owes > 0)
        assert stands == self.allowed(lambda: say_ready(one.number, by="seller"))
        one.ready = stands

    @rule(place=places)
    def open_balance(self, place: int) -> None:
        """The buyer goes to the page of the balance."""
        one = self.parcels[place]
        if self.bank.trouble:
            return
        stands = one.at == "shop" and one.ready and one.owes > 0
        assert stands == self.allowed(lambda: attempts.payment_page(one.number))
        if stands:
            one.page = PaymentAttempt.objects.get(order__number=one.number).session

    @rule(place=places)
    def pay_balance(self, place: int) -> None:
        """She pays there, perhaps after the parcel was called off."""
        one = self.parcels[place]
        if not one.page or one.page in self.sessions:
            return
        self.sessions.append(one.page)
        self.bank.pay(one.page)
        intent = self.bank.intents[self.bank.sessions[one.page].intent]
        self.intents[intent.id] = intent
        attempts.take(self.bank.sessions[one.page])
        if one.at == "shop":
            one.owes = 0

    @rule()
    def made_and_paid(self) -> None:
        """All of that in one go, so that what comes after it is met often enough."""
        for step in (self.finish_work, self.open_balance, self.pay_balance):
            step(place=0)

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
        for intent in self.intents.values():
            received = 0 if refuses else intent.amount_minor
            self.bank.intents[intent.id] = replace(intent, received_minor=received)
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
        for session in self.sessions:
            attempts.take(self.bank.sessions[session])
        for intent in self.intents:
            back = sum(words[1] for words in self.asked("create_refund") if words[0] == intent)
            events.charge_refunded(intent=intent, charge="ch_1", refunded_minor=back)
        assert not Alert.objects.filter(kind="refunded_elsewhere").exists()

    @invariant()
    def never_both_and_never_more(self) -> None:
        if not hasattr(self, "parcels"):
            return
        for one in self.parcels:
            released, returned, given = self.moved(one)
            assert not (released and returned), one
            assert sum(released) <= one.share, one
            assert len(released) <= 2, one
            assert len(returned) <= 2, one
            assert sum(returned) + sum(given) <= one.paid, one
            assert not released or one.at == "buyer", one
            assert not returned or one.at == "off", one
            rows = Goodwill.objects.filter(order__number=one.number)
            assert {row.key for row in rows if row.key in one.given} == one.given
        paid = sum(intent.amount_minor for intent in self.intents.values())
        assert sum(one.paid for one in self.parcels) <= paid
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
            assert sum(released) == (one.share if one.at == "buyer" else 0), one
            if one.at == "off":
                assert sum(returned) + sum(given) == one.paid, one
            else:
                assert not returned, one
        kept = Payment.objects.filter(verdict="accepted").aggregate(all=Sum("amount_minor"))
        assert kept["all"] == sum(one.paid for one in self.parcels)
        for stray in Payment.objects.exclude(verdict="accepted"):
            assert stray.refunds.get().status == "done", "what is not kept is given back whole"
        before = len(self.bank.asked)
        self.patience_is_over()
        drain()
        assert len(self.bank.asked) == before, "what is done is asked by nobody"

    def moved(self, one: Parcel) -> tuple[list[int], list[int], list[int]]:
        """What the institution moved for a parcel: released, returned, and given by an officer."""
        released, returned, given = [], [], []
        promised = {row.key for row in Goodwill.objects.filter(order__number=one.number)}
        back = {f"refund-{one.number}", f"refund-{one.number}-balance"}
        for words in self.asked("create_transfer"):
            if words[3]["metadata"]["order"] == one.number:
                released.append(words[0])
        for words in self.asked("create_refund"):
            if words[2]["refund"] in back:
                returned.append(words[1])
            elif words[2]["refund"] in promised:
                given.append(words[1])
        return released, returned, given

    def asked(self, wanted: str) -> list[Any]:
        """The words of each question of this kind that the institution did, once for each key."""
        return [words for (verb, words), _ in self.bank._replies.values() if verb == wanted]

    def allowed(self, verb) -> bool:
        """Whether the verb was accepted."""
        try:
            verb()
        except (NotAllowed, NotPaid, attempts.NotPayable):
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
