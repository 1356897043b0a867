"""The fair-price card: hers to fill, shown as far as she wants, and honest about an hour's pay."""

import pytest
from django.db import DatabaseError, transaction

from maalem.platform.market.catalog.models import Change, PriceCard, Product, Variant
from maalem.platform.market.commission.models import CommissionRule
from maalem.platform.market.tests.test_edit_piece import change, changes
from maalem.platform.market.tests.test_studio import text, visit
from tests.cast import POTTER, WEAVER

__all__ = ["visit"]
pytestmark = pytest.mark.django_db
SAID = {"materials": "300", "hours": "40", "shown": "hours"}


@pytest.fixture
def carpet(world):
    Variant.objects.filter(pk=world.carpet.pk).update(price_minor=120_000)
    return Product.objects.get(pk=world.carpet.product_id)


def explain(visit, carpet, *, who=WEAVER, language="fr", **more):
    path = f"pieces/{carpet.slug}/fair/"
    page = visit(who, path, language=language)
    seen = page.context["form"]["seen"].value() if page.status_code == 200 else ""
    return visit(who, path, post=SAID | {"seen": seen} | more, language=language)


def shown(client, carpet, language="fr"):
    page = client.get(f"/{language}/products/{carpet.slug}/").content.decode()
    return 'class="fair"' in page, "40" in page.split('class="fair"')[-1][:2_500], page


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_she_says_what_it_takes_and_reads_what_an_hour_brings(visit, carpet, language):
    assert explain(visit, carpet, language=language).status_code == 302
    page = text(visit(WEAVER, f"pieces/{carpet.slug}/fair/", language=language))
    assert {"fr": "19,62", "ar": "19,62", "en": "19.62"}[language] in page
    assert "note--success" in page
    assert changes(carpet) == [("price card", None, [30_000, 2_400, "hours"])]


def test_an_hour_under_the_floor_is_told(visit, carpet, settings):
    settings.HOURLY_FLOOR_MINOR = 1_963
    explain(visit, carpet)
    assert "note--warning" in text(visit(WEAVER, f"pieces/{carpet.slug}/fair/"))
    settings.HOURLY_FLOOR_MINOR = 0
    assert "note--warning" not in text(visit(WEAVER, f"pieces/{carpet.slug}/fair/"))


def test_buyers_see_it_as_far_as_she_wants(visit, carpet, client):
    assert shown(client, carpet)[0] is False
    explain(visit, carpet, shown="nothing")
    assert shown(client, carpet)[0] is False
    explain(visit, carpet, shown="shares")
    client.logout()
    there, hours, page = shown(client, carpet)
    assert (there, hours) == (True, False)
    assert "115,20" in page
    explain(visit, carpet)
    client.logout()
    assert shown(client, carpet)[:2] == (True, True)


def test_what_is_kept_of_a_page_is_not_kept_beyond_her_word(visit, carpet, client):
    explain(visit, carpet)
    client.logout()
    assert shown(client, carpet)[0]
    explain(visit, carpet, shown="nothing")
    client.logout()
    assert not shown(client, carpet)[0]


def test_where_no_rule_fits_the_piece_is_shown_without_the_card(visit, carpet, client):
    explain(visit, carpet)
    CommissionRule.objects.all().delete()
    client.logout()
    assert client.get(carpet.get_absolute_url()).status_code == 200
    assert not shown(client, carpet)[0]
    assert visit(WEAVER, f"pieces/{carpet.slug}/fair/").status_code == 200


@pytest.mark.parametrize(
    "typed",
    [
        {"materials": ""},
        {"materials": "-1"},
        {"materials": "viel"},
        {"hours": "0"},
        {"hours": ""},
        {"hours": "5001"},
        {"shown": "everything"},
    ],
)
def test_what_can_not_be_is_said_where_it_was_typed(visit, carpet, typed):
    answer = explain(visit, carpet, **typed)
    assert answer.status_code == 422
    assert "field__error" in answer.content.decode()
    assert not PriceCard.objects.exists()


def test_materials_may_cost_nothing_and_hours_have_halves(visit, carpet):
    explain(visit, carpet, materials="0", hours="٢٫٥")
    card = PriceCard.objects.get()
    assert (card.materials_minor, card.minutes) == (0, 150)
    page = visit(WEAVER, f"pieces/{carpet.slug}/fair/").content.decode()
    assert 'value="2.5"' in page


def test_of_two_editors_at_once_the_second_is_told(visit, carpet):
    path = f"pieces/{carpet.slug}/fair/"
    seen = visit(WEAVER, path).context["form"]["seen"].value()
    explain(visit, carpet)
    late = visit(WEAVER, path, post=SAID | {"seen": seen, "hours": "10"})
    assert late.status_code == 409
    assert PriceCard.objects.get().minutes == 2_400


def test_nobody_explains_the_price_of_another_workshop(visit, carpet):
    assert explain(visit, carpet, who=POTTER).status_code == 404
    assert not Change.objects.exists()


def test_a_price_that_changes_changes_the_card(visit, carpet):
    explain(visit, carpet)
    change(visit, WEAVER, carpet, "price", price="600")
    page = text(visit(WEAVER, f"pieces/{carpet.slug}/fair/"))
    assert "6,06" in page


def test_the_database_holds_that_work_takes_time(carpet):
    with pytest.raises(DatabaseError, match="price_card_takes_time"), transaction.atomic():
        PriceCard.objects.create(product=carpet, materials_minor=0, minutes=0)
