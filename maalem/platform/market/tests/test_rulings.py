"""What a moderator ruled, in the workshop: she reads why, answers once, and can't put it back."""

import pytest

from maalem.platform.market.catalog.models import Product
from maalem.platform.market.moderation.actions import appeal as appealing
from maalem.platform.market.moderation.actions import rule
from maalem.platform.market.moderation.models import Appeal
from maalem.platform.market.moderation.tests.fixtures import moderator, off
from maalem.platform.market.tests.test_studio import text, visit
from tests.cast import POTTER, WEAVER

__all__ = ["visit"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def carpet(world) -> Product:
    return Product.objects.get(pk=world.carpet.product_id)


@pytest.mark.parametrize(
    ("language", "why"),
    [("fr", "n’est pas exact"), ("ar", "غير صحيح"), ("en", "is not true")],
)
def test_she_reads_in_her_language_why_a_piece_is_off_the_shelf(visit, carpet, language, why):
    off(carpet, by=moderator(), note="Le fil est de l’acrylique")
    said = text(visit(WEAVER, f"pieces/{carpet.slug}/", language=language))
    assert why in said
    assert "Le fil est de l’acrylique" in said
    assert "Loi 31-08" in said


def test_she_can_not_put_it_back_until_it_is_decided(visit, carpet):
    by = moderator()
    path = f"pieces/{carpet.slug}/"
    assert 'name="back"' not in visit(WEAVER, path).content.decode()
    ruling = off(carpet, by=by)
    assert 'name="back"' not in visit(WEAVER, path).content.decode()
    visit(WEAVER, f"{path}put/", post={"back": "1"})
    assert "Un modérateur a retiré cette pièce" in text(visit(WEAVER, path))
    carpet.refresh_from_db()
    assert carpet.status == "withdrawn"
    rule.lift(ruling.pk, because="put_right", by=by)
    visit(WEAVER, f"{path}put/", post={})
    assert 'name="back"' in visit(WEAVER, path).content.decode()
    visit(WEAVER, f"{path}put/", post={"back": "1"})
    carpet.refresh_from_db()
    assert carpet.status == "published"


def test_she_answers_once_and_reads_what_came_of_it(visit, carpet):
    ruling = off(carpet, by=moderator())
    path = f"pieces/{carpet.slug}/"
    sent = {"about": ruling.pk, "words": "C’est de la laine de mes brebis"}
    assert visit(POTTER, f"{path}answer/", post=sent).status_code == 404
    assert visit(WEAVER, f"{path}answer/", post={**sent, "about": "x"}).status_code == 404
    visit(WEAVER, f"{path}answer/", post={**sent, "words": "\u200b "})
    assert "Écrivez d’abord quelques mots" in text(visit(WEAVER, path))
    visit(WEAVER, f"{path}answer/", post=sent)
    visit(WEAVER, f"{path}answer/", post={**sent, "words": "Encore"})
    page = visit(WEAVER, path)
    assert "Vous avez déjà répondu" in text(page)
    assert "de mes brebis" in text(page)
    assert f"{path}answer/" not in page.content.decode()
    appealing.decide(Appeal.objects.get().pk, grant=False, by=moderator())
    assert "Corrigez-la" in text(visit(WEAVER, path))


def test_nothing_of_it_is_read_by_another_workshop(visit, carpet):
    off(carpet, by=moderator())
    assert visit(POTTER, f"pieces/{carpet.slug}/").status_code == 404
