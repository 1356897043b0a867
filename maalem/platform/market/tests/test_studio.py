"""The artisan's pages: hers in full, nobody else's at all."""

import pytest
from django.utils import timezone

from maalem.platform.craft.artisans.models import Membership
from maalem.platform.ground.people.models import Person
from maalem.platform.market.orders.actions.asks import ask_release
from maalem.platform.market.orders.actions.parcels import confirm_delivery, dispatch
from maalem.platform.market.orders.models import Order
from maalem.platform.market.studio.models import KnownFigures
from maalem.platform.market.tests.world import artisan
from tests.cast import BUYER, CLERK, NOBODY, OFFICER, POTTER, WEAVER, Member

pytestmark = pytest.mark.django_db


def person(member: Member) -> Person:
    reach = {"phone": member.phone} if member is not BUYER else {"email": member.email}
    found, _ = Person.objects.get_or_create(**reach, defaults={"name": member.name})
    return found


@pytest.fixture
def visit(client):
    """Open a page as one of the cast."""

    def go(member, path="", *, post=None, language="fr"):
        client.force_login(person(member))
        url = f"/{language}/studio/{path}"
        return client.get(url) if post is None else client.post(url, post)

    return go


@pytest.fixture
def sold(world):
    """A carpet of the weaver's and two tagines of the potter's, paid by the buyer from Lyon."""
    group = world.paid()
    world.carpet_sale = Order.objects.get(group=group, artisan=world.weaver)
    world.tagine_sale = Order.objects.get(group=group, artisan=world.potter)
    return world


def text(page):
    assert page.status_code == 200
    return page.content.decode()


def test_the_weaver_sees_her_sale_and_what_to_do(sold, visit):
    page = text(visit(WEAVER))
    assert "Tapis de Taznakht" in page
    assert "Claire" in page
    assert "Lyon" in page
    assert "Martin" not in page
    assert "Tajine" not in page


def test_an_unpaid_order_is_no_sale(world, visit):
    group = world.placed()
    order = Order.objects.get(group=group, artisan=world.weaver)
    assert order.number not in text(visit(WEAVER))
    assert visit(WEAVER, f"orders/{order.number}/").status_code == 404


@pytest.mark.parametrize("member", [POTTER, CLERK, BUYER, OFFICER, NOBODY])
def test_nobody_else_sees_the_weavers_sale(sold, visit, member):
    if member is CLERK:
        artisan(CLERK, commune="azilal", trade="rugs", kind="cooperative")
    number = sold.carpet_sale.number
    assert visit(member, f"orders/{number}/").status_code == 404
    assert visit(member, f"orders/{number}/handed-over/", post={}).status_code == 404
    sold.carpet_sale.refresh_from_db()
    assert sold.carpet_sale.status == "to_prepare"
    for path in ("", "money/"):
        page = text(visit(member, path))
        assert number not in page
        assert "Tapis" not in page


@pytest.mark.parametrize("member", [BUYER, OFFICER, NOBODY])
@pytest.mark.parametrize("path", ["", "money/"])
def test_who_has_no_workshop_gets_a_kind_empty_page(sold, visit, member, path):
    page = text(visit(member, path))
    assert "Vous n’avez pas encore d’atelier ici" in page


@pytest.mark.parametrize("path", ["", "money/", "orders/M-1/"])
def test_a_stranger_is_asked_to_sign_in(client, db, path):
    page = client.get(f"/fr/studio/{path}")
    assert page.status_code == 302
    assert page.headers["Location"].startswith("/fr/account/login/?next=/fr/studio/")


@pytest.mark.parametrize("before", ["-1", "²", "٣", "9" * 18, "9" * 5_000])
def test_a_page_number_that_is_none_shows_the_newest_sales(sold, visit, before):
    assert visit(WEAVER, f"?before={before}").status_code == 200


