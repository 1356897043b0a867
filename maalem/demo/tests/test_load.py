"""The demo in the platform's own tables: all of it, once, whatever happened before."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Count
from PIL import Image

from maalem.demo import load as loading
from maalem.demo import pictures
from maalem.demo.load import load
from maalem.demo.make import make
from maalem.platform.craft.artisans.models import Artisan, Maker, Membership
from maalem.platform.ground import gateway
from maalem.platform.ground.gateway import fake
from maalem.platform.ground.people.models import Person
from maalem.platform.market.catalog.models import Craft, Entry, Photo, Product, Variant

SMALL = {"artisans": 24, "products": 90, "drawn": 0}
TABLES = (Craft, Person, Artisan, Maker, Membership, Product, Variant, Photo, Entry)

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def bank() -> Iterator[fake.Fake]:
    with fake.standing_in() as there:
        yield there


def counts() -> dict[str, int]:
    return {table.__name__: table.objects.count() for table in TABLES}


def test_it_fills_the_shop_and_a_second_run_changes_nothing(bank: fake.Fake):
    load(**SMALL)
    first = counts()
    Product.objects.filter(slug="tagine-de-safi-etoile-bleue").update(technique="changed since")
    asked = len(bank.asked)
    load(**SMALL)
    assert counts() == first
    assert len(bank.asked) == asked
    assert first["Product"] == first["Entry"] == 90
    assert first["Artisan"] == 24 == len(bank.accounts)
    assert not Artisan.objects.filter(payments_account__isnull=True).exists()
    changed = Product.objects.get(slug="tagine-de-safi-etoile-bleue")
    assert str(changed.technique) == "changed since"


def test_a_later_demo_leaves_what_an_earlier_one_put_there(bank: fake.Fake):
    load(**SMALL, seed=1)
    first = set(Variant.objects.values_list("sku", "product__slug"))
    load(**SMALL, seed=2)
    assert first <= set(Variant.objects.values_list("sku", "product__slug"))
    assert Product.objects.count() == 90


def test_the_cast_can_sign_in_and_acts_for_its_own_workshop_only(bank: fake.Fake):
    load(**SMALL)
    fadma = Person.objects.get(phone="+212661000101")
    assert [m.artisan.slug for m in fadma.memberships.all()] == ["fadma-ait-baha"]
    assert not Person.objects.get(phone="+212661000106").memberships.exists()
    assert Person.objects.get(email="claire@example.org").phone == "+33612345678"
    roles = Membership.objects.filter(artisan__slug="cooperative-tifawin")
    assert list(roles.values_list("role", flat=True)) == ["clerk"]


def test_a_run_that_broke_is_finished_by_the_next(bank: fake.Fake, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(loading, "BATCH", 20)

    def break_off(stage: str, done: int, total: int) -> None:
        if stage == "products" and done >= 40:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(**SMALL, progress=break_off)
    assert 40 <= Product.objects.count() < 90
    assert Entry.objects.count() == 0
    load(**SMALL)
    assert Product.objects.count() == Entry.objects.count() == 90
    assert not Product.objects.annotate(n=Count("variants")).filter(n=0).exists()


def test_a_silent_bank_is_asked_again_and_opens_nothing_twice(bank: fake.Fake):
    bank.trouble = "silent"
    with pytest.raises(gateway.GatewayError):
        load(**SMALL)
    assert Product.objects.count() == 90
    bank.trouble = ""
    load(**SMALL)
    assert len(bank.accounts) == 24
    accounts = Artisan.objects.values_list("payments_account", flat=True)
    assert sorted(accounts) == sorted(bank.accounts)


def test_the_stages_are_told_to_whoever_waits(bank: fake.Fake):
    told: Counter[str] = Counter()
    ends = {}

    def watch(stage: str, done: int, total: int) -> None:
        told[stage] += 1
        ends[stage] = (done, total)

    load(**SMALL, progress=watch)
    stages = ["crafts", "people", "workshops", "products", "search", "rates", "accounts"]
    assert list(told) == stages
    assert all(done == total for done, total in ends.values())


def test_every_picture_of_the_shop_says_how_to_draw_it(bank: fake.Fake):
    load(**SMALL)
    demo = make(artisans=SMALL["artisans"], products=SMALL["products"])
    assert Photo.objects.count() == sum(len(p.photos) for p in demo.products)
    for path in Photo.objects.values_list("path", flat=True):
        assert pictures._PATH.fullmatch(path), path
    assert not Craft.objects.filter(cover="").exists()
    assert not Artisan.objects.filter(portrait="").exists()


def test_it_draws_nothing_that_the_shop_does_not_show(bank: fake.Fake, tmp_path: Path):
    load(**SMALL)
    made_up = "demo/tagine/safi/0000beef-0-360.webp"
    assert not pictures.maker(made_up, tmp_path / "x.webp")
    assert not pictures.maker("demo/../../etc/passwd", tmp_path / "x.webp")


def test_a_picture_is_drawn_when_a_page_first_asks_for_it(
    bank: fake.Fake, tmp_path: Path, settings: Any
):
    settings.MEDIA_ROOT = tmp_path
    load(**SMALL)
    base = Photo.objects.get(product__slug="tagine-de-safi-etoile-bleue", position=0).path
    target = tmp_path / f"{base}-360.webp"
    assert pictures.maker(f"{base}-360.webp", target)
    for width in pictures.WIDTHS:
        with Image.open(tmp_path / f"{base}-{width}.webp") as drawn:
            assert drawn.size == (width, width)
    assert [p.name for p in target.parent.iterdir() if p.name.startswith(".")] == []
    assert base not in pictures.missing()
