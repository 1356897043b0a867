"""Refunds of every kind of payment against two people's paper: after every step both say the same.

Modest by default; `MAALEM_NIGHTLY=1` tries many more histories.
"""

import asyncio
import os
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, TypeVar

import hypothesis
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from maalem.payments import store
from maalem.payments.acquiring import chores
from maalem.payments.acquiring.connect import application_fee
from maalem.payments.acquiring.connect.tests.shared import (
    both,
    charge_of,
    destination,
    direct,
    give_back,
)
from maalem.payments.acquiring.disputes import chores as disputing
from maalem.payments.acquiring.disputes.records import Dispute
from maalem.payments.acquiring.disputes.tests import stories
from maalem.payments.acquiring.outcome import Confirmed
from maalem.payments.acquiring.records import Refund
from maalem.payments.acquiring.tests.refund_paper import Back, Case, Person, Sale
from maalem.payments.acquiring.transfer import reverse
from maalem.payments.errors import ApiError
from maalem.payments.ledger.verify import verify
from maalem.payments.settlement.chores import make_available
from maalem.payments.tests.world import World, world
from maalem.payments.units import UnitRefused

NIGHTLY = "MAALEM_NIGHTLY" in os.environ
# By card: whether its money is there at once, and how many chargebacks follow.
CARDS = {
    "pm_card_visa": (False, 0),
    "pm_card_bypassPending": (True, 0),
    stories.FRAUDULENT: (False, 1),
    stories.SEVERAL: (False, 2),
}
DAY = 86_400
TROUBLES = st.sampled_from(["none", "none", "lost", "down", "refused", "refused and lost"])
VERDICTS = {"winning_evidence": "won", "losing_evidence": "lost"}
T = TypeVar("T")
shares = st.integers(1, 4)


