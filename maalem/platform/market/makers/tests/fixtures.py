"""A co-operative of two makers, and what it sells, for the tests of its book."""

from typing import Any

from django.utils import timezone
from i18nfield.strings import LazyI18nString

from maalem.platform.craft.artisans.models import Artisan, Maker
from maalem.platform.ground.jobs.testing import drain
from maalem.platform.ground.people.models import Person
from maalem.platform.market.catalog.models import Product
from maalem.platform.market.makers.actions.publish import publish
from maalem.platform.market.makers.models import Rule
from maalem.platform.market.orders.actions.goodwill import owe
from maalem.platform.market.orders.actions.parcels import confirm_delivery, dispatch
from maalem.platform.market.orders.models import Order, Release, Reversal

ITTO_PHONE, RKIA_PHONE = "+212661000201", "+212661000202"


def named(name: str) -> LazyI18nString:
    """A name in the three languages of the pages."""
    return LazyI18nString({"fr": name, "en": name, "ar": f"{name} ع"})


def two_makers(world: Any) -> list[Maker]:
    """The weaver's workshop as a co-operative: Itto, whose carpet it is, and Rkia."""
    Artisan.objects.filter(pk=world.weaver.pk).update(kind="cooperative")
    world.weaver.refresh_from_db()
    made = [
        Maker.objects.create(artisan=world.weaver, name=named(name), phone=phone, position=place)
        for place, (name, phone) in enumerate([("Itto", ITTO_PHONE), ("Rkia", RKIA_PHONE)])
    ]
    Product.objects.filter(pk=world.carpet.product_id).update(maker=made[0])
    return made


def rule(world: Any, maker: int, fund: int, equal: int) -> Rule:
    """A rule from today, in basis points."""
    return publish(
        world.weaver,
        begins_on=timezone.localdate(),
        maker_bps=maker,
        fund_bps=fund,
        equal_bps=equal,
        by=world.weaver.memberships.get().person,
    )


def released(world: Any, **bought: int) -> Release:
    """The release of what the weaver sold, delivered and handed over."""
    group = world.paid(world.cart(**(bought or {"carpet": 1})))
    order = Order.objects.get(group=group, artisan=world.weaver)
    dispatch(order.number, by="seller", carrier="Poste", tracking="")
    confirm_delivery(order.number, by="buyer")
    drain()
    return Release.objects.get(order=order, status="done")


def reversed_(release: Release, *, amount_minor: int, key: str) -> Reversal:
    """A part of a release taken back for something that came back."""
    owe(release.order, amount_minor=0, share_minor=amount_minor, key=key, by="x", note="torn")
    drain()
    return Reversal.objects.get(key=f"{key}-seller", status="done")


def signed_in(maker: Maker, *, is_verified: bool = True) -> Person:
    """The maker as somebody who came in by a code sent to her telephone."""
    return Person.objects.create_user(
        phone=maker.phone, phone_verified=is_verified, name=str(maker), language="ar"
    )
