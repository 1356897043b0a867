"""A return from the buyer's word to the money: who may do what, when, and what it is worth."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from maalem.platform.craft.artisans.models import Membership
from maalem.platform.ground.jobs.testing import drain
from maalem.platform.market.catalog.models import Variant
from maalem.platform.market.orders.actions import finish
from maalem.platform.market.orders.actions.goodwill import give_back, owe
from maalem.platform.market.orders.models import Alert, Goodwill, OrderLine, Release, Reversal
from maalem.platform.market.orders.parts import left_of
from maalem.platform.market.orders.tests.bending import bend
from maalem.platform.market.returns import decide, rules
from maalem.platform.market.returns.actions import announce, settle
from maalem.platform.market.returns.models import MOST_RETURNS, Event, Return, ReturnLine
from maalem.platform.market.returns.states import RETURN_NEXT, Refused, ReturnStatus
from maalem.platform.market.returns.tests.fixtures import announced, delivered, moved, officer
from maalem.platform.market.returns.words import REASONS, REFUSALS, STATUSES


def refused(verb) -> str:
    with pytest.raises(Refused) as no, transaction.atomic():
        verb()
    assert no.value.code in REFUSALS
    return no.value.code


def patience_is_over():
    for model in (Goodwill, Reversal):
        model.objects.update(asked_at=timezone.now() - timedelta(minutes=5))


@pytest.fixture
def order(world):
    order = delivered(world)
    drain()
    return order


def test_a_whole_parcel_goes_back_and_every_side_has_what_it_had_before(world, order):
    """P13: the buyer has all she paid, the seller gives all she was handed, the commission and
    its tax are given up, and the pieces are on the shelf again."""
    back = announced(order)
    assert (back.number, back.status) == (f"{order.number}-R1", "announced")
    assert back.refund_by == timezone.localdate() + timedelta(days=15)
    before = Variant.objects.get(pk=world.tagine.pk).on_hand
    settle.accept(back.number, by="potter", on_shelf=True)
    drain()
    assert moved(world.bank, number=back.number) == ([order.total_minor], [order.seller_net_minor])
    assert left_of(order) == 0
    assert Variant.objects.get(pk=world.tagine.pk).on_hand == before + 2
    back.refresh_from_db()
    assert (back.given.status, back.reversal.status) == ("done", "done")
    assert [one.event for one in Event.objects.all()] == ["announced", "accepted"]


def test_in_parts_it_is_to_the_centime_what_it_is_at_once(world, order):
    for seen in (0, 1):
        back = announced(order, pieces=1, seen=seen)
        settle.accept(back.number, by="potter", on_shelf=False)
    drain()
    first, second = Return.objects.order_by("pk")
    line = order.lines.get()
    assert first.amount_minor == line.unit_price_minor, "the delivery goes back with the last piece"
    assert first.amount_minor + second.amount_minor == order.total_minor
    assert first.share_minor + second.share_minor == order.seller_net_minor


def test_the_sellers_share_is_there_before_the_buyer_is_given_the_whole(world, order):
    """Else a platform with nothing of its own is told that its balance is too small."""
    settle.accept(announced(order).number, by="potter", on_shelf=True)
    drain()
    asked = [call[0][0] for key, call in world.bank._replies.items() if key.startswith("return-")]
    assert asked == ["reverse_transfer", "create_refund"]


def test_what_stays_off_the_shelf_stays_off(world, order):
    before = Variant.objects.get(pk=world.tagine.pk).on_hand
    settle.accept(announced(order).number, by="potter", on_shelf=False)
    assert Variant.objects.get(pk=world.tagine.pk).on_hand == before


def test_each_verb_said_twice_is_once(world, order):
    assert announced(order).pk == announced(order).pk
    (back,) = Return.objects.all()
    for _ in range(2):
        announce.send(back.number, carrier="La Poste", tracking="LB123")
    for _ in range(2):
        settle.accept(back.number, by="potter", on_shelf=True)
    drain()
    drain()
    assert moved(world.bank, number=back.number) == ([order.total_minor], [order.seller_net_minor])
    assert Event.objects.count() == 3


def test_days_are_counted_from_the_delivery(order):
    days = rules.in_force(timezone.localdate()).days
    bend(order, delivered_at=timezone.now() - timedelta(days=days))
    announced(order, pieces=1)
    bend(order, delivered_at=timezone.now() - timedelta(days=days + 1))
    assert refused(lambda: announced(order, pieces=1, seen=1)) == "too_late"


def test_what_was_made_to_order_or_never_arrived_or_is_away_stays(world, order):
    line = order.lines.get()
    assert refused(lambda: announced(order, pieces=3)) == "too_many"
    announced(order, pieces=2)
    assert refused(lambda: announced(order, pieces=1)) == "changed_meanwhile"
    assert refused(lambda: announced(order, pieces=1, seen=1)) == "too_many"
    none = {line.pk: 0}
    assert refused(
        lambda: announce.announce(order.number, wanted=none, reason="too_late", seen=1)
    ) == ("nothing_chosen")
    assert refused(lambda: announce.announce(order.number, wanted={}, reason="no")) == "reason"
    other = world.paid(world.cart(tagine=1)).orders.get()
    assert refused(lambda: announced(other)) == "not_delivered"
    made = delivered(world, carpet=1)
    bend(made.lines.get(), snapshot={**made.lines.get().snapshot, "supply": "made_to_order"})
    assert refused(lambda: announced(made)) == "made_to_order"


def test_a_buyer_keeps_it_until_the_workshop_has_it(order):
    back = announced(order)
    assert announce.take_back(back.number).status == "withdrawn"
    assert announce.take_back(back.number).status == "withdrawn"
    again = announced(order, seen=1)
    assert again.number.endswith("-R2"), "what she kept can go back another time"
    settle.contest(again.number, found="Cassé", by="potter")
    assert refused(lambda: announce.take_back(again.number)) == "received"


@pytest.mark.parametrize("amount", [0, 1, 10_001, "all"])
def test_an_officer_gives_a_part_and_the_seller_gives_her_share_of_just_that(world, order, amount):
    back = announced(order)
    settle.contest(back.number, found="Le couvercle est cassé", by="potter")
    drain()
    assert not Goodwill.objects.exists(), "money waits for the officer"
    amount = order.total_minor if amount == "all" else amount
    settle.decide_amount(back.number, amount_minor=amount, verdict="Un éclat.", by=officer())
    drain()
    back.refresh_from_db()
    assert back.status == "decided"
    assert back.amount_minor == amount
    share = (amount * order.seller_net_minor * 2 + order.total_minor) // (2 * order.total_minor)
    assert back.share_minor == share
    given = ([amount] if amount else [], [share] if share else [])
    assert moved(world.bank, number=back.number) == given


def test_an_officer_decides_what_waits_for_her_and_not_about_her_own(world, order):
    back, by = announced(order), officer()

    def judge(amount=0, words="Parce que."):
        settle.decide_amount(back.number, amount_minor=amount, verdict=words, by=by)

    assert refused(judge) == "not_yet"
    bend(back, refund_by=timezone.localdate())
    assert refused(judge) == "not_yet", "on the day itself the workshop may still answer"
    bend(back, refund_by=timezone.localdate() - timedelta(days=1))
    assert refused(lambda: judge(order.total_minor + 1)) == "amount"
    assert refused(lambda: judge(-1)) == "amount"
    assert refused(lambda: judge(words=" ")) == "empty"
    mine = Membership.objects.create(person=by, artisan=world.potter)
    assert refused(judge) == "own_workshop"
    mine.delete()
    judge()
    assert refused(judge) == "moved"


def test_what_an_officer_gave_before_is_not_given_again(order):
    give_back(order.number, amount_minor=10_000, key="k", by="officer")
    back = announced(order)
    settle.accept(back.number, by="potter", on_shelf=False)
    back.refresh_from_db()
    assert back.amount_minor == order.total_minor - 10_000
    assert back.share_minor < order.seller_net_minor
    assert left_of(order) == 0


def test_the_buyers_money_does_not_wait_for_the_sellers(world):
    """Delivered, but not released: the buyer is paid at once, the seller gives what she has got."""
    order = delivered(world)
    accounts, world.bank.accounts = world.bank.accounts, {}
    back = announced(order)
    settle.accept(back.number, by="potter", on_shelf=False)
    drain()
    back.refresh_from_db()
    assert Release.objects.get().status == "refused"
    assert (back.given.status, back.reversal.status) == ("done", "requested")
    assert "reverse_transfer" not in world.bank.asked
    with pytest.raises(IntegrityError, match="not handed over"), transaction.atomic():
        Reversal.objects.update(status="done", answer="trr_1", done_at=timezone.now())
    world.bank.accounts = accounts
    Release.objects.update(asked_at=timezone.now() - timedelta(minutes=5))
    finish.ask_again()
    finish.ask_again()
    assert Reversal.objects.get().status == "done"
    assert moved(world.bank, number=back.number) == ([order.total_minor], [order.seller_net_minor])


@pytest.mark.parametrize("trouble", ["down", "silent", "lost"])
def test_what_is_not_answered_is_asked_again_and_moves_once(world, order, trouble):
    back = announced(order)
    settle.accept(back.number, by="potter", on_shelf=False)
    world.bank.trouble = trouble
    drain()
    back.refresh_from_db()
    assert (back.given.status, back.reversal.status) == ("unknown", "unknown")
    world.bank.trouble = ""
    patience_is_over()
    finish.ask_again()
    back.refresh_from_db()
    assert (back.given.status, back.reversal.status) == ("done", "done")
    assert moved(world.bank, number=back.number) == ([order.total_minor], [order.seller_net_minor])


def test_a_refusal_is_shown_to_a_person_and_asked_again_under_the_next_key(world, order):
    back = announced(order)
    settle.accept(back.number, by="potter", on_shelf=False)
    (intent,) = world.bank.intents.values()
    world.bank.intents[intent.id] = replace(intent, received_minor=0)
    drain()
    back.refresh_from_db()
    assert (back.given.status, back.given.refusals) == ("unknown", 1)
    assert left_of(order) == 0, "it is owed, refused or not"
    assert Alert.objects.get(kind="goodwill_refused").settled_at is None
    world.bank.intents[intent.id] = intent
    patience_is_over()
    finish.ask_again()
    assert Goodwill.objects.get().answer.startswith("re_")
    assert f"return-{back.number}-buyer-1" in world.bank._replies


def test_the_database_gives_back_no_more_than_was_paid_or_handed_over(order):
    rest = {"key": "k", "by": "x", "note": ""}
    for more in (
        {"amount_minor": 0, "share_minor": order.seller_net_minor + 1},
        {"amount_minor": order.total_minor + 1, "share_minor": 0},
    ):
        with pytest.raises(ValueError, match="1 more than is left"), transaction.atomic():
            owe(order, **more, **rest)
    release = order.releases.get()
    with pytest.raises(IntegrityError, match="than release"), transaction.atomic():
        Reversal.objects.create(release=release, key="k", amount_minor=release.amount_minor + 1)
    asked = {"order": order, "payment": release.payment, "by": "x", "key": "k"}
    with pytest.raises(IntegrityError, match="more than payment"), transaction.atomic():
        Goodwill.objects.create(**asked, amount_minor=order.total_minor + 1)


def test_the_database_takes_no_more_pieces_than_were_bought(world, order):
    back = announced(order)
    line = order.lines.get()
    other = Return.objects.create(
        number="X-R1",
        order=order,
        artisan=order.artisan,
        reason="too_late",
        refund_by=timezone.localdate(),
    )
    with pytest.raises(IntegrityError, match="than was bought"), transaction.atomic():
        ReturnLine.objects.create(back=other, line=line, quantity=1)
    strange = delivered(world, carpet=1).lines.get()
    with pytest.raises(IntegrityError, match="can not go back"), transaction.atomic():
        ReturnLine.objects.create(back=other, line=strange, quantity=1)
    assert OrderLine.objects.count() == 2
    assert back.lines.get().quantity == 2


@pytest.mark.parametrize("now", list(ReturnStatus))
def test_the_code_and_the_database_hold_the_same_table(world, order, now):
    """P28."""
    back, by = announced(order), officer()
    bend(back, instead=world.tagine)
    every = {
        "received_at": timezone.now(),
        "replace_by": timezone.localdate(),
        "replaced_at": timezone.now(),
        "found": "x",
        "amount_minor": None,
        "share_minor": None,
        "settled_at": None,
        "verdict": "y",
        "decided_by": by,
    }
    settled = {"amount_minor": 0, "share_minor": 0, "settled_at": timezone.now()}

    def dressed(status):
        return {**every, **(settled if status in ("accepted", "decided") else {})}

    bend(back, status=now, **dressed(now))
    for then in ReturnStatus:
        try:
            with transaction.atomic():
                Return.objects.filter(pk=back.pk).update(status=then, **dressed(then))
                transaction.set_rollback(True)
        except IntegrityError:
            taken = False
        else:
            taken = True
        if then != now:
            assert taken == (then in RETURN_NEXT[now]), (now, then)


@pytest.mark.parametrize("model", [Return, ReturnLine, Event])
def test_nothing_of_a_return_is_deleted_and_history_stays(order, model):
    announced(order)
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.all()._raw_delete("default")
    with pytest.raises(IntegrityError), transaction.atomic():
        Event.objects.update(note="otherwise")
    with pytest.raises(IntegrityError), transaction.atomic():
        Return.objects.update(refund_by=timezone.localdate())


def test_every_state_and_reason_has_its_words():
    assert set(STATUSES) == set(ReturnStatus) == set(RETURN_NEXT)
    assert len(REASONS) == 5


def test_a_rule_is_the_one_of_its_day():
    (rule,) = rules.rules()
    assert rules.in_force(rule.starts_on) is rule
    with pytest.raises(rules.NoRule):
        rules.in_force(rule.starts_on - timedelta(days=1))
    assert not rule.is_verified


def test_a_commission_of_nothing_is_given_up_too():
    line = decide.Line(pk=1, quantity=1, unit_minor=500, commission_minor=0)
    full = decide.worth({1: 1}, lines=[line], before={}, vat_minor=0, shipping_minor=0)
    assert full == decide.Sum(buyer_minor=500, seller_minor=500)
    assert decide.share_of(full, amount_minor=0) == 0


def test_nobody_announces_and_keeps_without_an_end(order):
    for seen in range(MOST_RETURNS):
        announce.take_back(announced(order, seen=seen).number)
    assert refused(lambda: announced(order, seen=MOST_RETURNS)) == "too_often"
