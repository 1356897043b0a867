"""The workshop's page of a sale that goes by a hub."""

import pytest

from maalem.platform.ground.people.models import Person
from maalem.platform.market.inspections.actions import judge
from maalem.platform.market.inspections.models import Inspection
from maalem.platform.market.tests.test_studio import text, visit
from tests.cast import POTTER, WEAVER

__all__ = ["visit"]
pytestmark = pytest.mark.django_db
HUB = """
[[hub]]
code = "ouarzazate"
name = {fr = "Maison de l’artisan", ar = "دار الصانع", en = "House of the artisan"}
commune = "04.401.01.01"
address = "Avenue Mohammed V"
hours = "9 h à 16 h"
open = true
"""


@pytest.fixture
def order(world, settings, tmp_path):
    file = tmp_path / "hubs.toml"
    file.write_text(HUB)
    settings.HUBS = str(file)
    return world.paid(world.cart(carpet=1)).orders.get()


@pytest.fixture
def inspector(db):
    return Person.objects.create(phone="+212661000991", name="Hassan", is_staff=True)


def press(visit, order, who=WEAVER, path="hub", **typed):
    return visit(who, f"orders/{order.number}/{path}/", post=typed)


def test_she_brings_it_to_a_hub_or_sends_it_herself_after_all(visit, order):
    page = text(visit(WEAVER, f"orders/{order.number}/"))
    assert "Maison de l’artisan" in page
    press(visit, order, hub="ouarzazate")
    page = text(visit(WEAVER, f"orders/{order.number}/"))
    assert "En route vers le centre" in page
    assert "handed-over" not in page
    press(visit, order, path="handed-over", carrier="", tracking="")
    order.refresh_from_db()
    assert order.status == "to_prepare", "it goes by the hub"
    press(visit, order, withdraw="1")
    press(visit, order, path="handed-over", carrier="", tracking="")
    order.refresh_from_db()
    assert order.status == "dispatched"


def test_she_reads_what_is_to_be_repaired_and_brings_it_again(visit, order, inspector):
    press(visit, order, hub="ouarzazate")
    one = judge.receive(Inspection.objects.get().pk, by=inspector)
    page = text(visit(WEAVER, f"orders/{order.number}/"))
    assert "Le centre l’a, et l’envoie" in page
    photos = [["2026/a", 10, 10, "#fff"]]
    judge.judge(one.pk, verdict="to_repair", words="Un nœud manque.", photos=photos, by=inspector)
    page = text(visit(WEAVER, f"orders/{order.number}/"))
    assert "Un nœud manque." in page
    assert "rapportez-le au centre" in page
    press(visit, order, path="handed-over", carrier="", tracking="")
    order.refresh_from_db()
    assert order.status == "to_prepare"
    press(visit, order, hub="ouarzazate")
    assert Inspection.objects.count() == 2


def test_another_workshop_announces_nothing(visit, order):
    assert press(visit, order, who=POTTER, hub="ouarzazate").status_code == 404
    assert not Inspection.objects.exists()


def test_without_a_hub_no_page_speaks_of_one(visit, order, settings):
    settings.HUBS = ""
    assert "centre" not in text(visit(WEAVER, f"orders/{order.number}/"))
    press(visit, order, hub="ouarzazate")
    assert not Inspection.objects.exists()
