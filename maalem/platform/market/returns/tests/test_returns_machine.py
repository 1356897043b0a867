"""Returns and claims of one parcel against a small paper: whatever is announced, kept, accepted,
contested, decided and agreed, while the institution refuses, is silent or loses its answers.

Modest by default; `MAALEM_NIGHTLY=1` tries many more histories.
"""

import os
from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import hypothesis
from django.db import transaction
from django.utils import timezone
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
from maalem.platform.market.catalog.models import Variant
from maalem.platform.market.orders.actions import asks, events, finish
from maalem.platform.market.orders.actions.goodwill import TooMuch, give_back
from maalem.platform.market.orders.models import Alert, Goodwill, Refund, Release, Reversal
from maalem.platform.market.returns.actions import announce, answer, settle
from maalem.platform.market.returns.actions import claim as claiming
from maalem.platform.market.returns.models.claim import MOST_CLAIMS
from maalem.platform.market.returns.states import Refused
from maalem.platform.market.returns.tests.fixtures import delivered, moved, officer

NIGHTLY = "MAALEM_NIGHTLY" in os.environ
places = st.integers(0, 7)


@dataclass
class Back:
    """What the paper knows of one return."""

    number: str
    pieces: dict[int, int]
    at: str = "announced"
    amount: int = 0


