"""A buyer in Morocco collects at a relay point: chosen without a script, frozen in the order."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from maalem.platform.ground.places.models import Commune
from maalem.platform.market.checkout.models import Draft
from maalem.platform.market.checkout.tests.test_pages import (
    AZILAL,
    LYON,
    at,
    fill,
    sealed,
    visitor,
)
from maalem.platform.market.orders import links
from maalem.platform.market.orders.models import OrderGroup
from maalem.platform.market.shipping import relays

__all__ = ["visitor"]
pytestmark = pytest.mark.django_db
HERS = {"to": "relay", "name": "Naïma", "phone": "06 61 00 01 03"}


def row(code: str, town: str, *, until: str = "", address: str = "Place du souk") -> str:
    commune = Commune.objects.get(slug=town).code
    return f"""
[[relay]]
id = "{code}"
name = {{fr = "Démo {code}", ar = "تجربة {code}"}}
commune = "{commune}"
address = "{address}"
landmark = "Près de la fontaine"
hours = "9 h à 18 h"
carrier = "Transport démo"
from = 2026-01-01
{f"until = {until}" if until else ""}
"""


@pytest.fixture
def operator(settings, tmp_path):
    """Give the platform this file of relay points; another one each time, as after a restart."""
    given = []

    def go(*rows: str) -> None:
        file = tmp_path / f"relays-{len(given)}.toml"
        given.append(file)
        file.write_text("".join(rows), encoding="utf-8")
        settings.RELAYS = str(file)

    return go


@pytest.fixture
def open_now(world, operator):
    """Two in the region of Azilal, one in Taznakht's."""
    operator(row("azilal", "azilal"), row("demnate", "demnate"), row("taznakht", "taznakht"))


def page(visitor, query="", *, language="fr"):
    return visitor.get(at("checkout:checkout", language=language) + query)


def choose(visitor, world, code="azilal", **more):
    fill(visitor, world)
    region = relays.find(code).region
    return visitor.post(at("checkout:checkout"), {**HERS, "region": region, "relay": code, **more})


def region_of(town):
    return Commune.objects.get(slug=town).province.region_id


def test_without_a_file_no_page_speaks_of_one(visitor, world, settings):
    settings.RELAYS = ""
    fill(visitor, world)
    assert "to=relay" not in page(visitor).content.decode()
    # The address typed by hand leads to the form there is.
    assert page(visitor, "?to=relay").context["to"] == "morocco"
    assert visitor.post(at("checkout:checkout"), HERS).context["to"] == "morocco"


def test_one_chooses_the_region_first_and_then_the_place(visitor, world, open_now):
    fill(visitor, world)
    first = page(visitor, "?to=relay")
    assert {code for code, _name in first.context["regions"]} == {
        region_of("azilal"),
        region_of("taznakht"),
    }
    assert 'name="relay"' not in first.content.decode()
    second = page(visitor, f"?to=relay&region={region_of('azilal')}").content.decode()
    assert "Démo azilal" in second
    assert "Démo demnate" in second
    assert "Démo taznakht" not in second
    assert page(visitor, "?to=relay&region=99").context["region"] == ""


@pytest.mark.parametrize(("language", "word"), [("fr", "Démo"), ("ar", "تجربة"), ("en", "Démo")])
def test_the_page_speaks_three_languages(visitor, world, open_now, language, word):
    fill(visitor, world)
    query = f"?to=relay&region={region_of('azilal')}"
    assert f"{word} azilal" in page(visitor, query, language=language).content.decode()


def test_those_of_her_own_town_come_first(visitor, world, open_now):
    fill(visitor, world)
    visitor.post(at("checkout:checkout"), {**AZILAL, "commune": "Demnate"})
    found = page(visitor, "?to=relay")
    assert [relay.id for relay, _place in found.context["form"].offered] == ["demnate", "azilal"]


