"""The book of a co-operative: every released centime is somebody's, once, and stays written."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from django.utils import timezone

from maalem.platform.craft.artisans.models import Maker
from maalem.platform.market.makers.actions import book
from maalem.platform.market.makers.actions.publish import publish
from maalem.platform.market.makers.models import Entry, Rule
from maalem.platform.market.makers.states import Refused
from maalem.platform.market.makers.tests.fixtures import (
    named,
    released,
    reversed_,
    rule,
    two_makers,
)
from maalem.platform.market.orders.models import Release


def _check() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _write(world, release: Release, *, short: int = 0, maker: Maker | None = None) -> None:
    Entry.objects.create(
        artisan=world.weaver,
        release=release,
        maker=maker,
        amount_minor=release.amount_minor - short,
    )
    _check()


def _sum() -> int:
    return Entry.objects.aggregate(all=Sum("amount_minor"))["all"]


@pytest.fixture
def makers(world) -> list[Maker]:
    return two_makers(world)


def test_a_release_is_shared_once_by_the_rule(world, makers):
    rule(world, 7_000, 1_000, 2_000)
    release = released(world)
    assert book.catch_up() == 1
    assert book.catch_up() == 0
    assert not book.share(release.pk)
    _check()
    parts = dict(Entry.objects.values_list("maker", "amount_minor"))
    assert sum(parts.values()) == release.amount_minor
    assert parts[makers[0].pk] > parts[makers[1].pk] > 0
    assert parts[None] > 0


def test_each_release_is_shared_and_not_each_order(world, makers):
    rule(world, 10_000, 0, 0)
    first, second = (released(world, carpet=1), released_again(world))
    assert book.catch_up() == 2
    assert _sum() == first.amount_minor + second.amount_minor


def released_again(world) -> Release:
    world.carpet = world.thing(world.weaver, "Un autre tapis", price=99_999)
    return released(world, carpet=1)


def test_who_is_not_active_shares_no_more_but_earns_by_her_own_piece(world, makers):
    rule(world, 5_000, 0, 5_000)
    Maker.objects.filter(pk=makers[0].pk).update(is_active=False)
    release = released(world)
    book.catch_up()
    parts = dict(Entry.objects.values_list("maker", "amount_minor"))
    assert parts[makers[0].pk] + parts[makers[1].pk] == release.amount_minor
    assert abs(parts[makers[0].pk] - parts[makers[1].pk]) <= 1


def test_without_a_rule_the_fund_has_it(world, makers):
    release = released(world)
    book.share(release.pk)
    assert list(Entry.objects.values_list("maker", "amount_minor")) == [
        (None, release.amount_minor)
    ]


def test_a_rule_that_begins_after_the_sale_does_not_touch_it(world, makers):
    owner = world.weaver.memberships.get().person
    tomorrow = timezone.localdate() + timedelta(days=1)
    publish(world.weaver, begins_on=tomorrow, maker_bps=10_000, fund_bps=0, equal_bps=0, by=owner)
    book.share(released(world).pk)
    assert list(Entry.objects.values_list("maker", flat=True)) == [None]


def test_what_is_taken_back_leaves_nothing_and_not_less(world, makers):
    rule(world, 7_000, 1_000, 2_000)
    release = released(world)
    reversed_(release, amount_minor=777, key="one")
    assert book.catch_up() == 2
    assert _sum() == release.amount_minor - 777
    reversed_(release, amount_minor=release.amount_minor - 777, key="two")
    assert book.catch_up() == 1
    assert book.catch_up() == 0
    _check()
    assert _sum() == 0
    assert {
        row["stands"]
        for row in Entry.objects.order_by().values("maker").annotate(stands=Sum("amount_minor"))
    } == {0}


def test_an_artisan_alone_has_no_book(world):
    released(world)
    assert book.catch_up() == 0


def test_the_database_refuses_a_sum_that_is_short(world, makers):
    release = released(world)
    with pytest.raises(IntegrityError, match="do not add up"), transaction.atomic():
        _write(world, release, short=1)


def test_the_database_refuses_a_maker_of_somebody_else(world, makers):
    release = released(world)
    stranger = Maker.objects.create(artisan=world.potter, name=named("Omar"))
    with pytest.raises(IntegrityError, match="not of the seller"), transaction.atomic():
        _write(world, release, maker=stranger)


def test_the_database_keeps_what_is_written(world, makers):
    published = rule(world, 5_000, 5_000, 0)
    book.share(released(world).pk)
    _check()
    with pytest.raises(IntegrityError, match="kept"), transaction.atomic():
        Entry.objects.update(amount_minor=1)
    with pytest.raises(IntegrityError, match="kept"), transaction.atomic():
        Rule.objects.filter(pk=published.pk).update(maker_bps=0, fund_bps=10_000)


def test_a_maker_of_whom_something_was_sold_stays(world, makers):
    released(world)
    with pytest.raises(IntegrityError, match="stays"), transaction.atomic():
        makers[0].delete()
    makers[1].delete()


@pytest.mark.parametrize(
    ("days", "parts", "code"),
    [
        (-1, (10_000, 0, 0), "past"),
        (400, (10_000, 0, 0), "too_far"),
        (0, (5_000, 4_000, 999), "not_whole"),
        (0, (11_000, -1_000, 0), "not_whole"),
    ],
)
def test_a_rule_that_can_not_be_is_refused(world, makers, days, parts, code):
    with pytest.raises(Refused, match=code):
        publish(
            world.weaver,
            begins_on=timezone.localdate() + timedelta(days=days),
            maker_bps=parts[0],
            fund_bps=parts[1],
            equal_bps=parts[2],
            by=world.weaver.memberships.get().person,
        )


def test_the_database_itself_refuses_a_rule_for_the_past(world, makers):
    with pytest.raises(IntegrityError, match="in the past"), transaction.atomic():
        Rule.objects.create(
            artisan=world.weaver,
            begins_on=timezone.localdate() - timedelta(days=1),
            maker_bps=10_000,
            fund_bps=0,
            equal_bps=0,
            by=world.weaver.memberships.get().person,
        )


def test_the_same_rule_sent_twice_is_one(world, makers):
    assert rule(world, 5_000, 5_000, 0) == rule(world, 5_000, 5_000, 0)
    assert rule(world, 6_000, 4_000, 0).pk != rule(world, 5_000, 5_000, 0).pk


def test_an_artisan_alone_publishes_no_rule(world):
    with pytest.raises(Refused, match="not_a_cooperative"):
        rule(world, 10_000, 0, 0)
