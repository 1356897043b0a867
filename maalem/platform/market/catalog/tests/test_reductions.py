"""Which earlier price may stand beside a lower one: the rule, the history behind it, the page."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.test import Client
from django.utils import timezone

from maalem.platform.market.catalog import kept
from maalem.platform.market.catalog.actions import shelf
from maalem.platform.market.catalog.models import AppliedPrice, Product, Variant
from maalem.platform.market.catalog.reductions import Applied, Kind, verdict
from maalem.platform.market.catalog.tests import shop

DAY = 86_400


def said(*spells: tuple[int, int | None], now: int) -> tuple[str, int | None]:
    """The verdict on a history of (day, price), on day `now`."""
    found = verdict([Applied(day * DAY, price) for day, price in spells], now=now * DAY)
    return found.kind.value, found.was_minor


@pytest.mark.parametrize(
    ("spells", "now", "kind", "was"),
    [
        # Nothing was lowered.
        ([], 50, Kind.NOT_LOWERED, None),
        ([(0, 100)], 50, Kind.NOT_LOWERED, None),
        ([(0, 100), (40, 120)], 50, Kind.NOT_LOWERED, None),
        ([(0, 100), (40, 80), (50, None)], 55, Kind.NOT_LOWERED, None),
        # The plain reduction, to its last day.
        ([(0, 100), (40, 80)], 40, Kind.SHOWN, 100),
        ([(0, 100), (40, 80)], 69, Kind.SHOWN, 100),
        ([(0, 100), (40, 80)], 70, Kind.OVER, None),
        # Raised for a few days so as to lower it with a noise.
        ([(0, 100), (38, 150), (40, 100)], 41, Kind.WAS_CHEAPER, 100),
        ([(0, 100), (38, 150), (40, 120)], 41, Kind.WAS_CHEAPER, 100),
        ([(0, 100), (38, 150), (40, 90)], 41, Kind.SHOWN, 100),
        # A price of more than thirty days ago counts no more.
        ([(0, 70), (5, 100), (40, 80)], 41, Kind.SHOWN, 100),
        ([(0, 70), (11, 100), (40, 80)], 41, Kind.WAS_CHEAPER, 70),
        ([(0, 70), (10, 100), (40, 80)], 41, Kind.SHOWN, 100),
        # In steps: each step has the lowest price before itself.
        ([(0, 100), (40, 90), (45, 80)], 46, Kind.SHOWN, 90),
        # Not long enough on the shelf.
        ([(0, 100), (29, 80)], 30, Kind.TOO_NEW, None),
        ([(0, 100), (30, 80)], 30, Kind.SHOWN, 100),
        # Weeks off the shelf are no days of a price.
        ([(0, 100), (10, None), (40, 100), (45, 80)], 46, Kind.TOO_NEW, None),
        ([(0, 70), (10, None), (40, 100), (60, 80)], 61, Kind.WAS_CHEAPER, 70),
        ([(0, 100), (10, None), (40, 110), (60, 80)], 61, Kind.SHOWN, 100),
        # Coming back at the same price is no new beginning of it.
        ([(0, 100), (40, 80), (45, None), (50, 80)], 60, Kind.SHOWN, 100),
        ([(0, 100), (40, 80), (45, None), (75, 80)], 76, Kind.OVER, None),
        # Lowered while it was away: it applies from its first day back.
        ([(0, 100), (40, None), (50, 80)], 51, Kind.SHOWN, 100),
    ],
)
def test_the_rule(spells, now, kind, was):
    assert said(*spells, now=now) == (kind.value, was)


def test_a_price_of_one_moment_counts_too():
    assert said((0, 100), (20, 60), (20, 100), (40, 80), now=41) == ("was_cheaper", 60)


@pytest.fixture
def pouf(db) -> Variant:
    shop.open_shop()
    return Variant.objects.get(sku="pouf")


def age(days: int) -> None:
    """Let so many days go by: everything that is known of prices is older by them."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE catalog_appliedprice DISABLE TRIGGER catalog_prices_are_kept")
        cursor.execute(
            "UPDATE catalog_appliedprice SET at = at - make_interval(days => %s)", [days]
        )
        cursor.execute("ALTER TABLE catalog_appliedprice ENABLE TRIGGER catalog_prices_are_kept")


def price(variant: Variant, minor: int) -> None:
    Variant.objects.filter(pk=variant.pk).update(price_minor=minor)


def history(variant: Variant) -> list[int | None]:
    found = AppliedPrice.objects.filter(variant_id=variant.pk).order_by("at", "id")
    return list(found.values_list("price_minor", flat=True))


def test_the_database_writes_every_price_down_whoever_changes_it(pouf):
    assert history(pouf) == [125_000]
    price(pouf, 110_000)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE catalog_variant SET price_minor = 90000 WHERE id = %s", [pouf.pk])
    price(pouf, 90_000)
    assert history(pouf) == [125_000, 110_000, 90_000]
    Variant.objects.filter(pk=pouf.pk).update(on_hand=1)
    assert len(history(pouf)) == 3, "a sale is no change of a price"


