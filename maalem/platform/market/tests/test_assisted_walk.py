"""An agent at every page of a workshop: what nobody decided on is refused."""

import re

import pytest

from maalem.platform.market.assistance.actions import ask
from maalem.platform.market.assistance.desk import ACTING
from maalem.platform.market.assistance.models import Deed
from maalem.platform.market.assistance.states import Act, EndedBy, Scope
from maalem.platform.market.assistance.tests.village import agent, given
from maalem.platform.market.studio import leave
from maalem.platform.market.studio.urls import urlpatterns

pytestmark = pytest.mark.django_db
PAGES = {one.name: str(one.pattern) for one in urlpatterns}
DUMMY = {"int": "7", "slug": "x"}


def path_of(name: str) -> str:
    """An address of this page, of things that are not there."""
    filled = re.sub(r"<(\w+):\w+>", lambda one: DUMMY[one.group(1)], PAGES[name])
    return f"/fr/studio/{filled}"


def answers(client, name: str) -> list[int]:
    """What reading and sending it answer; a page that takes only one of them is asked for it."""
    both = [client.get(path_of(name)).status_code, client.post(path_of(name)).status_code]
    return [code for code in both if code != 405]


@pytest.fixture
def rachid(world):
    return agent()


@pytest.fixture
def at(client, rachid):
    """Rachid in her workshop, with what she agreed to."""

    def begin(*scopes: str):
        consent = given(rachid, scopes=scopes or tuple(Scope))
        client.force_login(rachid)
        session = client.session
        session[ACTING] = consent.pk
        session.save()
        return consent

    return begin


def test_somebody_decided_on_every_page_and_once():
    """A new page of the workshop: decide in studio/leave.py whether an agent may use it."""
    decided = [*leave.MAY, *leave.NEVER, *leave.OWN]
    assert sorted(decided) == sorted(PAGES)


@pytest.mark.parametrize("name", sorted(leave.NEVER))
def test_what_is_hers_alone_is_refused_whatever_she_agreed_to(at, client, name):
    at()
    said = answers(client, name)
    assert said
    assert set(said) == {403}


@pytest.mark.parametrize("name", sorted(leave.MAY))
def test_what_she_did_not_agree_to_is_refused_and_what_she_did_is_not(at, client, name):
    others = tuple(one for one in Scope if one is not leave.MAY[name].scope)
    consent = at(*others)
    assert set(answers(client, name)) == {403}
    ask.end(consent.pk, by=EndedBy.AGENT)
    assert set(answers(client, name)) == {403}, "it is over"
    at(leave.MAY[name].scope)
    assert client.get(path_of(name)).status_code != 403


@pytest.mark.parametrize("name", sorted(name for name, one in leave.MAY.items() if not one.act))
def test_what_may_only_be_read_is_not_sent(at, client, name):
    at()
    assert client.post(path_of(name)).status_code in (403, 405)
    assert not Deed.objects.exists()


def test_a_page_that_nobody_decided_on_is_refused(at, client, monkeypatch):
    at()
    assert client.get(path_of("pieces")).status_code == 200
    monkeypatch.setattr("maalem.platform.market.studio.views.agent.MAY", {})
    assert client.get(path_of("pieces")).status_code == 403


@pytest.mark.parametrize("name", sorted(leave.OWN))
def test_what_is_about_who_signed_in_shows_nothing_of_hers(at, client, world, name):
    at()
    page = client.get(path_of(name))
    assert page.status_code in (200, 404, 405)
    assert str(world.weaver.name) not in page.content.decode()


def test_every_deed_has_its_page():
    assert {one.act for one in leave.MAY.values() if one.act} == set(Act)
