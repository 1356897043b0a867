"""What the database refuses, whoever asks."""

import pytest
from django.db import IntegrityError, connection, transaction

from maalem.platform.craft.artisans.models import Artisan
from maalem.platform.market.catalog.actions import shelf
from maalem.platform.market.catalog.indexing import reindex
from maalem.platform.market.catalog.models import Entry, Product, StatusChange, Variant
from maalem.platform.market.catalog.states import NEXT, Refused, Status
from maalem.platform.market.catalog.tests import fixtures

pytestmark = pytest.mark.django_db


@pytest.fixture
def carpet() -> Product:
    of = fixtures.craft("carpets", fr="Tapis", ar="زرابي", en="Carpets")
    return fixtures.piece(fixtures.weaver(), of, "tapis-un", supply="stock")


def refused(sql: str, *values: object) -> str:
    """The name of the rule that refused this statement."""
    with (
        pytest.raises(IntegrityError) as refusal,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, values)
    return refusal.value.__cause__.diag.constraint_name  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("price_minor = 0", "variant_price_positive"),
        ("on_hand = -1, reserved = -1", "variant_on_hand_not_negative"),
        ("reserved = 4", "variant_reserved_within_on_hand"),
        ("reserved = -1", "variant_reserved_within_on_hand"),
        ("currency = 'EUR'", "variant_currency_mad"),
    ],
)
def test_it_refuses_a_variant_that_cannot_be(carpet, change, rule):
    assert refused(f"UPDATE catalog_variant SET {change} WHERE sku = 'tapis-un'") == rule


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("published_at = NULL", "product_published_has_a_date"),
        ("price_from_minor = NULL", "product_published_has_a_price"),
        ("price_from_minor = 0", "product_price_positive"),
        ("currency = 'USD'", "product_currency_mad"),
        ("slug = ''", "product_slug_not_empty"),
        ("supply = 'made_to_order'", "product_made_to_order_says_how_long"),
        ("supply = 'unique'", "product_unique_is_one_piece"),
        ("supply = 'air'", "product_supply_known"),
    ],
)
def test_it_refuses_a_product_that_cannot_be(carpet, change, rule):
    assert refused(f"UPDATE catalog_product SET {change} WHERE slug = 'tapis-un'") == rule


def test_a_slug_is_used_once(carpet):
    with pytest.raises(IntegrityError), transaction.atomic():
        fixtures.piece(carpet.artisan, carpet.craft, "tapis-un")


def test_a_unique_piece_is_one_piece(carpet):
    one = fixtures.piece(carpet.artisan, carpet.craft, "un-seul", supply="unique", on_hand=1)
    raised = "UPDATE catalog_variant SET on_hand = 2 WHERE product_id = %s"
    assert refused(raised, one.pk) == "variant_unique_is_one_piece"
    with pytest.raises(IntegrityError), transaction.atomic():
        Variant.objects.create(product=one, sku="un-second", price_minor=100, on_hand=1)


@pytest.mark.parametrize("now", list(Status))
@pytest.mark.parametrize("then", list(Status))
def test_every_status_against_every_status(carpet, now, then):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE catalog_product DISABLE TRIGGER catalog_product_changes")
        cursor.execute("UPDATE catalog_product SET status = %s", [now.value])
        cursor.execute("ALTER TABLE catalog_product ENABLE TRIGGER catalog_product_changes")
    sql = "UPDATE catalog_product SET status = %s WHERE id = %s"
    if then in NEXT[now]:
        shelf.move(carpet.pk, now=now, then=then, by="test")
        assert Product.objects.get(pk=carpet.pk).status == then
        return
    with pytest.raises(Refused, match="not_next"):
        shelf.move(carpet.pk, now=now, then=then, by="test")
    if then is not now:
        assert refused(sql, then.value, carpet.pk) == "product_status_next"


def test_the_second_of_two_moves_is_refused(carpet):
    shelf.move(carpet.pk, now=Status.PUBLISHED, then=Status.WITHDRAWN, by="one")
    with pytest.raises(Refused, match="already_moved"):
        shelf.move(carpet.pk, now=Status.PUBLISHED, then=Status.WITHDRAWN, by="two")
    assert list(StatusChange.objects.values_list("by", flat=True)) == ["one"]


def test_the_history_is_append_only(carpet):
    shelf.withdraw(carpet, by="one")
    assert refused("UPDATE catalog_statuschange SET by = 'x'") == "statuschange_append_only"


def test_the_cheapest_variant_gives_the_price_from(carpet):
    Variant.objects.create(product=carpet, sku="petit", price_minor=90_000, on_hand=1)
    carpet.refresh_from_db()
    assert carpet.price_from_minor == 90_000
    Variant.objects.filter(sku="petit").update(price_minor=95_000)
    carpet.refresh_from_db()
    assert carpet.price_from_minor == 95_000
    Variant.objects.filter(sku="petit").delete()
    carpet.refresh_from_db()
    assert carpet.price_from_minor == 125_000


def test_whatever_a_page_shows_counts_the_version_up(carpet):
    carpet.refresh_from_db()
    before = carpet.version
    Product.objects.filter(pk=carpet.pk).update(price_from_minor=125_000)
    carpet.refresh_from_db()
    assert carpet.version == before
    Product.objects.filter(pk=carpet.pk).update(hs_code="5701.10")
    carpet.refresh_from_db()
    assert carpet.version == before + 1


def test_a_withdrawn_product_leaves_the_lists_at_once(carpet):
    assert reindex([carpet.pk]) == 1
    assert Entry.objects.count() == 1
    shelf.withdraw(carpet, by="test")
    assert Entry.objects.count() == 0


def test_the_last_piece_leaves_the_lists_and_comes_back(carpet):
    reindex([carpet.pk])
    Variant.objects.filter(product=carpet).update(on_hand=2, reserved=2)
    assert Entry.objects.get().in_stock
    Variant.objects.filter(product=carpet).update(on_hand=0, reserved=0)
    assert not Entry.objects.get().in_stock
    Variant.objects.filter(product=carpet).update(on_hand=1)
    assert Entry.objects.get().in_stock


def test_a_draft_is_published_once_it_has_a_price_and_then_found(carpet):
    draft = fixtures.piece(
        carpet.artisan, carpet.craft, "brouillon", status="draft", published_at=None
    )
    shelf.publish(draft, by="test")
    assert draft.published_at is not None
    assert Entry.objects.get().product_id == draft.pk


def test_a_renamed_workshop_counts_its_pieces_up(carpet):
    carpet.refresh_from_db()
    before = carpet.version
    Artisan.objects.filter(pk=carpet.artisan_id).update(name="Autre nom")
    carpet.refresh_from_db()
    assert carpet.version == before + 1