class Returns(RuleBasedStateMachine):
    """Each history is a savepoint in the test's transaction, undone at its end."""

    build: Any = None

    @initialize(tagines=st.integers(1, 3), bowls=st.integers(1, 2))
    def begin(self, tagines: int, bowls: int) -> None:
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.standing = standing_in()
        self.bank = self.standing.__enter__()
        world = self.build(self.bank)
        world.bowl = world.thing(world.potter, "Bol", price=3_333, on_hand=5, supply="stock")
        self.order = delivered(world, tagine=tagines, bowl=bowls)
        self.lines = {line.pk: line for line in self.order.lines.all()}
        (self.intent,) = self.bank.intents.values()
        self.accounts = dict(self.bank.accounts)
        self.officer = officer()
        self.shelf = Counter({pk: self.on_hand(pk) for pk in self.lines})
        self.backs: list[Back] = []
        self.claims: list[Back] = []
        self.given: list[str] = []

    def teardown(self) -> None:
        if not hasattr(self, "standing"):
            return
        try:
            self.settled()
        finally:
            self.standing.__exit__(None, None, None)
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)

    @rule(tagines=st.integers(0, 3), bowls=st.integers(0, 2))
    def send_back(self, tagines: int, bowls: int) -> None:
        wanted = dict(zip(self.lines, (tagines, bowls), strict=True))
        away: Counter[int] = Counter()
        for one in self.backs:
            away.update(one.pieces if one.at != "withdrawn" else {})
        fits = all(away[pk] + n <= self.lines[pk].quantity for pk, n in wanted.items())
        back = self.done(
            lambda: announce.announce(
                self.order.number, wanted=wanted, reason="too_late", seen=len(self.backs)
            )
        )
        assert (back is not None) == (fits and any(wanted.values()))
        if back is not None:
            chosen = {pk: n for pk, n in wanted.items() if n}
            self.backs.append(Back(back.number, chosen))

    @rule(place=places)
    def post(self, place: int) -> None:
        one = self.one(place)
        if one is None:
            return
        stands = one.at in ("announced", "sent")
        sent = self.done(lambda: announce.send(one.number, carrier="", tracking="LB1"))
        assert stands == (sent is not None)
        one.at = "sent" if stands else one.at

    @rule(place=places)
    def keep(self, place: int) -> None:
        one = self.one(place)
        if one is None:
            return
        stands = one.at in ("announced", "sent", "withdrawn")
        assert stands == (self.done(lambda: announce.take_back(one.number)) is not None)
        one.at = "withdrawn" if stands else one.at

    @rule(place=places, on_shelf=st.booleans())
    def accept(self, place: int, on_shelf: bool) -> None:
        one = self.one(place)
        if one is None:
            return
        before, left = one.at, self.left()
        found = self.done(lambda: settle.accept(one.number, by="potter", on_shelf=on_shelf))
        assert (found is not None) == (before in ("announced", "sent", "accepted"))
        if before in ("announced", "sent"):
            one.at, one.amount = "accepted", min(self.worth(one), left)
            self.shelf.update(one.pieces if on_shelf else {})

    @rule(place=places)
    def contest(self, place: int) -> None:
        one = self.one(place)
        if one is None:
            return
        stands = one.at in ("announced", "sent", "contested")
        found = self.done(lambda: settle.contest(one.number, found="Cassé", by="potter"))
        assert stands == (found is not None)
        one.at = "contested" if stands else one.at

    @rule(place=places, part=st.integers(0, 120))
    def decide(self, place: int, part: int) -> None:
        one = self.one(place)
        if one is None:
            return
        amount = self.worth(one) * part // 100
        stands = one.at == "contested" and amount <= min(self.worth(one), self.left())
        found = self.done(
            lambda: settle.decide_amount(
                one.number, amount_minor=amount, verdict="Voilà.", by=self.officer
            )
        )
        assert stands == (found is not None)
        if stands:
            one.at, one.amount = "decided", amount

    @rule(part=st.integers(1, 60), again=st.booleans())
    def claim(self, part: int, again: bool) -> None:
        """Something was wrong too: the potter offers a part, and the buyer takes it."""
        left, words = self.left(), f"Fêlé {len(self.claims)}"
        made = self.done(
            lambda: claiming.claim(self.order.number, kind="broken", words=words, photos=[])
        )
        assert (made is not None) == (left > 0 and len(self.claims) < MOST_CLAIMS)
        if made is None:
            return
        amount = self.order.total_minor * part // 100
        said = self.done(
            lambda: answer.answer(
                made.number, said="part", words="Voici.", by="potter", offer_minor=amount
            )
        )
        assert (said is not None) == (0 < amount < left)
        if said is None:
            claiming.drop(made.number)
            self.claims.append(Back(made.number, {}, "withdrawn"))
            return
        for _ in range(1 + again):
            claiming.agree(made.number)
        self.claims.append(Back(made.number, {}, "granted", amount))

    @rule(part=st.integers(1, 60))
    def favour(self, part: int) -> None:
        """An officer gives something of the parcel besides, out of the platform's own."""
        key = f"favour-{len(self.given)}"
        amount = self.order.total_minor * part // 100
        left = self.left()
        try:
            give_back(self.order.number, amount_minor=amount, key=key, by="officer")
        except TooMuch:
            assert amount > left
        else:
            assert amount <= left
            self.given.append(key)

    @rule(how=st.sampled_from(["", "", "down", "silent", "lost"]), refuses=st.booleans())
    def behave(self, how: str, refuses: bool) -> None:
        """The institution answers, or not, or does it and says nothing, or refuses both ways."""
        self.bank.trouble = how
        received = 0 if refuses else self.intent.amount_minor
        self.bank.intents[self.intent.id] = replace(self.intent, received_minor=received)
        self.bank.accounts = {} if refuses else dict(self.accounts)

    @rule()
    def jobs(self) -> None:
        drain()

    @rule()
    def patience_is_over(self) -> None:
        for model in (Refund, Goodwill, Release, Reversal):
            model.objects.update(asked_at=timezone.now() - timedelta(minutes=5))
        finish.ask_again()

    @rule()
    def ask_out_of_turn(self) -> None:
        """A worker that began long ago asks about what another settled."""
        for model, ask in ((Goodwill, asks.ask_goodwill), (Reversal, asks.ask_reversal)):
            for row in model.objects.all():
                ask(row.key)

    @rule()
    def hear(self) -> None:
        """The institution's word, that so much of it went back, is no news."""
        back = sum(refund.amount_minor for refund in self.bank.refunds.values())
        events.charge_refunded(intent=self.intent.id, charge="ch_1", refunded_minor=back)
        assert not Alert.objects.filter(kind="refunded_elsewhere").exists()

    @invariant()
    def never_more_than_was_paid_or_released(self) -> None:
        if not hasattr(self, "backs"):
            return
        asked = self.bank._replies.values()
        released = [words[0] for (verb, words), _ in asked if verb == "create_transfer"]
        taken = [words[1] for (verb, words), _ in asked if verb == "reverse_transfer"]
        assert released in ([], [self.order.seller_net_minor])
        assert sum(taken) <= sum(released), "nothing is taken before it was handed over"
        refunds = self.bank.refunds.values()
        assert sum(refund.amount_minor for refund in refunds) <= self.order.total_minor
        for one in (*self.backs, *self.claims):
            to_buyer, from_seller = moved(self.bank, number=one.number)
            assert to_buyer in ([], [one.amount]), one
            assert len(from_seller) <= 1, one
        assert {pk: self.on_hand(pk) for pk in self.lines} == dict(self.shelf)

    def settled(self) -> None:
        """Everybody answers again: each return moved its money, once, and nothing else did."""
        self.behave("", refuses=False)
        drain()
        for _ in range(3):
            self.patience_is_over()
        self.never_more_than_was_paid_or_released()
        taken = 0
        for one in (*self.backs, *self.claims):
            to_buyer, from_seller = moved(self.bank, number=one.number)
            assert to_buyer == ([one.amount] if one.amount else []), one
            assert not from_seller or one.amount, one
            taken += sum(from_seller)
        if sum(one.amount for one in self.backs) == self.order.total_minor:
            assert taken == self.order.seller_net_minor, "all of it back is all of it back"
        before = len(self.bank.asked)
        self.patience_is_over()
        drain()
        assert len(self.bank.asked) == before, "what is done is asked by nobody"

    def worth(self, one: Back) -> int:
        """Prices and, with the last piece of the parcel, its delivery: by the paper alone."""
        settled = Counter(one.pieces)
        for other in self.backs:
            settled.update(other.pieces if other.at in ("accepted", "decided") else {})
        goods = sum(self.lines[pk].unit_price_minor * n for pk, n in one.pieces.items())
        whole = all(settled[pk] == line.quantity for pk, line in self.lines.items())
        return goods + (self.order.shipping_minor if whole else 0)

    def left(self) -> int:
        """What of the parcel's price nobody was promised yet."""
        promised = sum(one.amount for one in (*self.backs, *self.claims))
        favours = Goodwill.objects.filter(key__in=self.given).exclude(status="refused")
        return self.order.total_minor - promised - sum(row.amount_minor for row in favours)

    def one(self, place: int) -> Back | None:
        return self.backs[place % len(self.backs)] if self.backs else None

    def on_hand(self, line: int) -> int:
        return Variant.objects.get(pk=self.lines[line].variant_id).on_hand

    def done(self, verb) -> Any:
        """What the verb gave, or None where it was refused."""
        try:
            return verb()
        except Refused:
            return None


def test_whatever_comes_back_money_goes_back_once_and_never_more(building):
    """P14: pieces announced, kept, accepted, contested and decided, and claims agreed, in any
    order, by an institution that is silent, refuses or loses answers: never more than was paid,
    never more than the seller was handed, never twice, and at the end all that was decided."""

    class InThisShop(Returns):
        build = staticmethod(building)

    run_state_machine_as_test(
        InThisShop,
        settings=hypothesis.settings(
            max_examples=300 if NIGHTLY else 20,
            stateful_step_count=40 if NIGHTLY else 20,
            deadline=None,
            suppress_health_check=list(hypothesis.HealthCheck),
        ),
    )
