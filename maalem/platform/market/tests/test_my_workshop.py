"""My workshop: what it lacks stands on her first page until nothing does; she fills it in."""

import re

import pytest
from django.db import DatabaseError, transaction

from maalem.platform.craft.artisans.models import Artisan, Saying
from maalem.platform.ground.people.models import Person
from maalem.platform.market.catalog.models import Product
from maalem.platform.market.tests.test_edit_piece import fields
from maalem.platform.market.tests.test_new_piece import media, photo
from maalem.platform.market.tests.test_studio import text, visit
from tests.cast import CLERK, WEAVER

__all__ = ["media", "visit"]
pytestmark = pytest.mark.django_db
MINE = "workshop/mine/"


@pytest.fixture
def weaver(world) -> Artisan:
    return world.weaver


def change(visit, **typed):
    """Open her page, type, send."""
    sent = {name: value for name, value in fields(visit(WEAVER, MINE)).items() if name != "photo"}
    return visit(WEAVER, MINE, post={**sent, **typed})


@pytest.mark.parametrize(
    ("language", "said"),
    [("fr", "Pour être prêt à vendre"), ("ar", "للاستعداد للبيع"), ("en", "To be ready to sell")],
)
def test_what_is_lacking_stands_on_her_first_page_in_her_language(visit, weaver, language, said):
    page = text(visit(WEAVER, language=language))
    assert said in page
    assert f"/{language}/studio/workshop/mine/" in page


def test_when_all_is_there_it_is_gone(visit, weaver, client):
    Person.objects.filter(phone=WEAVER.phone).update(phone_verified=True)
    done = change(
        visit,
        photo=photo(),
        workshop_fr="Derrière  la\nmosquée",
        story_fr="Ma mère tissait.",
    )
    assert done.headers["Location"] == "/fr/studio/"
    weaver.refresh_from_db()
    assert str(weaver.workshop.data["fr"]) == "Derrière la mosquée"
    assert weaver.portrait.startswith("workshops/")
    assert re.fullmatch("#[0-9a-f]{6}", weaver.portrait_tone)
    assert "Pour être prêt" not in text(visit(WEAVER))
    client.logout()
    shown = text(client.get(f"/fr/artisans/{weaver.slug}/"))
    assert "Ma mère tissait." in shown
    Product.objects.filter(artisan=weaver).update(status="withdrawn")
    assert "Pour être prêt" in text(visit(WEAVER))


def test_of_two_who_change_it_at_once_the_second_is_told(visit, weaver):
    before = {name: value for name, value in fields(visit(WEAVER, MINE)).items() if name != "photo"}
    change(visit, story_fr="La première")
    late = visit(WEAVER, MINE, post={**before, "story_fr": "La seconde"})
    assert late.status_code == 409
    again = visit(WEAVER, MINE, post={**before, "story_fr": "La première"})
    assert again.status_code == 302, "what is there already is no trouble"
    weaver.refresh_from_db()
    assert weaver.story.data["fr"] == "La première"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"story_fr": "Ma carte 4242 4242 4242 4242"}, "numéro de carte"),
        ({"story_fr": "x" * 2_001}, "2000"),
        ({"photo": photo(size=(20, 20))}, "petit"),
    ],
)
def test_what_can_not_be_taken_is_said_where_it_was_typed(visit, weaver, typed, said):
    answer = change(visit, **typed)
    assert answer.status_code == 422
    assert said in answer.content.decode().replace("\u202f", "").replace("\u00a0", " ")
    weaver.refresh_from_db()
    assert (str(weaver.story), weaver.portrait) == ("", "")


def test_who_changed_what_is_kept_and_not_rewritten(visit, weaver):
    change(visit, photo=photo(), story_fr="Une histoire")
    change(visit, story_fr="Une autre")
    change(visit)
    weaver.refresh_from_db()
    her = f"person:{Person.objects.get(phone=WEAVER.phone).pk}"
    assert list(Saying.objects.values_list("what", "was", "now", "by")) == [
        ("story", {}, {"fr": "Une histoire"}, her),
        ("portrait", None, weaver.portrait, her),
        ("story", {"fr": "Une histoire"}, {"fr": "Une autre"}, her),
    ]
    with pytest.raises(DatabaseError, match="kept as it is"), transaction.atomic():
        Saying.objects.update(by="nobody")


def test_words_are_taken_away_again(visit, weaver):
    change(visit, story_fr="Une histoire", story_ar="حكاية")
    change(visit, story_fr="", story_ar="\u200f ")
    weaver.refresh_from_db()
    assert str(weaver.story) == ""


def test_who_belongs_to_no_workshop_fills_in_none(visit, weaver):
    assert visit(CLERK, MINE, post={"story_fr": "Non"}).status_code == 404
