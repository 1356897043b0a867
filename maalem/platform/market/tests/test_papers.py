"""Papers for a parcel, on the artisan's pages: what is missing, what she says, what is printed."""

import json

import pytest
from django.db import connection
from django.db.utils import IntegrityError
from django.test.utils import CaptureQueriesContext

from maalem.platform.market.catalog.models import Craft, Product
from maalem.platform.market.orders.actions.parcels import confirm_delivery, dispatch
from maalem.platform.market.orders.models import Order
from maalem.platform.market.shipping import hs
from maalem.platform.market.shipping.actions import classify, weigh
from maalem.platform.market.shipping.models import Classification
from maalem.platform.market.tests.test_studio import person, text
from maalem.platform.market.tests.world import words
from tests.cast import BUYER, CLERK, NOBODY, POTTER, WEAVER

pytestmark = pytest.mark.django_db


@pytest.fixture
def sale(world):
    """The weaver's carpet, of wool and knotted, paid by the buyer from Lyon."""
    Product.objects.filter(pk=world.carpet.product_id).update(
        materials=words("Laine de mouton"), technique=words("Nœud symétrique à la main")
    )
    group = world.paid()
    return Order.objects.get(group=group, artisan=world.weaver)


@pytest.fixture
def carpet(world):
    return Product.objects.get(pk=world.carpet.product_id)


@pytest.fixture
def visit(client, sale):
    """Open the parcel's papers as one of the cast."""

    def go(member, path="", *, post=None, language="fr"):
        client.force_login(person(member))
        url = f"/{language}/studio/orders/{sale.number}/papers/{path}"
        return client.get(url) if post is None else client.post(url, post)

    return go


def test_she_sees_a_code_with_its_reason_and_its_neighbours(visit):
    page = text(visit(WEAVER))
    assert "5701.10" in page
    assert "Tapis à points noués, de laine" in page
    assert "tapis · laine · noué" in page
    assert "Le chapitre 57" in page
    assert "C’est le nœud fait à la main" in page
    assert "5702.10" in page


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", "Tapis à points noués, de laine"),
        ("ar", "زرابي معقودة من الصوف"),
        ("en", "Knotted carpets of wool"),
    ],
)
def test_the_reason_is_in_her_language(visit, language, said):
    assert said in text(visit(WEAVER, language=language))


def test_what_is_missing_is_said_in_plain_words(visit, carpet):
    Product.objects.filter(pk=carpet.pk).update(weight_g=None)
    page = text(visit(WEAVER))
    assert "il manque son code douanier." in page
    # Her carpet was weighed when it was sold; the order knows it.
    assert "il manque son poids." not in page
    assert "form.pdf" not in page


def test_a_thing_that_nobody_weighed_asks_for_its_weight(world, client):
    world.light = world.thing(world.weaver, "Tapis noué de laine", price=90_000, weight_g=None)
    order = world.paid(world.cart(light=1)).orders.get()
    client.force_login(person(WEAVER))
    url = f"/fr/studio/orders/{order.number}/papers/"
    assert "il manque son poids." in text(client.get(url))
    client.post(f"{url}1/", {"p1-choice": "570110", "p1-weight_g": "4100"})
    product = Product.objects.get(pk=world.light.product_id)
    assert (product.hs_code, product.weight_g) == ("570110", 4_100)
    assert "il manque" not in text(client.get(url))


def test_she_confirms_the_suggested_code(visit, carpet):
    done = visit(WEAVER, "1/", post={"p1-choice": "570110"})
    assert done.status_code == 302
    carpet.refresh_from_db()
    assert carpet.hs_code == "570110"
    said = Classification.objects.get(product=carpet)
    assert (said.code, said.was, said.suggested) == ("570110", "", "570110")
    assert said.by == f"person:{person(WEAVER).pk}"
    page = text(visit(WEAVER))
    assert "Confirmé le" in page
    assert "form.pdf" in page
    visit(WEAVER, "1/", post={"p1-choice": "570110"})
    assert Classification.objects.count() == 1


def test_what_she_said_of_the_packed_parcel_stays_when_she_confirms(visit):
    done = visit(WEAVER, "1/?gross_g=4500&tracking=CP473124829MA", post={"p1-choice": "570110"})
    assert "?gross_g=4500&tracking=CP473124829MA#piece-1" in done.headers["Location"]


def test_a_code_that_came_with_the_thing_is_not_called_confirmed(visit, carpet):
    Product.objects.filter(pk=carpet.pk).update(hs_code="570110")
    page = text(visit(WEAVER))
    assert "Personne de l’atelier ne l’a encore confirmé" in page
    assert "form.pdf" in page


def test_what_she_types_counts_over_what_is_marked(visit, carpet):
    visit(WEAVER, "1/", post={"p1-choice": "570110", "p1-typed": "5702.10.00.90"})
    carpet.refresh_from_db()
    assert carpet.hs_code == "5702100090"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("tapis", "n’a que des chiffres"),
        ("5701", "six à dix chiffres"),
        ("770110", "Aucun chapitre"),
        ("741991", "n’a pas ce code"),
        ("", "Choisissez un code"),
    ],
)
def test_a_code_that_is_none_is_refused_in_her_words(visit, carpet, typed, said):
    page = text(visit(WEAVER, "1/", post={"p1-typed": typed}))
    assert said in page
    carpet.refresh_from_db()
    assert carpet.hs_code == ""


