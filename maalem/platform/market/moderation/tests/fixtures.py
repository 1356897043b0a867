"""Moderators, and a piece that waits for a look."""

import itertools

from django.contrib.auth.models import Permission

from maalem.platform.ground.people.models import Person
from maalem.platform.market.catalog.actions.edit import describe, words_of
from maalem.platform.market.catalog.models import Product
from maalem.platform.market.moderation.actions.look import reading
from maalem.platform.market.moderation.actions.rule import take_off
from maalem.platform.market.moderation.models import Ruling

_count = itertools.count(1)


def moderator(name: str = "Moderator") -> Person:
    """Staff who may rule about pieces."""
    person = Person.objects.create(
        phone=f"+2126610007{next(_count):02d}", name=name, is_staff=True, language="fr"
    )
    right = Permission.objects.get(codename="moderate_listings")
    person.user_permissions.add(right)
    return person


def off(product: Product, *, by: Person, reason: str = "untrue", note: str = "") -> Ruling:
    """The piece as it is now, taken off the shelf."""
    product.refresh_from_db()
    return take_off(product.pk, reason=reason, by=by, read=reading(product), note=note)


def reworded(product: Product, title: str, *, by: str = "person:1") -> None:
    """Its workshop gives it another name."""
    product.refresh_from_db()
    before = words_of(product)
    after = {**before, "title": {**before["title"], "fr": title}}
    describe(product.pk, words=after, seen=before, by=by)
    product.refresh_from_db()
