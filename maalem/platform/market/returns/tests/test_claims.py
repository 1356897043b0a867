"""A claim from the buyer's word to the money: the workshop's answers, and an officer's."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from maalem.platform.ground.jobs.testing import drain
from maalem.platform.market.orders.actions import attempts
from maalem.platform.market.orders.actions.goodwill import give_back
from maalem.platform.market.orders.actions.parcels import confirm_delivery, dispatch, say_ready
from maalem.platform.market.orders.models import Goodwill, PaymentAttempt, Reversal
from maalem.platform.market.orders.parts import left_of
from maalem.platform.market.orders.tests.bending import bend
from maalem.platform.market.returns import rules
from maalem.platform.market.returns.actions import answer, settle
from maalem.platform.market.returns.actions import claim as claiming
from maalem.platform.market.returns.models import Claim, ClaimEvent
from maalem.platform.market.returns.states import CLAIM_NEXT, Answer, ClaimStatus, Kind, Refused
from maalem.platform.market.returns.tests.fixtures import announced, delivered, moved, officer
from maalem.platform.market.returns.words import ANSWERS, CLAIM_STATUSES, KINDS, REFUSALS


@pytest.fixture
def order(world):
    order = delivered(world)
    drain()
    return order


def claimed(order, *, kind="broken", words="Cassé en deux", photos=()):
    return claiming.claim(order.number, kind=kind, words=words, photos=list(photos))


def answered(one, said, *, words="Voici.", offer=0):
    return answer.answer(one.number, said=said, words=words, by="potter", offer_minor=offer)


def refused(verb) -> str:
    with pytest.raises(Refused) as no, transaction.atomic():
        verb()
    assert no.value.code in REFUSALS
    return no.value.code


def test_a_workshop_that_gives_everything_back_gives_it_at_once(world, order):
    one = claimed(order)
    assert (one.number, one.status) == (f"{order.number}-C1", "made")
    assert one.answer_by == timezone.localdate() + timedelta(days=5)
    for _ in range(2):
        answered(one, "all")
    drain()
    assert moved(world.bank, number=one.number) == ([order.total_minor], [order.seller_net_minor])
    one.refresh_from_db()
    assert (one.status, one.given.status, one.reversal.status) == ("granted", "done", "done")
    assert [event.event for event in ClaimEvent.objects.all()] == ["made", "granted"]


def test_what_two_payments_brought_goes_back_out_of_both(world):
    """A rug that was made to order: its deposit and its balance."""
    made = {"supply": "made_to_order", "making_days": 30, "on_hand": 0, "deposit_percent": 50}
    world.rug = world.thing(world.weaver, "Tapis", price=200_001, **made)
    order = world.paid(world.cart(rug=1)).orders.get()
    say_ready(order.number, by="weaver")
    attempts.payment_page(order.number)
    page = PaymentAttempt.objects.get(order=order)
    world.bank.pay(page.session)
    attempts.look(page)
    dispatch(order.number, by="weaver")
    confirm_delivery(order.number, by="buyer")
    drain()
    one = claimed(order)
    answered(one, "all")
    one.refresh_from_db()
    assert not one.given.is_sent
    drain()
    one.refresh_from_db()
    assert one.given.is_sent
    rows = [one.given, *one.given.rest.all()]
    assert sorted(row.amount_minor for row in rows) == sorted(
        (order.deposit_minor, order.balance_minor)
    )
    taken = [one.reversal, *one.reversal.rest.all()]
    assert {row.status for row in (*rows, *taken)} == {"done"}
    assert sum(row.amount_minor for row in taken) == order.seller_net_minor
    assert left_of(order) == 0


def test_a_part_is_given_once_the_buyer_agrees(world, order):
    one = claimed(order)
    for offer in (-1, 0, order.total_minor):
        assert refused(lambda offer=offer: answered(one, "part", offer=offer)) == "offer"
    answered(one, "part", offer=10_000)
    assert not Goodwill.objects.exists(), "an offer is no gift yet"
    for _ in range(2):
        claiming.agree(one.number)
    drain()
    to_buyer, from_seller = moved(world.bank, number=one.number)
    assert to_buyer == [10_000]
    share = order.seller_net_minor * 10_000 / order.total_minor
    assert abs(from_seller[0] - share) <= 1


def test_what_is_wanted_back_first_is_paid_when_it_is_there(world, order):
    one = answered(claimed(order), "back_first")
    claiming.send_first(one.number, tracking="LB1")
    assert Claim.objects.get().tracking == "LB1"
    for _ in range(2):
        answer.has_it(one.number, by="potter")
    drain()
    assert moved(world.bank, number=one.number)[0] == [order.total_minor]


def test_a_no_or_a_silence_can_be_taken_to_an_officer(world, order):
    one = claimed(order)
    assert refused(lambda: claiming.escalate(one.number)) == "not_yet"
    bend(one, answer_by=timezone.localdate())
    assert refused(lambda: claiming.escalate(one.number)) == "not_yet", "the day is the workshop's"
    bend(one, answer_by=timezone.localdate() - timedelta(days=1))
    claiming.escalate(one.number)
    by = officer()
    decided = {"verdict": "Le colis était mal fermé.", "by": by}
    more = order.total_minor + 1
    assert (
        refused(lambda: answer.decide_claim(one.number, amount_minor=more, **decided)) == "amount"
    )
    answer.decide_claim(one.number, amount_minor=5_000, **decided)
    drain()
    assert moved(world.bank, number=one.number)[0] == [5_000]
    two = answered(claimed(order, words="Et aussi fêlé"), "no")
    claiming.escalate(two.number)
    answer.decide_claim(two.number, amount_minor=0, **decided)
    drain()
    assert moved(world.bank, number=two.number) == ([], [])


def test_a_claim_and_a_return_together_are_never_more_than_was_paid_or_handed(world, order):
    back = announced(order)
    one = answered(claimed(order), "part", offer=12_345)
    claiming.agree(one.number)
    give_back(order.number, amount_minor=3_333, key="favour", by="officer")
    settle.accept(back.number, by="potter", on_shelf=True)
    drain()
    assert left_of(order) == 0
    to_buyer = sum(refund.amount_minor for refund in world.bank.refunds.values())
    assert to_buyer == order.total_minor
    assert sum(row.amount_minor for row in Reversal.objects.all()) <= order.seller_net_minor
    assert refused(lambda: claimed(order, words="Encore")) == "all_given"


def test_one_claim_of_a_parcel_is_open_at_a_time(order):
    one = claimed(order)
    assert claimed(order).pk == one.pk, "said twice is once"
    assert refused(lambda: claimed(order, words="Autre chose")) == "claim_open"
    other = {"order": order, "artisan": order.artisan, "kind": "broken", "words": "x"}
    with pytest.raises(IntegrityError, match="one_open"), transaction.atomic():
        Claim.objects.create(number="X-C9", answer_by=timezone.localdate(), **other)
    claiming.drop(one.number)
    assert claimed(order, words="Autre chose").number.endswith("-C2")


def test_what_can_not_be_claimed_is_told_why(world, order):
    assert refused(lambda: claimed(order, kind="ugly")) == "kind"
    assert refused(lambda: claimed(order, words=" \u200b ")) == "empty"
    assert refused(lambda: claimed(order, words="a" * 1_001)) == "too_long"
    assert refused(lambda: claimed(order, photos=[[]] * 5)) == "too_many_photos"
    other = world.paid(world.cart(tagine=1)).orders.get()
    assert refused(lambda: claimed(other)) == "not_arrived"
    (rule,) = rules.claim_rules()
    bend(order, delivered_at=timezone.now() - timedelta(days=rule.days + 1))
    assert refused(lambda: claimed(order)) == "claim_too_late"


VERBS = {
    "all": (lambda one: answered(one, "all"), {"made"}),
    "part": (lambda one: answered(one, "part", words="Autre.", offer=5), {"made"}),
    "no": (lambda one: answered(one, "no", words="Autre."), {"made"}),
    "agree": (lambda one: claiming.agree(one.number), {"offered", "granted"}),
    "has_it": (lambda one: answer.has_it(one.number, by="x"), {"wanted_back", "granted"}),
    "escalate": (
        lambda one: claiming.escalate(one.number),
        {"offered", "wanted_back", "denied", "escalated"},
    ),
    "drop": (
        lambda one: claiming.drop(one.number),
        {"made", "offered", "wanted_back", "denied", "escalated", "withdrawn"},
    ),
    "decide": (
        lambda one: answer.decide_claim(one.number, amount_minor=1, verdict="x", by=officer()),
        {"escalated"},
    ),
}


def dressed(status):
    settled = {"amount_minor": 0, "share_minor": 0, "settled_at": timezone.now()}
    none = {"amount_minor": None, "share_minor": None, "settled_at": None}
    return {
        **(settled if status in ("granted", "decided") else none),
        "answer": "Rien.",
        "offer_minor": 7,
        "verdict": "x",
    }


@pytest.mark.parametrize("now", list(ClaimStatus))
@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_on_a_claim_in_every_state(order, now, verb):
    """P28."""
    one = claimed(order)
    bend(one, status=now, decided_by=officer(), **dressed(now))
    do, ends = VERBS[verb]
    before = ClaimEvent.objects.count()
    if now in ends:
        do(one)
    else:
        assert refused(lambda: do(one))
        one.refresh_from_db()
        assert (one.status, ClaimEvent.objects.count()) == (now, before)


@pytest.mark.parametrize("now", list(ClaimStatus))
def test_the_code_and_the_database_hold_the_same_table(order, now):
    """P28."""
    one = claimed(order)
    bend(one, status=now, decided_by=officer(), **dressed(now))
    for then in set(ClaimStatus) - {now}:
        try:
            with transaction.atomic():
                Claim.objects.filter(pk=one.pk).update(status=then, **dressed(then))
                transaction.set_rollback(True)
        except IntegrityError:
            taken = False
        else:
            taken = True
        assert taken == (then in CLAIM_NEXT[now]), (now, then)


def test_every_state_kind_and_answer_has_its_words():
    assert set(CLAIM_STATUSES) == set(ClaimStatus) == set(CLAIM_NEXT)
    assert (set(KINDS), set(ANSWERS)) == (set(Kind), set(Answer))
