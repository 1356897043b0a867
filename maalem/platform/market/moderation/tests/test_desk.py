"""The moderators' pages: three languages, nobody else, and a known number of questions."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from maalem.platform.ground.people.models import Person
from maalem.platform.market.catalog.actions import edit
from maalem.platform.market.catalog.models import Product
from maalem.platform.market.moderation.actions import appeal as appealing
from maalem.platform.market.moderation.actions import look
from maalem.platform.market.moderation.models import Lift, Look, Ruling, Verdict
from maalem.platform.market.moderation.tests.fixtures import moderator, off, reworded
from tests.cast import OFFICER, WEAVER

HOSTILE = "</p><script>alert(1)</script>"


@pytest.fixture
def carpet(world) -> Product:
    return Product.objects.get(pk=world.carpet.product_id)


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def read(client: Client, path: str = "", *, language: str = "fr", status: int = 200) -> str:
    answer = client.get(f"/{language}/moderation/{path}")
    assert answer.status_code == status
    return answer.content.decode().replace("\u00a0", " ").replace("\u202f", " ")


def send(client: Client, product: Product, verb: str, **said) -> str:
    """Post it; return what the next page says."""
    path = f"/fr/moderation/{product.pk}/{verb}/"
    if "seen" in said:
        said["newest"] = look.reading(product).change
    answer = client.post(path, said, follow=True)
    assert answer.status_code == 200
    return answer.content.decode().replace("\u00a0", " ").replace("\u202f", " ")


def contested(product: Product, *, by: Person):
    weaver = Person.objects.get(phone=WEAVER.phone)
    ruling = off(product, by=by, note=f"Voyez {HOSTILE}")
    return appealing.appeal(ruling.pk, words=f"Non {HOSTILE}", by=weaver)


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_the_desk_and_a_piece_are_read_in_three_languages_and_run_nobodys_script(
    carpet, world, language
):
    at = signed_in(moderator())
    reworded(carpet, f"Tapis {HOSTILE}")
    edit.reprice(world.carpet.pk, price_minor=90_000, seen_minor=320_000, by="person:1")
    contested(carpet, by=moderator())
    reworded(carpet, f"Tapis neuf {HOSTILE}")
    for path in ("", f"{carpet.pk}/"):
        html = read(at, path, language=language)
        assert HOSTILE not in html
        assert "&lt;script&gt;alert(1)" in html
        assert f'lang="{language}"' in html


def test_what_changed_stands_there_before_and_after(carpet, world):
    at = signed_in(moderator())
    reworded(carpet, "Tapis de soie")
    edit.reprice(world.carpet.pk, price_minor=90_000, seen_minor=320_000, by="person:1")
    edit.measure(
        carpet.pk,
        sizes={"width_mm": 900},
        seen={**dict.fromkeys(edit.SIZES), "weight_g": 4_000},
        making_days=None,
        by="person:1",
    )
    assert "Tapis de soie" in read(at)
    html = read(at, f"{carpet.pk}/")
    for said in ("Tapis de Taznakht", "Tapis de soie", "3 200", "900", "Largeur (mm)"):
        assert said in html
    carpet.refresh_from_db()
    assert f'name="seen" value="{carpet.version}"' in html
    assert f'name="newest" value="{look.reading(carpet).change}"' in html
    assert "C’est noté" in send(at, carpet, "looked", seen=carpet.version)
    assert "Rien n’attend" in read(at)
    assert Look.objects.get().version == carpet.version


def test_a_moderator_takes_it_off_and_another_decides(carpet):
    first, second = signed_in(moderator()), signed_in(moderator())
    send(first, carpet, "rule", do="taken_off", reason="untrue", seen=carpet.version, words="Voyez")
    carpet.refresh_from_db()
    ruling = Ruling.objects.get()
    assert (carpet.status, ruling.note) == ("withdrawn", "Voyez")
    weaver = Person.objects.get(phone=WEAVER.phone)
    asked = appealing.appeal(ruling.pk, words="C’est de la laine", by=weaver)
    assert "C’est de la laine" in read(second)
    refused = send(first, carpet, "decide", about=asked.pk, do="grant")
    assert "un autre modérateur tranche" in refused
    assert not Verdict.objects.exists()
    send(second, carpet, "decide", about=asked.pk, do="grant")
    carpet.refresh_from_db()
    assert carpet.status == "published"
    assert "Un autre modérateur en a décidé ainsi" in read(first, f"{carpet.pk}/")


def test_a_change_is_asked_for_and_the_ruling_ended(carpet):
    at = signed_in(moderator())
    assert "Demander un changement" in read(at, f"{carpet.pk}/")
    said = send(at, carpet, "rule", do="change_asked", reason="unclear", seen=carpet.version)
    assert "Écrivez ce qu’il faut changer" in said
    sent = {"do": "change_asked", "reason": "unclear", "words": "Plus de lumière"}
    send(at, carpet, "rule", **sent, seen=carpet.version)
    ruling = Ruling.objects.get()
    assert "Plus de lumière" in read(at, f"{carpet.pk}/")
    send(at, carpet, "lift", about=ruling.pk, do="put_right")
    assert Lift.objects.get().because == "put_right"


def test_a_number_of_another_piece_and_what_no_page_sends_is_not_there(carpet, world):
    at = signed_in(moderator())
    asked = contested(carpet, by=moderator())
    tagine = world.tagine.product_id
    posts = [
        (tagine, "decide", {"about": asked.pk, "do": "grant"}),
        (tagine, "lift", {"about": asked.ruling_id, "do": "mistake"}),
        (carpet.pk, "decide", {"about": "x", "do": "grant"}),
        (carpet.pk, "looked", {}),
        (carpet.pk, "rule", {"do": "taken_off", "reason": "price", "seen": "²", "newest": 0}),
        (2**63, "looked", {"seen": 1, "newest": 0}),
        (2**62, "looked", {"seen": 1, "newest": 0}),
        (carpet.pk, "looked", {"seen": 1, "newest": -1}),
    ]
    for product, verb, said in posts:
        assert at.post(f"/fr/moderation/{product}/{verb}/", said).status_code == 404, (verb, said)
    assert at.get("/fr/moderation/?before=²").status_code == 200
    assert (Verdict.objects.count(), Lift.objects.count()) == (0, 0)


def test_only_those_with_this_right_see_the_desk(carpet):
    staff, _ = Person.objects.get_or_create(phone=OFFICER.phone, defaults={"name": OFFICER.name})
    staff.is_staff = True
    staff.save()
    for path in ("", f"{carpet.pk}/"):
        read(signed_in(staff), path, status=404)
        assert Client().get(f"/fr/moderation/{path}").status_code == 302
    sent = {"do": "taken_off", "reason": "price", "seen": carpet.version, "newest": 0}
    refused = signed_in(staff).post(f"/fr/moderation/{carpet.pk}/rule/", sent)
    assert refused.status_code == 404
    assert not Ruling.objects.exists()


def test_the_desk_asks_as_much_for_many_pieces_as_for_one(carpet, world):
    by = moderator()
    at = signed_in(by)
    reworded(carpet, "Tapis de soie")
    read(at)

    def asked(path: str = "") -> int:
        with CaptureQueriesContext(connection) as found:
            read(at, path)
        return len(found)

    one, page = asked(), asked(f"{carpet.pk}/")
    for number in range(22):
        more = world.thing(world.weaver, f"Tapis {number}", price=9_000).product
        reworded(more, f"Kilim {number}")
    contested(carpet, by=moderator())
    reworded(carpet, "Tapis de laine")
    assert asked() <= one
    assert "Plus ancien" in read(at)
    assert "Tapis de laine" in read(at)
    assert "Kilim 0" in read(at, "?before=20")
    assert asked(f"{carpet.pk}/") <= page + 1