def test_handing_over_tells_the_buyer_and_moves_the_sale(sold, visit):
    number = sold.carpet_sale.number
    post = {"carrier": "Amana", "tracking": "RR123456785MA"}
    done = visit(WEAVER, f"orders/{number}/handed-over/", post=post)
    assert done.headers["Location"] == f"/fr/studio/orders/{number}/"
    sold.carpet_sale.refresh_from_db()
    assert (sold.carpet_sale.status, sold.carpet_sale.tracking) == ("dispatched", "RR123456785MA")
    page = text(visit(WEAVER, f"orders/{number}/"))
    assert "RR123456785MA" in page
    again = visit(WEAVER, f"orders/{number}/handed-over/", post=post)
    assert again.status_code == 302


def test_a_sale_that_is_over_cannot_be_handed_over(sold, visit):
    number = sold.carpet_sale.number
    dispatch(number, by="test")
    confirm_delivery(number)
    visit(WEAVER, f"orders/{number}/handed-over/", post={})
    page = text(visit(WEAVER, f"orders/{number}/"))
    sold.carpet_sale.refresh_from_db()
    assert sold.carpet_sale.status == "delivered"
    assert BUYER.phone not in page.replace(" ", "")
    assert "République" not in page


def test_the_label_is_there_while_the_parcel_is(sold, visit):
    page = text(visit(WEAVER, f"orders/{sold.carpet_sale.number}/"))
    assert "12 rue de la République" in page
    assert "69001 Lyon" in page
    assert "France" in page


def test_get_does_not_hand_over(sold, visit):
    assert visit(WEAVER, f"orders/{sold.carpet_sale.number}/handed-over/").status_code == 405


def figures(page):
    """The centimes of Available and Pending, as the context has them."""
    money = page.context["money"]
    return money.available_minor, money.pending_minor


def test_money_is_pending_from_the_sale_to_the_day_it_is_available(sold, visit):
    net = sold.carpet_sale.seller_net_minor
    assert figures(visit(WEAVER, "money/")) == (0, net)
    dispatch(sold.carpet_sale.number, by="test")
    assert figures(visit(WEAVER, "money/")) == (0, net)
    confirm_delivery(sold.carpet_sale.number)
    assert figures(visit(WEAVER, "money/")) == (0, net)
    ask_release(f"release-{sold.carpet_sale.number}")
    assert figures(visit(WEAVER, "money/")) == (0, net)
    later = timezone.now() + sold.bank.settlement_delay
    sold.bank.now = lambda: later
    page = visit(WEAVER, "money/")
    assert figures(page) == (net, 0)
    assert f'href="/fr/studio/orders/{sold.carpet_sale.number}/"' in text(page)


def test_the_potters_money_is_not_the_weavers(sold, visit):
    mine, other = figures(visit(POTTER, "money/")), figures(visit(WEAVER, "money/"))
    assert mine == (0, sold.tagine_sale.seller_net_minor)
    assert other == (0, sold.carpet_sale.seller_net_minor)


def test_with_the_payment_service_down_sales_still_show_and_money_says_so(sold, visit):
    visit(WEAVER, "money/")
    assert KnownFigures.objects.get(artisan=sold.weaver).available_minor == 0
    sold.bank.trouble = "down"
    assert "Tapis de Taznakht" in text(visit(WEAVER))
    page = visit(WEAVER, "money/")
    assert "Le service de paiement ne répond pas" in text(page)
    assert figures(page) == (0, sold.carpet_sale.seller_net_minor)


def test_a_service_that_never_answered_makes_no_figure_up(sold, visit):
    sold.bank.trouble = "down"
    page = visit(WEAVER, "money/")
    assert page.context["money"].available_minor is None
    assert "Votre argent est en sécurité" in text(page)


def test_a_workshop_without_an_account_still_has_its_page(sold, visit):
    sold.weaver.payments_account = None
    sold.weaver.save()
    assert figures(visit(WEAVER, "money/")) == (0, sold.carpet_sale.seller_net_minor)


