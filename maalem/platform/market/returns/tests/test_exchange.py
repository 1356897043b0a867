"""An exchange: one thing for another of its kind, put aside, sent, or money after all."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from maalem.platform.ground.jobs.testing import drain
from maalem.platform.ground.notices.models import Message
from maalem.platform.ground.people.models import Person
from maalem.platform.market.catalog.models import Variant
from maalem.platform.market.orders import links
from maalem.platform.market.orders.parts import left_of
from maalem.platform.market.orders.tests.bending import bend
from maalem.platform.market.returns.actions import announce, exchange, settle
from maalem.platform.market.returns.models import Event, Return, ReturnLine
from maalem.platform.market.returns.states import Refused
from maalem.platform.market.returns.tests.fixtures import delivered, moved, officer
from tests.cast import BUYER, POTTER

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(world):
    found = delivered(world)
    drain()
    return found


@pytest.fixture
def blue(world):
    """The same tagine in blue: three of them."""
    return Variant.objects.create(
        product_id=world.tagine.product_id,
        sku="BLUE",
        label={"fr": "Bleu", "ar": "أزرق", "en": "Blue"},
        price_minor=world.tagine.price_minor,
        on_hand=3,
    )


def on_hand(variant) -> int:
    return Variant.objects.get(pk=variant.pk).on_hand


def asked(order, variant, *, pieces: int = 1, seen: int = 0) -> Return:
    line = order.lines.get()
    return announce.announce(
        order.number,
        wanted={line.pk: pieces},
        reason="other_colour",
        seen=seen,
        instead=variant.pk,
    )


def refused(verb) -> str:
    with pytest.raises(Refused) as no, transaction.atomic():
        verb()
    return no.value.code


def test_the_blue_one_is_put_aside_sent_and_no_money_moves(world, order, blue):
    back = asked(order, blue)
    assert on_hand(blue) == 2, "nobody else buys it meanwhile"
    announce.send(back.number, carrier="La Poste", tracking="LB1")
    before = on_hand(world.tagine)
    exchange.agree(back.number, by="potter", on_shelf=True)
    assert on_hand(world.tagine) == before + 1
    exchange.replace(back.number, carrier="Amana", tracking="AM42", by="potter")
    drain()
    back.refresh_from_db()
    assert (back.status, back.amount_minor, back.given, back.reversal) == (
        "exchanged",
        None,
        None,
        None,
    )
    assert (back.replaced_carrier, back.replaced_tracking) == ("Amana", "AM42")
    assert left_of(order) == order.total_minor
    assert on_hand(blue) == 2
    assert moved(world.bank, number=back.number) == ([], [])
    assert [one.event for one in Event.objects.order_by("pk")] == [
        "announced",
        "sent",
        "exchanging",
        "exchanged",
    ]


def test_each_verb_said_twice_is_once(order, blue):
    back = asked(order, blue)
    assert asked(order, blue).pk == back.pk
    for _ in range(2):
        exchange.agree(back.number, by="potter", on_shelf=False)
    for _ in range(2):
        exchange.replace(back.number, carrier="", tracking="", by="potter")
    assert on_hand(blue) == 2
    assert Event.objects.count() == 3


def test_what_is_kept_after_all_goes_back_to_the_shelf(order, blue):
    back = asked(order, blue, pieces=2)
    assert on_hand(blue) == 1
    announce.take_back(back.number)
    announce.take_back(back.number)
    assert on_hand(blue) == 3


@pytest.mark.parametrize("at", ["announced", "exchanging"])
def test_the_workshop_may_give_the_money_instead(world, order, blue, at):
    back = asked(order, blue)
    if at == "exchanging":
        exchange.agree(back.number, by="potter", on_shelf=True)
    shelf = on_hand(world.tagine)
    settle.accept(back.number, by="potter", on_shelf=at == "announced")
    drain()
    back.refresh_from_db()
    assert (back.status, back.amount_minor) == ("accepted", order.lines.get().unit_price_minor)
    assert on_hand(blue) == 3
    assert on_hand(world.tagine) == shelf + (at == "announced"), "once on the shelf"
    assert back.is_on_shelf
    assert sum(moved(world.bank, number=back.number)[0]) == back.amount_minor


def test_what_does_not_leave_in_time_is_money_if_she_wants_it(world, order, blue):
    back = asked(order, blue)
    exchange.agree(back.number, by="potter", on_shelf=False)
    assert refused(lambda: exchange.money_instead(back.number)) == "not_yet"
    late = timezone.localdate() - timedelta(days=1)
    Return.objects.filter(pk=back.pk).update(replace_by=late)
    exchange.money_instead(back.number)
    drain()
    back.refresh_from_db()
    assert back.status == "accepted"
    assert on_hand(blue) == 3
    assert (
        refused(lambda: exchange.replace(back.number, carrier="", tracking="", by="p")) == "moved"
    )
    assert refused(lambda: exchange.money_instead(back.number)) == "moved"


def test_what_an_officer_decides_is_money_and_the_other_goes_back_to_the_shelf(order, blue):
    back = asked(order, blue)
    settle.contest(back.number, found="Ébréché.", by="potter")
    assert refused(lambda: exchange.agree(back.number, by="potter", on_shelf=False)) == "moved"
    settle.decide_amount(back.number, amount_minor=100, verdict="Partagé.", by=officer())
    assert on_hand(blue) == 3


def test_only_the_same_thing_at_the_same_price_that_is_there_can_be_had(world, order, blue):
    line = order.lines.get()
    dear = Variant.objects.create(
        product_id=world.tagine.product_id, sku="DEAR", price_minor=99_000, on_hand=5
    )
    assert refused(lambda: asked(order, dear)) == "not_instead"
    assert refused(lambda: asked(order, world.carpet)) == "not_instead"
    Variant.objects.filter(pk=blue.pk).update(on_hand=1)
    assert refused(lambda: asked(order, blue, pieces=2)) == "none_left"
    assert on_hand(blue) == 1
    assert not Return.objects.exists()
    plain = announce.announce(order.number, wanted={line.pk: 1}, reason="other_colour")
    assert refused(lambda: exchange.agree(plain.number, by="potter", on_shelf=False)) == "moved"


def test_the_database_refuses_another_kind_and_a_rewritten_end(world, order, blue):
    line = order.lines.get()
    back = Return(
        number="X-R1",
        order=order,
        artisan_id=order.artisan_id,
        reason="other_size",
        refund_by=timezone.localdate(),
        instead=world.carpet,
    )
    with transaction.atomic():
        back.save()
        with pytest.raises(IntegrityError, match="another kind"), transaction.atomic():
            ReturnLine.objects.create(back=back, line=line, quantity=1)
        transaction.set_rollback(True)
    done = asked(order, blue)
    exchange.agree(done.number, by="potter", on_shelf=False)
    exchange.replace(done.number, carrier="", tracking="", by="potter")
    for change in ({"replaced_tracking": "other"}, {"instead": world.tagine}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Return.objects.filter(pk=done.pk).update(**change)


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_both_live_it_through_their_pages(client, world, order, blue, language):
    group = order.group
    start = f"/{language}/returns/{group.number}/{links.mark(group.number)}/of/{order.number}/"
    page = client.get(start)
    assert f'value="{blue.pk}"' in page.content.decode()
    line = order.lines.get()
    sent = {
        f"line-{line.pk}": "1",
        "reason": "other_colour",
        "instead": str(blue.pk),
        "seen": "0",
    }
    page = client.post(start, sent, follow=True)
    assert page.status_code == 200
    back = Return.objects.get()
    potter = type(client)()
    potter.force_login(Person.objects.get(phone=POTTER.phone))
    desk = f"/{language}/studio/returns/{back.number}/"
    assert f"{desk}exchange/" in potter.get(desk).content.decode()
    assert potter.post(f"{desk}exchange/", {"on_shelf": "yes"}).status_code == 302
    assert f"{desk}replaced/" in potter.get(desk).content.decode()
    hers = f"/{language}/returns/{group.number}/{links.mark(group.number)}/{back.number}/"
    assert f"{hers}money/" not in client.get(hers).content.decode()
    Return.objects.filter(pk=back.pk).update(replace_by=timezone.localdate() - timedelta(days=1))
    assert f"{hers}money/" in client.get(hers).content.decode()
    assert potter.post(f"{desk}replaced/", {"tracking": "AM42"}).status_code == 302
    assert "AM42" in client.get(hers).content.decode()
    assert "AM42" in potter.get(desk).content.decode()
    drain()
    told = Message.objects.filter(phone=BUYER.phone, kind="return_buyer")
    assert told.count() == 3


def test_it_can_not_be_asked_for_too_late_and_a_strange_id_is_told(client, order, blue):
    group = order.group
    start = f"/fr/returns/{group.number}/{links.mark(group.number)}/of/{order.number}/"
    line = order.lines.get()
    sent = {f"line-{line.pk}": "1", "reason": "other_colour", "instead": "999999", "seen": "0"}
    page = client.post(start, sent)
    assert page.status_code == 422
    assert "du même genre" in page.content.decode()
    bend(order, delivered_at=timezone.now() - timedelta(days=60))
    assert refused(lambda: asked(order, blue)) == "too_late"
    assert on_hand(blue) == 3