def test_a_code_that_was_not_offered_is_typed_and_not_marked(visit, carpet):
    assert "Choisissez un code" in text(visit(WEAVER, "1/", post={"p1-choice": "691200"}))


@pytest.mark.parametrize("weight", ["0", "-5", "1000001", "beaucoup"])
def test_a_weight_that_can_not_be_is_refused(visit, carpet, weight):
    before = carpet.weight_g
    page = visit(WEAVER, "1/", post={"p1-choice": "570110", "p1-weight_g": weight})
    assert page.status_code == 200
    carpet.refresh_from_db()
    assert (carpet.weight_g, carpet.hs_code) == (before, "")


@pytest.mark.parametrize("member", [POTTER, CLERK, BUYER, NOBODY])
def test_nobody_else_sees_or_says_anything(visit, carpet, member):
    for path in ("", "label.pdf", "declaration.json"):
        assert visit(member, path).status_code == 404
    assert visit(member, "1/", post={"p1-choice": "570110"}).status_code == 404
    carpet.refresh_from_db()
    assert carpet.hs_code == ""


def test_a_stranger_is_asked_to_sign_in(client, sale):
    for path in ("", "label.pdf"):
        page = client.get(f"/fr/studio/orders/{sale.number}/papers/{path}")
        assert page.status_code == 302
        assert "/account/login/" in page.headers["Location"]


def test_an_unpaid_parcel_has_no_papers(world, client):
    order = Order.objects.get(group=world.placed(), artisan=world.weaver)
    client.force_login(person(WEAVER))
    assert client.get(f"/fr/studio/orders/{order.number}/papers/").status_code == 404


def test_when_it_has_arrived_its_address_is_printed_no_more(visit, sale):
    dispatch(sale.number, by="test")
    assert visit(WEAVER).status_code == 200
    confirm_delivery(sale.number)
    assert visit(WEAVER).status_code == 302
    for path in ("label.pdf", "declaration.json"):
        assert visit(WEAVER, path).status_code == 404
    assert visit(WEAVER, "1/", post={"p1-choice": "570110"}).status_code == 404


def test_papers_that_lack_something_are_not_printed(visit):
    for path in ("form.pdf", "invoice-fr.pdf", "declaration.csv"):
        assert visit(WEAVER, path).status_code == 302
    assert visit(WEAVER, "label.pdf").status_code == 200


@pytest.mark.parametrize("path", ["form.pdf", "invoice-ar.pdf", "label.pdf"])
def test_each_paper_is_a_pdf_of_her_own(visit, carpet, path):
    classify(carpet.pk, code="570110", by="test")
    paper = visit(WEAVER, path + "?gross_g=4500&tracking=CP473124829MA")
    assert paper.content.startswith(b"%PDF-")
    assert paper.headers["Content-Type"] == "application/pdf"
    assert "no-store" in paper.headers["Cache-Control"]


def test_the_declaration_says_what_the_order_knows(visit, carpet, sale):
    classify(carpet.pk, code="570110", by="test")
    told = json.loads(
        visit(WEAVER, "declaration.json?gross_g=4500&tracking=cp+473+124+829+ma").content
    )
    assert told["parcel"] == sale.number
    assert told["tracking"] == "CP473124829MA"
    assert (told["gross_weight_g"], told["net_weight_g"]) == (4_500, 4_000)
    assert told["value_minor"] == 320_000
    assert told["sender"]["name"] == WEAVER.name
    assert told["sender"]["phone"] == WEAVER.phone
    assert told["addressee"]["name"] == BUYER.name
    assert told["addressee"]["address"] == ["12 rue de la République", "69001 Lyon"]
    described = told["contents"][0]["description"]
    assert described["fr"] == "Tapis de Taznakht, Laine de mouton"
    assert described["en"] == "Tapis de Taznakht (en), Laine de mouton (en)"


@pytest.mark.parametrize("path", ["form.exe", "invoice-de.pdf", "declaration.pdf", "form.json"])
def test_a_paper_that_there_is_not_is_not_found(visit, carpet, path):
    classify(carpet.pk, code="570110", by="test")
    assert visit(WEAVER, path).status_code == 404


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("tracking=RR123456784MA", "Un des chiffres est faux"),
        ("tracking=12", "ressemble à"),
        ("tracking=JA473124829MA", "Aucune poste"),
        ("gross_g=0", "Put it on the papers"),
    ],
)
def test_a_wrong_number_on_the_packed_parcel_is_said(visit, query, said):
    page = text(visit(WEAVER, f"?{query}"))
    assert (said if said[0] != "P" else "field__error") in page


def test_what_was_handed_over_keeps_its_number(visit, sale, carpet):
    classify(carpet.pk, code="570110", by="test")
    dispatch(sale.number, by="test", carrier="Poste", tracking="CP473124829MA")
    assert json.loads(visit(WEAVER, "declaration.json").content)["tracking"] == "CP473124829MA"


