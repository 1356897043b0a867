"""What is given by hand: who may say what of it, tried from every state."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from maalem.platform.craft.artisans.models import Maker
from maalem.platform.ground.people.models import Person
from maalem.platform.market.makers.actions.hand import answer, say_handed
from maalem.platform.market.makers.actions.people import Told, add_maker, change_maker
from maalem.platform.market.makers.models import Handed
from maalem.platform.market.makers.queries import makers_of
from maalem.platform.market.makers.states import HANDED_NEXT, HandedStatus, Refused
from maalem.platform.market.makers.tests.fixtures import ITTO_PHONE, two_makers

S = HandedStatus
ROAD = {S.SAID: [], S.CONFIRMED: [S.CONFIRMED], S.DISPUTED: [S.DISPUTED], S.UNDONE: [S.UNDONE]}


@pytest.fixture
def itto(world) -> Maker:
    return two_makers(world)[0]


def give(world, maker: Maker, amount_minor: int = 80_000, **more) -> Handed:
    said = {"key": uuid4(), "on_day": timezone.localdate(), **more}
    by = world.weaver.memberships.get().person
    return say_handed(maker, amount_minor=amount_minor, by=by, **said)


@pytest.mark.parametrize("now", list(S))
@pytest.mark.parametrize("then", list(S))
def test_it_goes_only_where_the_table_and_the_database_say(world, itto, now, then):
    row = give(world, itto)
    by = row.by
    for step in ROAD[now]:
        answer(row.pk, then=step, by=by)
    if then in HANDED_NEXT[now] or then == now:
        assert answer(row.pk, then=then, by=by).status == then
        return
    with pytest.raises(Refused, match="moved"):
        answer(row.pk, then=then, by=by)
    with pytest.raises(IntegrityError), transaction.atomic():
        Handed.objects.filter(pk=row.pk).update(
            status=then.value, answered_by=by, answered_at=timezone.now()
        )


def test_the_same_said_twice_is_one(world, itto):
    key = uuid4()
    assert give(world, itto, key=key) == give(world, itto, key=key)
    assert Handed.objects.count() == 1


def test_a_day_to_come_and_nothing_are_refused(world, itto):
    with pytest.raises(Refused, match="to_come"):
        give(world, itto, on_day=timezone.localdate() + timedelta(days=1))
    for amount in (0, -1, 100_000_001):
        with pytest.raises(Refused, match="amount"):
            give(world, itto, amount)


def test_what_was_said_is_not_made_another_sum(world, itto):
    row = give(world, itto)
    with pytest.raises(IntegrityError, match="does not change"), transaction.atomic():
        Handed.objects.filter(pk=row.pk).update(amount_minor=1)
    with pytest.raises(IntegrityError, match="kept"), transaction.atomic():
        row.delete()


def test_a_maker_is_kept_under_her_names_and_once_by_her_telephone(world, itto):
    told = Told(latin=" Fadma  Aït\u202e ", arabic="فاطمة", phone="+212661000203")
    fadma = add_maker(world.weaver, told=told)
    assert fadma.name.data == {"fr": "Fadma Aït", "en": "Fadma Aït", "ar": "فاطمة"}
    assert fadma.position == 2
    with pytest.raises(Refused, match="phone_taken"):
        add_maker(world.weaver, told=Told(latin="X", arabic="", phone=ITTO_PHONE))
    with pytest.raises(Refused, match="no_name"):
        change_maker(fadma.pk, told=Told(latin=" \u200b", arabic=""))
    changed = change_maker(fadma.pk, told=Told(latin="", arabic="فاطمة", is_active=False))
    assert changed.name.data == {"ar": "فاطمة"}
    assert not changed.is_active


def test_a_maker_can_sign_in_though_she_never_signed_up_and_sees_nothing_before_a_code(world, itto):
    told = Told(latin="Zahra", arabic="", phone="+212661000204")
    zahra = add_maker(world.weaver, told=told)
    person = Person.objects.get(phone=told.phone)
    assert (person.name, person.has_usable_password()) == ("Zahra", False)
    assert makers_of(person) == []
    Person.objects.filter(pk=person.pk).update(phone_verified=True, name="Zahra Amzil")
    change_maker(zahra.pk, told=told)
    person.refresh_from_db()
    assert person.name == "Zahra Amzil", "what she calls herself stays"
    assert makers_of(person) == [zahra]


def test_an_artisan_alone_keeps_no_list(world):
    with pytest.raises(Refused, match="not_a_cooperative"):
        add_maker(world.potter, told=Told(latin="Omar", arabic=""))
