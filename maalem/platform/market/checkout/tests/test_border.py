"""What a buyer abroad is told of the border, before paying and afterwards."""

import logging
import re

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.test import Client

from maalem.platform.ground.rates.actions import take_in
from maalem.platform.ground.rates.sources import read
from maalem.platform.market.catalog.models import Product
from maalem.platform.market.checkout.tests.test_pages import AZILAL, LYON, at, ordered, sealed
from maalem.platform.market.orders import links
from maalem.platform.market.orders.models import OrderGroup
from maalem.platform.market.shipping.border import of_kept

BOSTON = {**LYON, "country": "US", "postcode": "02108", "city": "Boston", "line1": "1 Beacon St"}


class File:
    """Rates that are not on a disk: ten dirhams eighty for a euro."""

    def sheet(self):
        return read(b"date,currency,mad\n2026-11-20,EUR,10.8\n", name="rates.csv")


@pytest.fixture
def shop(world):
    """The world on a day of November 2026, with a rate; the carpet is 620 MAD here."""
    with time_machine.travel("2026-11-23T10:00:00+00:00"):
        take_in(File(), publisher="Banque des tests", by="tests")
        for variant, code, price in (
            (world.carpet, "570110", 62_000),
            (world.tagine, "691200", 18_000),
        ):
            Product.objects.filter(pk=variant.product_id).update(hs_code=code)
            type(variant).objects.filter(pk=variant.pk).update(price_minor=price)
        yield world


def review(visitor, world, *, whom, carpet=1, tagine=0, language="fr"):
    for variant, quantity in ((world.carpet, carpet), (world.tagine, tagine)):
        if quantity:
            visitor.post(at("cart:add"), {"variant": variant.pk, "quantity": quantity})
    visitor.post(at("checkout:checkout"), whom)
    return visitor.get(at("checkout:review", language=language))


def amounts(response) -> list[str]:
    """The lines of every border on a page: `not known`, or digits as they are written."""
    text = response.content.decode()
    found = re.findall(r'<div class="border">.*?</div>', text, re.S)
    lines = re.findall(r'line__total">(.*?)</span></li>', "".join(found), re.S)
    return [re.sub(r"<[^>]+>|[\u2066-\u2069]", "", line).strip() for line in lines]


def test_to_lyon_duty_and_vat_are_told_parcel_by_parcel_and_in_one_sum(shop):
    response = review(Client(), shop, whom=LYON, tagine=1, language="en")
    plan = response.context["plan"]
    carpet, tagine = plan.parcels
    assert [due.minor for due in carpet.border.dues] == [
        3_240,  # 3 € of one sub-heading
        (62_000 + carpet.shipping_minor + 3_240) // 5,
    ]
    assert carpet.border.total_minor == (62_000 + carpet.shipping_minor + 3_240) * 6 // 5
    assert plan.landed_minor == carpet.border.total_minor + tagine.border.total_minor
    # What is paid here stays what it was: goods and carriage.
    assert plan.total_minor == 80_000 + carpet.shipping_minor + tagine.shipping_minor
    assert len(amounts(response)) == 6
    assert "not known" not in amounts(response)
    text = response.content.decode()
    assert "2006/112/EC" in text
    assert "In your hands, with duty and tax on arrival" in text


def test_to_boston_the_duty_is_told_as_not_known_and_never_as_nothing(shop):
    response = review(Client(), shop, whom=BOSTON, language="en")
    assert amounts(response) == ["not known", "nothing"]
    assert response.context["plan"].landed_minor is None
    text = response.content.decode()
    assert "every parcel pays duty by its country of origin" in text
    assert "In your hands" not in text


def test_to_boston_with_a_rate_that_the_operator_verified(shop, settings, tmp_path):
    own = tmp_path / "duties.toml"
    own.write_text(
        '[[rows]]\nid = "us"\nto = "US"\ncharge = "duty"\nkind = "ad_valorem"\nverified = true\n'
        'from = 2026-08-01\nsource = "this test"\nfr = "10 %"\nar = "10 %"\nen = "10 %"\n'
        "rates_bps = { MA = 1000 }\n",
        encoding="utf-8",
    )
    settings.DUTIES = str(own)
    response = review(Client(), shop, whom=BOSTON, language="en")
    (parcel,) = response.context["plan"].parcels
    assert [due.minor for due in parcel.border.dues] == [6_200, 0]
    assert response.context["plan"].landed_minor == 62_000 + parcel.shipping_minor + 6_200