def test_within_morocco_there_is_only_a_label(world, client):
    from maalem.platform.ground.places.models import Commune
    from maalem.platform.market.checkout.actions.draft import write_draft
    from maalem.platform.market.checkout.actions.pay import place
    from maalem.platform.market.orders.actions import attempts

    cart = world.cart(carpet=1)
    commune = Commune.objects.filter(folded__contains="azilal").first()
    write_draft(
        cart,
        values={
            "name": NOBODY.name,
            "phone": NOBODY.phone,
            "country": "MA",
            "commune_id": commune.pk,
            "quarter": "Hay Salam",
            "landmark": "près de la poste",
        },
    )
    group = place(cart=cart, agreed=world.agreed(cart), language="fr")
    attempts.payment_page(group.number)
    attempt = group.attempts.get()
    world.bank.pay(attempt.session)
    attempts.look(attempt)
    order = group.orders.get()
    client.force_login(person(WEAVER))
    page = text(client.get(f"/fr/studio/orders/{order.number}/papers/"))
    assert "Ce colis reste au Maroc" in page
    assert "form.pdf" not in page
    assert "Code douanier" not in page
    base = f"/fr/studio/orders/{order.number}/papers"
    assert client.get(f"{base}/label.pdf").content.startswith(b"%PDF-")
    assert client.get(f"{base}/form.pdf").status_code == 302


def test_what_may_need_a_paper_is_said_beside_the_thing(visit, carpet):
    Product.objects.filter(pk=carpet.pk).update(materials=words("Laine et corail"))
    page = text(visit(WEAVER))
    assert "La loi limite la sortie de ce qui vient d’animaux protégés" in page
    assert "Loi 91-14 (dahir 1-16-25 du 2 mars 2016)" in page


def test_what_nobody_verified_names_no_law(visit, carpet):
    Product.objects.filter(pk=carpet.pk).update(hs_code="442090", materials=words("Thuya"))
    page = text(visit(WEAVER))
    assert "demandent peut-être un papier" in page
    assert "Loi 91-14" not in page


def test_a_thing_without_its_material_gets_neighbours(visit, carpet):
    Product.objects.filter(pk=carpet.pk).update(materials=words(""), technique=words(""))
    page = text(visit(WEAVER))
    assert "Il n’est pas dit de quoi cette pièce est faite" in page
    assert "5701.10" in page
    assert "5702.10" in page


def test_a_thing_that_we_do_not_know_goes_by_its_craft(world, client):
    Craft.objects.filter(code="pottery").update(hs_hint="691200")
    world.thing_ = world.thing(world.potter, "Une belle chose", price=9_000)
    order = world.paid(world.cart(thing_=1)).orders.get()
    client.force_login(person(POTTER))
    page = text(client.get(f"/fr/studio/orders/{order.number}/papers/"))
    assert "6912.00" in page
    assert "C’est le code habituel de ce métier" in page


def test_a_packed_parcel_weighs_no_less_than_what_is_in_it(visit, carpet):
    classify(carpet.pk, code="570110", by="test")
    assert "moins que ce qu’il contient" in text(visit(WEAVER, "?gross_g=3999"))
    told = json.loads(visit(WEAVER, "declaration.json?gross_g=3999").content)
    assert told["gross_weight_g"] is None


def test_a_larger_parcel_asks_the_database_no_more(world, client, visit):
    visit(WEAVER)

    def asked(order) -> int:
        client.force_login(person(WEAVER))
        url = f"/fr/studio/orders/{order.number}/papers/"
        client.get(url)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(url).status_code == 200
        return len(queries)

    def sold(**what):
        group = world.paid(world.cart(**what))
        return Order.objects.get(group=group, artisan=world.weaver)

    world.one = world.thing(world.weaver, "Hanbel", price=90_000, on_hand=1)
    few = asked(sold(one=1))
    for number in range(5):
        setattr(world, f"t{number}", world.thing(world.weaver, f"Hanbel {number}", price=90_000))
    many = asked(sold(t0=1, t1=1, t2=1, t3=1, t4=1))
    assert many == few


# --- what the database holds ---------------------------------------------------------------------


@pytest.mark.parametrize("code", ["", "57011", "5701.10", "abcdef"])
def test_the_database_keeps_nothing_that_is_no_code(carpet, code):
    with pytest.raises(IntegrityError):
        Classification.objects.create(product=carpet, code=code, by="test")


def test_what_was_said_is_never_said_otherwise(carpet):
    said = classify(carpet.pk, code="570110", by="test")
    with pytest.raises(IntegrityError, match="append-only"):
        Classification.objects.filter(pk=said.pk).update(code="570190")


def test_a_verb_refuses_what_is_no_code_and_changes_nothing(carpet):
    with pytest.raises(hs.NoCode):
        classify(carpet.pk, code="770110", by="test")
    with pytest.raises(ValueError, match="0"):
        weigh(carpet.pk, weight_g=0)
    carpet.refresh_from_db()
    assert carpet.hs_code == ""
    assert not Classification.objects.exists()
