"""A moderator has read a piece: it waits no longer, unless it was changed meanwhile."""

from django.db import transaction
from django.db.models import Max

from maalem.platform.craft.artisans.models import Membership
from maalem.platform.ground.people.models import Person
from maalem.platform.market.catalog.models import Product
from maalem.platform.market.moderation.models import Look, Waiting
from maalem.platform.market.moderation.states import Refused


@transaction.atomic
def looked(product_id: int, *, version: int, by: Person) -> Look:
    """Nothing is wrong with `version` of it. Raises `Refused`, `Product.DoesNotExist`."""
    return write_down(locked(product_id, by=by), version=version, by=by)


def locked(product_id: int, *, by: Person) -> Product:
    """The piece under its lock, if this moderator may judge it: not where she sells."""
    product = Product.objects.select_for_update(no_key=True).get(pk=product_id)
    if Membership.objects.filter(person_id=by.pk, artisan_id=product.artisan_id).exists():
        raise Refused("own_workshop")
    return product


def write_down(product: Product, *, version: int, by: Person) -> Look:
    """The look itself; refused where the piece is not any more what she read."""
    if product.version != version:
        raise Refused("changed_meanwhile")
    newest = product.changes.aggregate(last=Max("pk"))["last"] or 0
    Waiting.objects.filter(product=product).delete()
    return Look.objects.create(product=product, version=version, change=newest, by=by)