def test_who_has_two_workshops_may_switch_and_reach_no_third(sold, visit):
    Membership.objects.create(person=person(WEAVER), artisan=sold.potter, role="clerk")
    assert "Tapis" in text(visit(WEAVER))
    visit(WEAVER, "workshop/", post={"workshop": sold.potter.slug})
    page = text(visit(WEAVER))
    assert "Tajine" in page
    assert "Tapis" not in page
    third = artisan(CLERK, commune="azilal", trade="rugs", kind="cooperative")
    visit(WEAVER, "workshop/", post={"workshop": third.slug})
    assert "Tajine" in text(visit(WEAVER))


def test_a_link_to_a_sale_of_my_other_workshop_opens(sold, visit):
    Membership.objects.create(person=person(WEAVER), artisan=sold.potter, role="clerk")
    page = text(visit(WEAVER, f"orders/{sold.tagine_sale.number}/"))
    assert "Tajine" in page
    assert "Driss Serghini" in page


def url_list(sale):
    """Every address of the studio: the path, and the form where it takes one."""
    order = f"orders/{sale.number}/"
    return {
        "": None,
        "money/": None,
        order: None,
        f"{order}handed-over/": {},
        "workshop/": {"workshop": "fadma-ait-baha"},
    }


@pytest.mark.parametrize(
    ("member", "statuses"),
    [
        (WEAVER, [200, 200, 200, 302, 302]),
        (POTTER, [200, 200, 404, 404, 302]),
        (CLERK, [200, 200, 404, 404, 302]),
        (BUYER, [200, 200, 404, 404, 404]),
        (OFFICER, [200, 200, 404, 404, 404]),
        (NOBODY, [200, 200, 404, 404, 404]),
    ],
    ids=lambda value: value.name if isinstance(value, Member) else "",
)
def test_every_address_for_everybody(sold, visit, member, statuses):
    artisan(CLERK, commune="azilal", trade="rugs", kind="cooperative")
    pages = [visit(member, path, post=post) for path, post in url_list(sold.carpet_sale).items()]
    assert [page.status_code for page in pages] == statuses
    if member is not WEAVER:
        assert "Tapis" not in text(visit(member))


def test_who_leaves_a_workshop_sees_it_no_more(sold, visit):
    visit(WEAVER)
    Membership.objects.filter(artisan=sold.weaver).delete()
    assert "Tapis" not in text(visit(WEAVER))


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
@pytest.mark.parametrize("path", ["", "money/", "order"])
def test_every_page_speaks_three_languages(sold, visit, language, path):
    path = f"orders/{sold.carpet_sale.number}/" if path == "order" else path
    assert f'lang="{language}"' in text(visit(WEAVER, path, language=language))


def test_the_list_asks_the_same_number_of_questions_for_one_sale_and_for_many(
    sold, client, django_assert_num_queries
):
    client.force_login(person(POTTER))
    client.get("/fr/studio/")
    # Session, person, workshops, open sales, their lines, done sales, who waits for an answer, what
    # the workshop still lacks, and what the bell counts.
    with django_assert_num_queries(9):
        client.get("/fr/studio/")
    for _ in range(3):
        sold.paid(sold.cart(tagine=1))
    with django_assert_num_queries(9):
        page = client.get("/fr/studio/")
    assert len(page.context["sales"].to_prepare) == 4


def test_the_money_page_asks_few_questions(sold, client, django_assert_num_queries):
    client.force_login(person(WEAVER))
    client.get("/fr/studio/money/")
    # Session, person, workshops, two sums, remembering (lock, savepoint, write), held orders, the
    # bell.
    with django_assert_num_queries(11):
        client.get("/fr/studio/money/")


def test_after_signing_in_a_seller_lands_on_her_sales(sold, settings):
    from maalem.platform.market.studio.queries import landing

    assert landing(person(WEAVER)).endswith("/studio/")
    assert landing(person(NOBODY)) == ""
