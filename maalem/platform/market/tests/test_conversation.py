"""The workshop's page of a conversation, and its list of who waits for an answer."""

from uuid import uuid4

import pytest

from maalem.platform.market.conversations.actions.say import Said, say
from maalem.platform.market.conversations.models import Entry
from maalem.platform.market.tests.test_deposit import rug
from maalem.platform.market.tests.test_studio import text, visit
from tests.cast import NOBODY, POTTER, WEAVER

__all__ = ["rug", "visit"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def order(world, rug):
    return world.paid(world.cart(rug=1)).orders.get()


def path(order):
    return f"orders/{order.number}/conversation/"


def test_she_shows_how_far_it_is_with_one_touch_and_no_word(visit, order):
    page = text(visit(WEAVER, path(order)))
    assert 'value="nearly"' in page
    sent = {"key": str(uuid4()), "stage": "half", "words": ""}
    for _ in range(2):
        assert visit(WEAVER, path(order), post=sent).status_code == 302
    assert Entry.objects.get().stage == "half"
    assert "La moitié est faite" in text(visit(WEAVER, path(order)))


def test_her_list_says_who_waits_for_an_answer(visit, order):
    assert "attend votre réponse" not in text(visit(WEAVER))
    say(order.number, key=uuid4(), said=Said("Est-ce du bleu ?"), by=None)
    assert "attend votre réponse" in text(visit(WEAVER))
    assert "Est-ce du bleu ?" in text(visit(WEAVER, f"orders/{order.number}/"))
    visit(WEAVER, path(order), post={"key": str(uuid4()), "words": "Oui."})
    assert "attend votre réponse" not in text(visit(WEAVER))


def test_what_is_already_made_has_no_stages(visit, world):
    order = world.paid(world.cart(carpet=1)).orders.get()
    assert 'name="stage"' not in text(visit(WEAVER, path(order)))
    sent = {"key": str(uuid4()), "stage": "half"}
    answer = visit(WEAVER, path(order), post=sent)
    assert answer.status_code == 422
    assert not Entry.objects.exists()


@pytest.mark.parametrize("member", [POTTER, NOBODY])
def test_nobody_elses_conversation_is_there(visit, world, order, member):
    sent = {"key": str(uuid4()), "words": "x"}
    assert visit(member, path(order)).status_code == 404
    assert visit(member, path(order), post=sent).status_code == 404


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_the_page_speaks_three_languages(visit, order, language):
    assert f'lang="{language}"' in text(visit(WEAVER, path(order), language=language))