def test_within_morocco_there_is_no_border(shop):
    response = review(Client(), shop, whom=AZILAL)
    assert response.status_code == 200
    assert amounts(response) == []
    assert (
        response.context["plan"].landed_minor is None
        or not response.context["plan"].crosses_a_border
    )


def test_the_order_keeps_what_was_told_though_rules_and_codes_change(shop):
    visitor = Client()
    response = review(visitor, shop, whom=LYON)
    told = response.context["plan"].parcels[0].border
    visitor.post(at("checkout:review"), {"shown": sealed(response)})
    group = OrderGroup.objects.get()
    Product.objects.update(hs_code="")
    page = visitor.get(links.path(group.number))
    assert of_kept(group.orders.get().border) == told
    assert amounts(page) == amounts(response)


def test_what_was_told_is_frozen_in_the_database(shop):
    visitor = Client()
    response = review(visitor, shop, whom=LYON)
    visitor.post(at("checkout:review"), {"shown": sealed(response)})
    order = OrderGroup.objects.get().orders.get()
    with pytest.raises(DatabaseError, match="was agreed"), transaction.atomic():
        type(order).objects.filter(pk=order.pk).update(border=None)


def test_an_order_within_morocco_keeps_nothing_of_a_border(shop):
    _response, group = ordered(Client(), shop)
    assert all(order.border for order in group.orders.all())
    visitor = Client()
    response = review(visitor, shop, whom=AZILAL, carpet=0, tagine=1)
    visitor.post(at("checkout:review"), {"shown": sealed(response)})
    assert OrderGroup.objects.order_by("-id")[0].orders.get().border is None


def test_a_file_of_duties_that_went_bad_while_we_run_stops_no_sale(shop, settings, tmp_path):
    settings.DUTIES = str(tmp_path / "gone.toml")
    logging.disable(logging.CRITICAL)
    try:
        response = review(Client(), shop, whom=LYON, language="en")
    finally:
        logging.disable(logging.NOTSET)
    assert amounts(response) == ["not known", "not known"]


class TestOnePieceToYourDoor:
    """The page behind a link of each piece, before anything is in a cart."""

    def door(self, shop, query="", language="en", **more):
        slug = shop.carpet.product.slug
        return Client().get(f"/{language}/products/{slug}/delivered/{query}", **more)

    def test_the_piece_leads_there(self, shop):
        slug = shop.carpet.product.slug
        page = Client().get(f"/fr/products/{slug}/").content.decode()
        assert f'href="/fr/products/{slug}/delivered/"' in page

    def test_it_says_what_the_review_will_say(self, shop):
        told = self.door(shop, "?to=FR")
        assert amounts(told) == amounts(review(Client(), shop, whom=LYON, language="en"))

    @pytest.mark.parametrize(
        ("speaks", "to"), [("en-US,en;q=0.9", "US"), ("fr-FR", "FR"), ("ar", "MA"), ("x!-%", "MA")]
    )
    def test_the_browsers_country_is_tried_first(self, shop, speaks, to):
        assert self.door(shop, headers={"accept-language": speaks}).context["to"] == to

    @pytest.mark.parametrize("to", ["", "XX", "fr", "FRA", "%00", "EH", "'", "ا"])
    def test_a_country_that_is_none_is_home(self, shop, to):
        response = self.door(shop, f"?to={to}", headers={"accept-language": "ar"})
        assert response.status_code == 200
        assert response.context["to"] == "MA"
        assert amounts(response) == []

    def test_a_piece_that_is_not_for_sale_has_no_such_page(self, shop):
        Product.objects.filter(pk=shop.carpet.product_id).update(status="withdrawn")
        assert self.door(shop).status_code == 404
        assert Client().get("/fr/products/no-such-piece/delivered/").status_code == 404

    def test_it_asks_the_database_once_for_the_piece_and_once_for_the_rate(
        self, shop, django_assert_max_num_queries
    ):
        with django_assert_max_num_queries(3):
            self.door(shop, "?to=FR")
