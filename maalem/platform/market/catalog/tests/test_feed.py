"""The list for machines that show products: whole, well-formed, and saying what the pages say."""

import re
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from maalem.platform.market.catalog import feed
from maalem.platform.market.catalog.actions import shelf
from maalem.platform.market.catalog.models import Photo, Product, Variant
from maalem.platform.market.catalog.tests import fixtures
from maalem.platform.market.catalog.tests.test_currencies import open_shop

__all__ = ["open_shop"]
pytestmark = pytest.mark.django_db
G = "{http://base.google.com/ns/1.0}"


@pytest.fixture
def written(open_shop, monkeypatch, tmp_path):
    monkeypatch.setattr(feed, "FOLDER", tmp_path)
    Product.objects.filter(slug="tajine-bleu").update(weight_g=2_400)
    Variant.objects.filter(product__slug="tajine-bleu").update(on_hand=2)
    for product in Product.objects.filter(status="published"):
        product.artisan.payments_account = f"acct_{product.artisan_id}"
        product.artisan.save()
        product.photos.get_or_create(
            position=0, defaults={"path": f"p/{product.slug}", "width": 9, "height": 9}
        )
    feed.write_all()
    return open_shop


def items(language="fr", currency="MAD"):
    answer = Client().get(f"/feeds/products-{language}-{currency}.xml")
    assert answer.status_code == 200
    tree = ElementTree.fromstring(b"".join(answer.streaming_content))
    return {item.findtext(f"{G}id"): item for item in tree.iter("item")}


def of(product, **where):
    return items(**where)[product.variants.get().sku]


def test_everything_on_the_shelf_is_there_in_each_language(written):
    shown = set(Variant.objects.filter(product__status="published").values_list("sku", flat=True))
    assert set(items()) == set(items("ar")) == set(items("en")) == shown
    tagine = written["tajine-bleu"]
    assert "طاجين" in of(tagine, language="ar").findtext(f"{G}title")
    assert of(tagine).findtext(f"{G}link").endswith("/fr/products/tajine-bleu/")
    assert of(tagine).findtext(f"{G}shipping_weight") == "2400 g"


@pytest.mark.parametrize("currency", ["EUR", "USD"])
def test_a_price_in_other_money_is_the_one_of_its_page(written, currency):
    item = of(written["pouf"], currency=currency)
    amount, code = item.findtext(f"{G}price").split()
    assert code == currency
    page = Client().get(item.findtext(f"{G}link").split("8000")[-1]).content.decode()
    shown = re.search(r'class="about">[^<]*<bdi[^>]*>([^<]*)', page)[1]
    digits = re.sub(r"\D", "", shown)
    assert digits in (amount.replace(".", ""), amount.removesuffix(".00"))


def test_what_is_charged_is_dirhams(written):
    pouf = written["pouf"]
    assert of(pouf).findtext(f"{G}price") == f"{pouf.variants.get().price_minor / 100:.2f} MAD"
    assert "currency=" not in of(pouf).findtext(f"{G}link")


def test_without_a_rate_there_is_no_list_in_that_money(written, settings):
    settings.RATE_DAYS = -1
    feed.write_all()
    assert Client().get("/feeds/products-fr-EUR.xml").status_code == 404
    assert Client().get("/feeds/products-fr-MAD.xml").status_code == 200


def test_sold_withdrawn_and_unpayable_pieces(written):
    Variant.objects.filter(product=written["tajine-bleu"]).update(on_hand=0, reserved=0)
    shelf.withdraw(written["pouf"], by="test")
    pouf = written["pouf"].variants.get().sku
    feed.write_all()
    found = items()
    assert pouf not in found
    assert of(written["tajine-bleu"]).findtext(f"{G}availability") == "out_of_stock"
    written["tajine-bleu"].artisan.__class__.objects.update(payments_account=None)
    feed.write_all()
    assert items() == {}


def test_words_are_words_whatever_they_hold(written):
    tagine = written["tajine-bleu"]
    Product.objects.filter(pk=tagine.pk).update(
        title=fixtures.tri("A <b>& ]]> \u202e", "ا", "A"), description=""
    )
    feed.write_all()
    assert of(tagine).findtext(f"{G}title") == "A <b>& ]]>"
    assert of(tagine).findtext(f"{G}description")


@pytest.mark.parametrize("name", ["fr-XXX", "zz-MAD", "fr-mad", "../../x"])
def test_a_list_that_is_none_is_not_there(written, name):
    assert Client().get(f"/feeds/products-{name}.xml").status_code == 404


def test_a_reader_sees_the_old_list_until_the_new_one_is_whole(written, monkeypatch):
    before = items()

    def dies(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(feed, "_item", dies)
    with pytest.raises(RuntimeError):
        feed.write_all()
    assert set(items()) == set(before)
    assert [file.name for file in feed.FOLDER.iterdir() if file.name.startswith(".")] == []


def test_more_pieces_cost_no_more_questions(written):
    with CaptureQueriesContext(connection) as asked:
        list(feed.lines("fr", "MAD"))
    assert len(asked.captured_queries) <= 4
    assert Photo.objects.count() > 4
