"""A new piece in three steps: photo, kind, price; on the shelf once, whatever the network does."""

import io
import re
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from PIL import Image

from maalem.platform.craft.artisans.models import Membership
from maalem.platform.market.catalog.models import Craft, Product, StatusChange, Variant
from maalem.platform.market.studio.cash import in_cash
from maalem.platform.market.studio.models import Listing
from maalem.platform.market.studio.piece_queries import kinds_for
from maalem.platform.market.tests.test_studio import person, text, visit
from maalem.platform.market.tests.world import words
from tests.cast import BUYER, POTTER, WEAVER

__all__ = ["visit"]
pytestmark = pytest.mark.django_db
NEW = "pieces/new/"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def kind(world):
    parent = Craft.objects.create(code="weaving", slug="tissage", name=words("Tissage"))
    return Craft.objects.create(
        code="knotted", slug="tapis-noues", name=words("Tapis noués"), parent=parent,
        hs_hint="570110", position=3,
    )  # fmt: skip


def photo(color="#a53", *, size=(900, 700), kind="JPEG"):
    file = io.BytesIO()
    Image.new("RGB", size, color).save(file, kind)
    return SimpleUploadedFile("photo.jpg", file.getvalue(), content_type="image/jpeg")


def said(kind, **other):
    whole = {"key": str(uuid4()), "craft": kind.pk, "supply": "unique", "price": "350"}
    return {**whole, "photo": photo(), **other}


def test_a_piece_is_on_the_shelf_after_three_answers(world, visit, kind, client):
    done = visit(WEAVER, NEW, post=said(kind))
    product = Product.objects.get(craft=kind)
    assert done.status_code == 302
    assert done.headers["Location"] == f"/fr/studio/pieces/{product.slug}/"
    variant = product.variants.get()
    assert (product.artisan, product.status, product.supply) == (
        world.weaver,
        "published",
        "unique",
    )
    assert (variant.price_minor, variant.on_hand, product.price_from_minor) == (35_000, 1, 35_000)
    assert product.hs_code == "570110"
    assert "Tapis noués · " in text(visit(WEAVER, f"pieces/{product.slug}/"))
    picture = product.photos.get()
    page = client.get(product.get_absolute_url())
    assert picture.path in page.content.decode()
    for name in (f"{picture.path}-360.webp", f"{picture.path}-720.webp"):
        assert client.get(f"/media/{name}").status_code == 200
    assert StatusChange.objects.get(product=product).by.startswith("person:")
    assert "Tapis noués" in text(client.get("/fr/search/?q=tapis+noues"))


def test_its_name_is_in_every_language_that_its_craft_and_place_have(world, visit, kind):
    visit(WEAVER, NEW, post=said(kind))
    product = Product.objects.get(craft=kind)
    assert set(product.title.data) >= {"fr", "ar", "en"}
    assert product.title.data["ar"].startswith("Tapis noués ع · ")


@pytest.mark.parametrize(
    ("supply", "more", "stands"),
    [
        ("stock", {"on_hand": "12"}, (12, None)),
        ("stock", {"on_hand": "12", "making_days": "abc"}, (12, None)),
        ("made_to_order", {"making_days": "20"}, (0, 20)),
        ("made_to_order", {"making_days": "20", "on_hand": "-4"}, (0, 20)),
        ("unique", {"on_hand": "9", "making_days": "9"}, (1, None)),
    ],
)
def test_one_several_or_to_order(world, visit, kind, supply, more, stands):
    assert visit(WEAVER, NEW, post=said(kind, supply=supply, **more)).status_code == 302
    product = Product.objects.get(craft=kind)
    assert (product.variants.get().on_hand, product.making_days) == stands


