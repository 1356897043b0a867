"""Every address of the platform, asked by whom it is not for."""

import re
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import URLPattern, get_resolver

from maalem.platform.ground.people.models import Person
from maalem.platform.market.orders import links
from maalem.platform.market.returns.tests.fixtures import announced, delivered
from maalem.platform.rights import MATRIX, RULES, Who
from tests.cast import POTTER, WEAVER

pytestmark = pytest.mark.django_db
DUMMY = {"int": "7", "slug": "x", "str": "x", "path": "x"}
GONE = {404, 405}


def addresses() -> Iterator[tuple[str, str]]:
    """The name and the route of every address, as a path with its blanks."""
    yield from _below(get_resolver(), (), "")


def _below(resolver, names: tuple[str, ...], before: str) -> Iterator[tuple[str, str]]:
    for one in resolver.url_patterns:
        route = before + (
            str(one.pattern) if not hasattr(one.pattern, "prefix_default_language") else "fr/"
        )
        if isinstance(one, URLPattern):
            yield ":".join([*names, one.name or str(one.pattern)]), route
        else:
            yield from _below(one, (*names, one.namespace) if one.namespace else names, route)


ADDRESSES = dict(addresses())


def path_of(name: str, **known: object) -> str:
    """A path of this address, of things that are not there but for those that are `known`."""

    def fill(blank: re.Match[str]) -> str:
        kind, named = blank.group(1), blank.group(2)
        return str(known.get(named, DUMMY[kind]))

    return "/" + re.sub(r"<(\w+):(\w+)>", fill, ADDRESSES[name])


def of(*who: Who) -> list[str]:
    return sorted(name for name, rule in MATRIX.items() if rule.who in who)


def asked(client: Client, path: str) -> set[int]:
    """What reading and sending it answer."""
    return {client.get(path).status_code, client.post(path).status_code}


def signed_in(member) -> Client:
    client = Client()
    client.force_login(Person.objects.get(phone=member.phone))
    return client


def test_the_table_names_every_address_and_no_other():
    """P64: a new page is decided on in platform/rights.py before it can be built."""
    assert sorted(MATRIX) == sorted(ADDRESSES)
    assert sum(len(rule.names.split()) for rule in RULES) == len(MATRIX), "each of them once"


@pytest.mark.parametrize("name", of(Who.HERSELF, Who.WORKSHOP, Who.TILL, Who.STAFF))
def test_a_stranger_is_sent_to_sign_in_or_told_that_nothing_is_there(client, name):
    """P64."""
    for answer in (client.get(path_of(name)), client.post(path_of(name))):
        if answer.status_code == 302:
            assert "/account/login/" in answer["Location"], name
        else:
            assert answer.status_code in GONE, name


@pytest.mark.parametrize("name", of(Who.STAFF))
@pytest.mark.parametrize("staff", [False, True])
def test_a_desk_is_not_there_for_who_lacks_its_own_right(world, name, staff):
    """P64: an artisan, and staff who hold every right but this one."""
    person = Person.objects.get(phone=WEAVER.phone)
    if staff:
        person.is_staff = True
        person.save()
        app, _, codename = MATRIX[name].right.partition(".")
        right = Permission.objects.get(content_type__app_label=app, codename=codename)
        person.user_permissions.set(Permission.objects.exclude(pk=right.pk))
    assert asked(signed_in(WEAVER), path_of(name)) <= GONE, name


DESKS = [name for name in of(Who.STAFF) if name.endswith((":desk", ":objections"))]


@pytest.mark.parametrize("name", DESKS)
def test_a_desk_is_there_for_who_holds_its_right(world, name):
    """The walk above would be green too where nothing is there for anybody."""
    person = Person.objects.get(phone=WEAVER.phone)
    person.is_staff = True
    person.save()
    app, _, codename = MATRIX[name].right.partition(".")
    right = Permission.objects.get(content_type__app_label=app, codename=codename)
    person.user_permissions.add(right)
    assert signed_in(WEAVER).get(path_of(name)).status_code == 200


@pytest.fixture
def things(world):
    """A purchase from the potter with all that can be named of it."""
    order = delivered(world)
    back = announced(order, pieces=1)
    line = order.lines.get()
    return {
        "number": order.group.number,
        "order": order.number,
        "back": back.number,
        "line": line.pk,
        "mark": links.mark(order.group.number),
        "slug": world.tagine.product.slug,
        "position": line.position,
    }


@pytest.mark.parametrize("name", of(Who.LINK))
def test_a_purchase_answers_to_its_own_mark_alone(world, things, client, name):
    """P64: neither to no mark, nor to another purchase's; what is real is named."""
    other = world.paid(world.cart(carpet=1)).number
    for mark in ("x", links.mark(other)):
        path = path_of(name, **things | {"mark": mark})
        assert asked(client, path) <= GONE, name
    swapped = path_of(name, **things | {"number": other, "mark": links.mark(things["number"])})
    assert asked(client, swapped) <= GONE, name


STUDIO = [name for name in of(Who.WORKSHOP) if "<" in ADDRESSES[name]]


@pytest.mark.parametrize("name", STUDIO)
def test_a_workshop_finds_nothing_of_another_one(things, world, name):
    """P64: the weaver names the potter's own sale, piece and return."""
    number = things["back"] if "/returns/" in ADDRESSES[name] else things["order"]
    path = path_of(name, **things | {"number": number})
    assert asked(signed_in(WEAVER), path) <= GONE, (name, path)


@pytest.mark.parametrize("name", ["studio:order", "studio:piece", "studio:back"])
def test_the_workshop_itself_finds_it(things, name):
    """The walk above names things that are there."""
    number = things["back"] if name == "studio:back" else things["order"]
    path = path_of(name, **things | {"number": number})
    assert signed_in(POTTER).get(path).status_code == 200


@pytest.mark.parametrize("name", [one for one in of(Who.TILL) if "<slug:whose>" in ADDRESSES[one]])
def test_a_till_is_not_there_for_another_workshop(world, name):
    """P64."""
    path = path_of(name, whose=POTTER.artisan)
    assert asked(signed_in(WEAVER), path) <= GONE, name
