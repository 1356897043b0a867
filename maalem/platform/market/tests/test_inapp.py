"""What the rooms of the market tell is read in the app by whoever signs in, and by nobody else."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from maalem.platform.ground.jobs.testing import drain
from maalem.platform.ground.notices import inapp
from maalem.platform.ground.notices.models import Message, Notice
from maalem.platform.ground.people.models import Person
from maalem.platform.market.assistance.tests.village import agent, given
from maalem.platform.market.checkout.actions.pay import place
from maalem.platform.market.orders import links
from maalem.platform.market.orders.actions import attempts, tell
from maalem.platform.market.orders.actions.parcels import dispatch
from maalem.platform.market.orders.models import Order, PaymentAttempt
from maalem.platform.market.reviews.tests.fixtures import delivered, reviewed
from tests.cast import BUYER, POTTER, WEAVER

pytestmark = pytest.mark.django_db
LANGUAGES = ("fr", "ar", "en")


@pytest.fixture
def claire(db):
    return Person.objects.create_user(email=BUYER.email, name=BUYER.name)


@pytest.fixture
def bought(world, claire):
    """Claire was signed in when she bought the carpet and the tagines."""
    cart = world.cart()
    world.address(cart)
    group = place(cart=cart, agreed=world.agreed(cart), language="fr", person=claire)
    attempts.payment_page(group.number)
    attempt = PaymentAttempt.objects.get(group=group, status="open")
    world.bank.pay(attempt.session)
    attempts.look(attempt)
    drain()
    group.refresh_from_db()
    return group


def of(person):
    return Notice.objects.filter(person=person).order_by("pk")


def test_a_buyer_who_was_signed_in_reads_of_her_order_in_any_language(bought, claire, client):
    (notice,) = of(claire)
    assert notice.kind == "order_paid"
    client.force_login(claire)
    for language in LANGUAGES:
        with translation.override(language):
            assert bought.number in notice.text
            way = links.path(bought.number)
        assert client.get(f"/{language}/notices/{notice.pk}/").url == way
        assert client.get(way).status_code == 200


def test_a_guest_and_her_number_keep_nothing_in_the_app(world):
    world.paid()
    drain()
    sellers = {one.person.phone for one in Notice.objects.select_related("person")}
    assert sellers == {WEAVER.phone, POTTER.phone}
    assert Message.objects.filter(kind="order_paid").count() > 0


def test_a_seller_reads_her_sale_and_goes_to_it(bought, world, client):
    fadma = world.weaver.memberships.get().person
    (notice,) = of(fadma)
    assert notice.kind == "seller_sold"
    order = Order.objects.get(group=bought, artisan=world.weaver)
    with translation.override("en"):
        assert order.number in notice.text
        assert "Tapis de Taznakht" in notice.text
        assert "1 x " in notice.text
    client.force_login(fadma)
    page = client.get(f"/en/notices/{notice.pk}/", follow=True)
    assert page.redirect_chain == [(f"/en/studio/orders/{order.number}/", 302)]
    assert page.status_code == 200


def test_no_words_hold_an_address_and_all_are_in_three_languages(bought, world, claire):
    dispatch(Order.objects.filter(group=bought).first().number, by="Fadma")
    reviewed(delivered(world, tagine=1))
    drain()
    kinds = set()
    for notice in Notice.objects.all():
        kinds.add(notice.kind)
        assert sorted(notice.words) == sorted(LANGUAGES), notice.kind
        assert len(set(notice.words.values())) == 3, notice.kind
        assert "http" not in "".join(notice.words.values()), notice.kind
        assert notice.path, notice.kind
    assert {"order_paid", "seller_sold", "order_dispatched", "review_new"} <= kinds


def test_a_job_that_runs_again_keeps_nothing_twice(bought, world):
    before = Notice.objects.count()
    tell.say("paid", number=bought.number)
    assert Notice.objects.count() == before


def test_the_code_of_an_agent_is_not_in_the_app(world):
    given(agent())
    assert Message.objects.filter(kind="assistance_code").count() == 1
    assert not Notice.objects.filter(kind="assistance_code").exists()


def test_an_agent_in_her_workshop_sees_no_bell(world, client):
    rachid = agent()
    client.force_login(rachid)
    assert 'class="bell"' in client.get("/fr/account/").content.decode()
    consent = given(rachid)
    session = client.session
    session["assisting"] = consent.pk
    session.save()
    page = client.get("/fr/studio/").content.decode()
    assert "Fadma" in page
    assert 'class="bell"' not in page


def test_pages_of_the_shop_ask_nothing_about_notices(bought, claire, client, world):
    slug = world.tagine.product.slug
    for signed_in in (False, True):
        if signed_in:
            client.force_login(claire)
        for path in ("/fr/", f"/fr/products/{slug}/", "/fr/cart/", links.path(bought.number)):
            with CaptureQueriesContext(connection) as found:
                page = client.get(path)
            assert page.status_code == 200
            assert not [one for one in found.captured_queries if "notices_" in one["sql"]], path


def test_the_bell_is_on_the_workshops_pages_and_counts_hers(bought, world, client):
    fadma = world.weaver.memberships.get().person
    client.force_login(fadma)
    shown = '<bdi class="bell__count">1</bdi>'
    for path in ("", "pieces/", "money/", "reviews/"):
        assert shown in client.get(f"/fr/studio/{path}").content.decode(), path
    inapp.read_all(person_id=fadma.pk, up_to=of(fadma).get().pk)
    assert "bell__count" not in client.get("/fr/studio/").content.decode()