@pytest.mark.parametrize(
    ("typed", "minor"),
    [("1 200", 120_000), ("١٢٠٠", 120_000), (" 350 ", 35_000), ("1\u202f200", 120_000)],
)
def test_a_price_is_read_as_people_type_it(world, visit, kind, typed, minor):
    assert visit(WEAVER, NEW, post=said(kind, price=typed)).status_code == 302
    assert Variant.objects.get(product__craft=kind).price_minor == minor


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"photo": ""}, "Prenez une photo de votre pièce"),
        ({"photo": SimpleUploadedFile("a.jpg", b"<svg onload=alert(1)>")}, "pas une photo"),
        ({"photo": SimpleUploadedFile("a.jpg", b"")}, "fichier est vide"),
        ({"photo": photo(size=(90, 90))}, "trop petite"),
        ({"craft": ""}, "Touchez l’image"),
        ({"craft": "999999"}, "Touchez l’image"),
        ({"price": ""}, "en dirhams entiers"),
        ({"price": "0"}, "en dirhams entiers"),
        ({"price": "-5"}, "en dirhams entiers"),
        ({"price": "12,50"}, "en dirhams entiers"),
        ({"price": "1000001"}, "en dirhams entiers"),
        ({"price": "9" * 400}, "en dirhams entiers"),
        ({"supply": "stock", "on_hand": ""}, "combien de pièces"),
        ({"supply": "stock", "on_hand": "1000"}, "combien de pièces"),
        ({"supply": "made_to_order"}, "jours de travail"),
        ({"kept": "forged:x:y", "photo": ""}, "Prenez une photo"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(world, visit, kind, wrong, sentence):
    page = visit(WEAVER, NEW, post=said(kind, **wrong))
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert not Product.objects.filter(craft=kind).exists()
    assert not Listing.objects.exists()


@pytest.mark.parametrize("wrong", [{"supply": "loan"}, {"key": "no key"}, {"key": ""}])
def test_what_no_page_of_ours_sends_is_refused(world, visit, kind, wrong):
    assert visit(WEAVER, NEW, post=said(kind, **wrong)).status_code == 422
    assert not Product.objects.filter(craft=kind).exists()


def test_the_photo_is_kept_while_the_price_is_put_right(world, visit, kind):
    first = visit(WEAVER, NEW, post=said(kind, price=""))
    kept = re.search(r'name="kept" value="([^"]+)"', first.content.decode())
    assert kept
    again = visit(WEAVER, NEW, post=said(kind, photo="", kept=kept[1]))
    assert again.status_code == 302
    assert Product.objects.get(craft=kind).photos.count() == 1


def test_what_is_sent_again_is_one_piece(world, visit, kind):
    key = str(uuid4())
    first, again = (visit(WEAVER, NEW, post=said(kind, key=key)) for _ in range(2))
    assert first.headers["Location"] == again.headers["Location"]
    assert Product.objects.filter(craft=kind).count() == 1


def test_the_same_key_of_another_workshop_is_another_piece(world, visit, kind):
    key = str(uuid4())
    for member in (WEAVER, POTTER):
        assert visit(member, NEW, post=said(kind, key=key)).status_code == 302
    sellers = {product.artisan for product in Product.objects.filter(craft=kind)}
    assert sellers == {world.weaver, world.potter}


def test_nobody_without_a_workshop_lists_anything(world, visit, kind):
    assert visit(BUYER, NEW, post=said(kind)).status_code == 404
    assert not Product.objects.filter(craft=kind).exists()


def test_a_workshop_sees_its_own_pieces_only(world, visit, kind):
    visit(WEAVER, NEW, post=said(kind))
    hers = Product.objects.get(craft=kind)
    page = text(visit(WEAVER, "pieces/"))
    assert hers.slug in page
    assert world.carpet.product.slug in page
    assert world.tagine.product.slug not in page
    assert visit(POTTER, f"pieces/{hers.slug}/").status_code == 404


def test_a_long_shelf_is_read_in_pages_with_as_many_questions(
    world, visit, kind, django_assert_num_queries
):
    def asked():
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as found:
            page = visit(WEAVER, "pieces/")
        return len(found), page

    few, _ = asked()
    for number in range(25):
        world.thing(world.weaver, f"Tapis {number}", price=1_000)
    many, page = asked()
    assert many <= few + 1, "the one for what is older"
    assert len(page.context["pieces"].rows) == 20
    older = page.context["pieces"].older
    rest = visit(WEAVER, f"pieces/?before={older}").context["pieces"]
    assert not {row.pk for row in rest.rows} & {row.pk for row in page.context["pieces"].rows}
    assert rest.older == 0


def test_the_kinds_of_her_own_trade_come_first(world, kind):
    world.weaver.trade = "weaving"
    other = Craft.objects.create(code="clay", slug="argile", name=words("Argile"))
    found = kinds_for(world.weaver, [other, kind])
    assert (found.hers, found.others) == ([kind], [other])


@pytest.mark.parametrize(
    ("dirhams", "made"),
    [
        (350, [(200, 1), (100, 1), (50, 1)]),
        (1_237, [(200, 6), (20, 1), (10, 1), (5, 1), (2, 1)]),
        (1, [(1, 1)]),
        (0, []),
        (1_000_000, [(200, 5_000)]),
    ],
)
def test_an_amount_is_shown_as_the_fewest_notes_and_coins(dirhams, made):
    assert in_cash(dirhams) == made
    assert sum(value * count for value, count in in_cash(dirhams)) == dirhams


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_every_control_of_the_new_piece_has_a_picture(world, visit, kind, language):
    page = text(visit(WEAVER, NEW, language=language))
    form = re.search(r'<form class="piece".*?</form>', page, re.DOTALL)
    assert form
    controls = re.findall(
        r"<(?:label|button|summary|h2)\b.*?</(?:label|button|summary|h2)>", form[0], re.DOTALL
    )
    assert len(controls) > 15
    for control in controls:
        assert re.search(r"<svg|<img|data-digit", control), control


OUTBOX = {"HTTP_ACCEPT": "application/json"}


def test_an_outbox_is_told_where_the_piece_stands_or_what_is_wrong(world, visit, kind, client):
    visit(WEAVER)
    post = said(kind, workshop=world.weaver.slug)
    done = client.post("/ar/studio/pieces/new/", post, **OUTBOX)
    product = Product.objects.get(craft=kind)
    assert (done.status_code, done.json()) == (
        201,
        {"page": f"/ar/studio/pieces/{product.slug}/"},
    )
    again = client.post("/ar/studio/pieces/new/", {**post, "photo": photo()}, **OUTBOX)
    assert again.json() == done.json()
    wrong = client.post("/fr/studio/pieces/new/", said(kind, price="", craft=""), **OUTBOX)
    assert wrong.status_code == 422
    assert [sentence.split()[0] for sentence in wrong.json()["wrong"]] == ["Touchez", "Donnez"]


def test_a_piece_goes_to_the_workshop_that_it_was_written_for(world, visit, kind):
    Membership.objects.create(person=person(WEAVER), artisan=world.potter)
    visit(WEAVER, "workshop/", post={"workshop": world.potter.slug})
    visit(WEAVER, NEW, post=said(kind, workshop=world.weaver.slug))
    assert Product.objects.get(craft=kind).artisan == world.weaver


def test_nobody_lists_for_a_workshop_that_is_not_hers(world, visit, kind):
    assert visit(WEAVER, NEW, post=said(kind, workshop=world.potter.slug)).status_code == 404
    assert not Product.objects.filter(craft=kind).exists()


def test_the_worker_may_open_every_page_of_the_studio(client, db):
    answer = client.get("/studio-worker.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Service-Worker-Allowed"] == "/"
    assert answer["Cache-Control"] == "no-cache", "a browser asks for a newer one at each visit"