def test_a_price_applies_only_while_the_piece_is_on_the_shelf(pouf):
    product = Product.objects.get(pk=pouf.product_id)
    shelf.withdraw(product, by="test")
    price(pouf, 300_000)
    assert history(pouf) == [125_000, None]
    shelf.publish(product, by="test")
    assert history(pouf) == [125_000, None, 300_000]


def test_the_price_of_a_draft_never_applied(pouf):
    there = Product.objects.get(pk=pouf.product_id)
    draft = Product.objects.create(slug="d", artisan=there.artisan, craft=there.craft, title="d")
    made = Variant.objects.create(product=draft, sku="d", price_minor=999_900, on_hand=1)
    price(made, 500_000)
    assert history(made) == []
    shelf.publish(draft, by="test")
    assert history(made) == [500_000]


def test_what_is_deleted_leaves_its_history(pouf):
    Variant.objects.create(product_id=pouf.product_id, sku="grand", price_minor=200_000)
    Variant.objects.filter(pk=pouf.pk).delete()
    assert history(pouf) == [125_000, None]


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO catalog_appliedprice (variant_id, price_minor, at) VALUES (1, 999900, now())",
        "UPDATE catalog_appliedprice SET price_minor = 999900",
        "UPDATE catalog_appliedprice SET at = at - interval '90 days'",
        "DELETE FROM catalog_appliedprice",
        "TRUNCATE catalog_appliedprice",
    ],
)
def test_nobody_else_writes_the_history(pouf, statement):
    with pytest.raises(IntegrityError, match="by the database alone"), transaction.atomic():
        connection.cursor().execute(statement)
    assert history(pouf) == [125_000]


def test_a_price_that_changes_while_its_piece_is_published_is_not_lost(committed_db):
    shop.open_shop()
    pouf = Variant.objects.get(sku="pouf")
    product = Product.objects.get(pk=pouf.product_id)
    shelf.withdraw(product, by="test")
    done = threading.Event()

    def other() -> None:
        price(pouf, 100_000)
        connections.close_all()
        done.set()

    with transaction.atomic():
        shelf.publish(product, by="test")
        thread = threading.Thread(target=other)
        thread.start()
        assert not done.wait(0.5), "the other change waits for the shelf"
    thread.join(20)
    assert history(pouf) == [125_000, None, 125_000, 100_000]


def page(language: str = "fr") -> str:
    html = Client().get(f"/{language}/products/pouf/").content.decode()
    return html.replace("\u00a0", " ").replace("\u202f", " ").partition('id="related"')[0]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fr", "1 250 MAD</bdi>, le plus bas des 30 jours avant la réduction."),
        ("en", "MAD1,250</bdi>: the lowest price of the 30 days before the reduction."),
        ("ar", "1 250 درهم</bdi>: أدنى سعر خلال 30 يوما قبل التخفيض."),
    ],
)
def test_a_reduction_is_shown_with_the_lowest_price_before_it(pouf, language, words):
    age(31)
    assert "product__was" not in page(language)
    price(pouf, 100_000)
    assert words in page(language)
    age(29)
    assert words in page(language)
    age(1)
    assert "product__was" not in page(language)


def test_a_price_that_was_raised_first_shows_no_reduction(pouf):
    age(31)
    price(pouf, 200_000)
    age(2)
    price(pouf, 125_000)
    assert "product__was" not in page()


def test_what_is_new_on_the_shelf_shows_no_reduction(pouf):
    age(29)
    price(pouf, 100_000)
    assert "product__was" not in page()


def test_each_size_has_its_own_history(pouf):
    Variant.objects.create(product_id=pouf.product_id, sku="grand", price_minor=200_000, on_hand=1)
    age(31)
    Variant.objects.filter(sku="grand").update(price_minor=180_000)
    html = page()
    assert html.count("product__was") == 1
    assert "2 000 MAD</bdi>, le plus bas des 30 jours" in html


def test_a_page_that_is_kept_shows_a_reduction_at_once(pouf, monkeypatch):
    monkeypatch.setattr(kept, "KEEP_IN_TRANSACTIONS", True)
    for keep in kept.EVERY:
        keep.clear()
    age(31)
    assert "product__was" not in page()
    price(pouf, 100_000)
    assert "product__was" in page()
    for keep in kept.EVERY:
        keep.clear()


def test_what_is_written_down_is_of_the_moment(pouf):
    price(pouf, 100_000)
    first, second = AppliedPrice.objects.filter(variant_id=pouf.pk).order_by("id")
    assert first.at < second.at <= timezone.now()
    assert timezone.now() - second.at < timedelta(minutes=5)