def test_the_order_keeps_the_words_of_the_relay(visitor, world, open_now, operator):
    assert choose(visitor, world).status_code == 302
    review = visitor.get(at("checkout:review"))
    shown = review.content.decode()
    assert "Démo azilal" in shown
    assert "9 h à 18 h" in shown
    assert visitor.post(at("checkout:review"), {"shown": sealed(review)}).status_code == 303
    group = OrderGroup.objects.get()
    assert group.address["relay"] == relays.find("azilal").kept()
    assert group.address["quarter"] == "Place du souk"
    assert group.address["landmark"] == "Près de la fontaine"
    assert group.address["commune_name"]["fr"] == "Azilal"
    assert (group.name, group.phone) == ("Naïma", "+212661000103")
    # Another file does not change what was agreed.
    operator(row("other", "azilal"))
    order = visitor.get(links.path(group.number)).content.decode()
    assert "Démo azilal" in order
    assert "9 h à 18 h" in order


def test_the_next_visit_shows_what_was_chosen(visitor, world, open_now):
    choose(visitor, world)
    again = page(visitor)
    assert again.context["to"] == "relay"
    assert 'value="azilal" required checked' in again.content.decode()


def test_an_address_afterwards_forgets_the_relay(visitor, world, open_now):
    choose(visitor, world)
    visitor.post(at("checkout:checkout"), AZILAL)
    assert (Draft.objects.get().relay, Draft.objects.get().quarter) == ("", AZILAL["quarter"])
    visitor.post(at("checkout:checkout"), LYON)
    assert Draft.objects.get().relay == ""


@pytest.mark.parametrize("code", ["", "nowhere", "taznakht", "x" * 500])
def test_what_is_not_offered_in_this_region_is_refused(visitor, world, open_now, code):
    fill(visitor, world)
    sent = {**HERS, "region": region_of("azilal"), "relay": code}
    answer = visitor.post(at("checkout:checkout"), sent)
    assert answer.status_code == 422
    assert 'href="#id_relay"' in answer.content.decode()
    assert 'id="id_relay"' in answer.content.decode()
    assert not Draft.objects.exists()


def test_name_and_telephone_are_still_asked(visitor, world, open_now):
    answer = choose(visitor, world, name="", phone="x")
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"name", "phone"}


def test_one_that_closed_meanwhile_is_told_before_paying(visitor, world, open_now, operator):
    choose(visitor, world)
    review = visitor.get(at("checkout:review"))
    yesterday = timezone.localdate() - timedelta(days=1)
    for closed in (row("azilal", "azilal", until=str(yesterday)), row("other", "demnate")):
        operator(closed, row("taznakht", "taznakht"))
        for answer in (
            visitor.post(at("checkout:review"), {"shown": sealed(review)}, follow=True),
            visitor.get(at("checkout:review"), follow=True),
        ):
            assert answer.redirect_chain[0][0] == at("checkout:checkout")
            assert "ne prendra plus de colis" in answer.content.decode()
    assert not OrderGroup.objects.exists()


def test_one_that_closes_before_the_parcel_leaves_is_told_too(visitor, world, operator):
    operator(row("azilal", "azilal", until=str(timezone.localdate())))
    choose(visitor, world)
    answer = visitor.get(at("checkout:review"), follow=True)
    assert "ne prendra plus de colis" in answer.content.decode()


def test_other_words_of_the_same_relay_are_agreed_to_again(visitor, world, open_now, operator):
    choose(visitor, world)
    review = visitor.get(at("checkout:review"))
    operator(row("azilal", "azilal", address="Avenue Hassan II"))
    answer = visitor.post(at("checkout:review"), {"shown": sealed(review)})
    assert answer.status_code == 409
    assert "Avenue Hassan II" in answer.content.decode()
    assert not OrderGroup.objects.exists()


def test_a_long_list_asks_no_more_than_a_short_one(visitor, world, operator):
    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            assert page(visitor, f"?to=relay&region={region_of('azilal')}").status_code == 200
        return len(found)

    operator(row("azilal", "azilal"))
    fill(visitor, world)
    few = asked()
    towns = Commune.objects.filter(province__region_id=region_of("azilal"))[:30]
    operator(*(row(f"r-{number}", town.slug) for number, town in enumerate(towns)))
    assert asked() == few


def test_the_database_keeps_no_relay_abroad(visitor, world, open_now):
    choose(visitor, world)
    with pytest.raises(IntegrityError), transaction.atomic():
        Draft.objects.update(country="FR", city="Lyon", commune=None)