class RefundMachine(RuleBasedStateMachine):
    """Drives the verbs themselves on a real database, and the paper beside them."""

    dsn: Any = None
    sales = Bundle("sales")

    @initialize(fee_bps=st.sampled_from([0, 0, 290]))
    def begin(self, fee_bps: int) -> None:
        self.fee_bps = fee_bps
        self.platform, self.seller = Person(), Person()
        self.paid: list[tuple[Sale, Confirmed]] = []
        self.runner = asyncio.Runner()
        self.opened = world(self.dsn.app, fee_bps=fee_bps)
        self.w: World = self.run(self.opened.__aenter__())

    def run(self, doing: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(doing)

    def teardown(self) -> None:
        if not hasattr(self, "runner"):
            return
        self.finish()
        self.network_news()
        self.run(self.opened.__aexit__(None, None, None))
        report = self.run(verify(self.dsn.admin))
        self.runner.close()
        assert report.clean, report.findings

    @rule(
        target=sales,
        amount=st.integers(1, 9_999),
        card=st.sampled_from(list(CARDS)),
        way=st.sampled_from(["plain", "fee", "passed", "direct"]),
        part=st.integers(1, 100),
    )
    def pay(self, amount: int, card: str, way: str, part: int) -> int:
        at_once, complaints = CARDS[card]
        part = max(1, amount * part // 100)
        terms, sale = self.agreed(way, amount=amount, part=part)
        sale.cases = [Case(place, complaints) for place in range(1, complaints + 1)]
        paid = self.run(self.w.pay(amount, card=card, **terms))
        cost = min(amount, (amount * self.fee_bps + 5_000) // 10_000)
        sale.sell(self.now, cost=cost, at_once=at_once)
        self.paid.append((sale, paid))
        return len(self.paid) - 1

    def agreed(self, way: str, *, amount: int, part: int) -> tuple[dict[str, Any], Sale]:
        """The terms of a payment, and the paper that says the same."""
        w, ours, hers = self.w, self.platform, self.seller
        if way == "direct":
            return direct(w, fee=part), Sale(amount, hers, ours, direct=True, fee=part)
        if way == "fee":
            return destination(w, fee=part), Sale(amount, ours, hers, passed=amount, fee=part)
        if way == "passed":
            return destination(w, passed=part), Sale(amount, ours, hers, passed=part)
        return {}, Sale(amount, ours, hers)

    @rule(
        place=sales,
        share=shares,
        reverse=st.booleans(),
        with_fee=st.booleans(),
        trouble=TROUBLES,
    )
    def refund(self, place: int, share: int, reverse: bool, with_fee: bool, trouble: str) -> None:
        """A third of what is left, or all, or more than that."""
        sale, paid = self.paid[place]
        back = Back(max(1, sale.left * share // 3), reverse, with_fee, asked=self.tick())
        stands = sale.may_refund(back) and sale.reserve(back)
        self.behave(trouble, paid)
        try:
            done = self.run(self.give(paid, back))
        except (ApiError, UnitRefused):
            assert not stands
            return
        finally:
            self.behave("none", paid, amount=sale.amount)
        assert stands
        back.id = done.id
        if trouble != "down":
            sale.ask(back, refuses=trouble.startswith("refused"))
        if trouble in ("none", "refused"):
            sale.hear(back, self.now)

    @rule(
        place=sales,
        times=st.integers(2, 5),
        part=st.integers(2, 6),
        reverse=st.booleans(),
        with_fee=st.booleans(),
        lost=st.booleans(),
    )
    def refund_at_once(
        self, place: int, times: int, part: int, reverse: bool, with_fee: bool, lost: bool
    ) -> None:
        """Several alike race: as many happen as would one after the other."""
        sale, paid = self.paid[place]
        if any(case.told == "planned" and case.gone for case in sale.cases):
            return  # the network knows more than we do: whom it refuses is a matter of luck
        amount, now = max(1, sale.left // part), self.tick()
        backs = [Back(amount, reverse, with_fee, asked=now) for _ in range(times)]
        made = [back for back in backs if sale.may_refund(back) and sale.reserve(back)]
        if lost:
            self.conduct(lose_replies=times)
        done = self.run(at_once([self.give(paid, back) for back in backs]))
        self.conduct(lose_replies=0)
        found = sorted((one for one in done if isinstance(one, Refund)), key=lambda one: one.id)
        assert len(found) == len(made)
        for back, one in zip(made, found, strict=True):
            back.id = one.id
            sale.ask(back)
            if not lost:
                sale.hear(back, now)

    @rule(place=sales, share=shares)
    def take_back_by_hand(self, place: int, share: int) -> None:
        sale, paid = self.paid[place]
        transfer, _ = self.run(both(self.w, paid))
        if transfer is None:
            return
        amount = max(1, sale.transfer_left * share // 3)
        taken = sale.take_back(amount, self.now)
        assert self.done(reverse(self.w.payments, given=transfer, amount=amount)) == taken

    @rule(place=sales, share=shares)
    def hand_the_fee_back(self, place: int, share: int) -> None:
        sale, paid = self.paid[place]
        _, fee = self.run(both(self.w, paid))
        if fee is None:
            return
        amount = max(1, sale.fee_left * share // 3)
        given = sale.hand_fee_back(amount, self.now)
        assert self.done(application_fee.refund(self.w.payments, fee=fee, amount=amount)) == given

    @rule()
    def network_news(self) -> None:
        """The feed is read: complaints, and what became of them."""
        due = self.w.clock.now() + timedelta(days=14)
        due = due.replace(hour=23, minute=59, second=59, microsecond=0)
        for sale, _ in self.paid:
            sale.open_cases(due.timestamp())
            sale.close_cases(self.now)
        self.run(disputing.look_after(self.w.payments))
        for sale, _ in self.paid:
            sale.hear_complaints(self.now)
        for sale, _ in self.paid:
            sale.hear_verdicts(self.now)

    @rule(place=sales, which=st.integers(0, 1), text=st.sampled_from(list(VERDICTS)))
    def answer_a_complaint(self, place: int, which: int, text: str) -> None:
        sale, _ = self.paid[place]
        open_ones = [case for case in sale.cases if case.open and not case.verdict]
        if which >= len(open_ones) or open_ones[which].due <= self.now:
            return
        case = open_ones[which]
        self.run(stories.say(self.w, self.dispute_of(place, case), text))
        case.verdict = VERDICTS[text]

    @rule(seconds=st.sampled_from([3_600, DAY, 2 * DAY, 5 * DAY]))
    def pass_time(self, seconds: int) -> None:
        self.w.clock.move(seconds=seconds)
        self.run(make_available(self.w.payments))
        for person in (self.platform, self.seller):
            person.settle(self.now)

    @rule()
    def finish(self) -> None:
        """The job asks about all refunds that had no answer, under the same references."""
        self.w.clock.move(seconds=60)
        self.run(chores.resolve_unknown(self.w.payments))
        waiting = [(back, sale) for sale, _ in self.paid for back in sale.backs]
        for back, sale in sorted(waiting, key=lambda item: item[0].asked):
            if back.status == "pending":
                sale.ask(back)
                sale.hear(back, self.now)

    @invariant()
    def both_say_the_same(self) -> None:
        if not hasattr(self, "runner"):
            return
        people = ((self.platform, self.w.platform), (self.seller, self.w.seller))
        for paper, owner in people:
            told = (paper.purse(available=False), paper.purse(available=True), paper.owes)
            assert self.run(stories.has(self.w, owner)) == told
        for sale, paid in self.paid:
            self.run(self.compare(sale, paid))

    async def compare(self, sale: Sale, paid: Confirmed) -> None:
        charge = await charge_of(self.w, paid)
        assert (charge.amount_refunded, charge.amount_disputed) == (sale.refunded, sale.taken)
        transfer, fee = await both(self.w, paid)
        settled, waiting = sale.parts(settled=True), sale.parts(settled=False)
        if transfer is not None:
            assert (transfer.amount_reversed, transfer.amount_reserved) == (settled[0], waiting[0])
        if fee is not None:
            assert (fee.amount_refunded, fee.amount_reserved) == (settled[1], waiting[1])
        stored = await store.select(
            self.w.payments.pool, Refund, "charge_id = $1 ORDER BY id", charge.id
        )
        assert [(one.id, one.status, one.transfer_part, one.fee_part) for one in stored] == [
            (back.id, back.status, back.transfer_part, back.fee_part) for back in sale.backs
        ]

    async def give(self, paid: Confirmed, back: Back) -> Refund:
        flags = {"reverse_transfer": back.reverse, "refund_fee": back.with_fee}
        return (await give_back(self.w, paid, amount=back.amount, **flags)).refund

    def done(self, deciding: Coroutine[Any, Any, Any]) -> bool:
        """Whether it was decided and committed, or refused."""
        try:
            self.run(self.w.payments.writer.commit(self.run(deciding).unit))
        except (ApiError, UnitRefused):
            return False
        return True

    def dispute_of(self, place: int, case: Case) -> Dispute:
        attempt = self.paid[place][1].attempt.id
        found = self.run(
            store.first(
                self.w.payments.pool,
                Dispute,
                "case_reference = $1",
                f"case_{attempt}_{case.place}",
            )
        )
        assert found is not None
        return found

    def behave(self, trouble: str, paid: Confirmed, *, amount: int = 0) -> None:
        """One that refuses is one for whom the payment was of nothing (`amount`)."""
        self.conduct(lose_replies=int(trouble.endswith("lost")), down=trouble == "down")
        if trouble.startswith("refused") or amount:
            sql = "UPDATE simulator.answers SET amount = $2 WHERE reference = $1"
            self.run(self.w.payments.pool.execute(sql, paid.attempt.id, amount))

    def conduct(self, **traits: Any) -> None:
        self.run(stories.network(self.w, **traits))

    def tick(self) -> int:
        """A second passes, so that what is asked later is asked later."""
        self.w.clock.move(seconds=1)
        return self.now

    @property
    def now(self) -> int:
        return int(self.w.clock.now().timestamp())


async def at_once(doing: list[Coroutine[Any, Any, Refund]]) -> list[Refund | BaseException]:
    """All of them together; what is refused is among what comes back."""
    done = await asyncio.gather(*doing, return_exceptions=True)
    for one in done:
        if isinstance(one, BaseException) and not isinstance(one, ApiError | UnitRefused):
            raise one
    return done


def test_any_history_of_refunds_is_as_on_paper(fresh_payments_dsn):
    """P12 P13: partial, several at once, refused or unanswered by the network, with what was
    shared or without, by hand, before and after disputes, by people who owe: no sum passes its
    whole, everybody has what the paper says, and the auditor finds nothing."""

    class OnThisDatabase(RefundMachine):
        dsn = fresh_payments_dsn

    run_state_machine_as_test(
        OnThisDatabase,
        settings=hypothesis.settings(
            max_examples=150 if NIGHTLY else 15,
            stateful_step_count=30 if NIGHTLY else 25,
            deadline=None,
            suppress_health_check=list(hypothesis.HealthCheck),
        ),
    )
