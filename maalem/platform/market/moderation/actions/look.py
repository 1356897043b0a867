"""A moderator has read a piece: it waits no longer, unless it was changed meanwhile."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max

from maalem.platform.craft.artisans.models import Membership
from maalem.platform.ground.people.models import Person
from maalem.platform.market.catalog.models import Product
from maalem.platform.market.moderation.models import Look, Waiting
from maalem.platform.market.moderation.queries import told_changes
from maalem.platform.market.moderation.states import Refused


@dataclass(frozen=True)
class Read:
    """What a moderator had before her: the product's version, and its newest change.

    Both, because the price of a dearer variant changes without another version of the product.
    """

    version: int
    change: int


@transaction.atomic
def looked(product_id: int, *, read: Read, by: Person) -> Look:
    """Nothing is wrong with what was read. Raises `Refused`, `Product.DoesNotExist`."""
    return write_down(locked(product_id, by=by), read=read, by=by)


def locked(product_id: int, *, by: Person) -> Product:
    """The piece under its lock, if this moderator may judge it: not where she sells."""
    product = Product.objects.select_for_update(no_key=True).get(pk=product_id)
    if Membership.objects.filter(person_id=by.pk, artisan_id=product.artisan_id).exists():
        raise Refused("own_workshop")
    return product


def reading(product: Product) -> Read:
    """The piece as it is now."""
    newest = told_changes(product.pk).aggregate(last=Max("pk"))["last"] or 0
    return Read(version=product.version, change=newest)


def write_down(product: Product, *, read: Read, by: Person) -> Look:
    """The look itself; refused where the piece is not any more what she read."""
    if reading(product) != read:
        raise Refused("changed_meanwhile")
    Waiting.objects.filter(product=product).delete()
    return Look.objects.create(product=product, version=read.version, change=read.change, by=by)
