"""Pieces put aside while somebody pays: held, then sold or free again, exactly once.

Every function here runs inside the caller's transaction and locks variants in id order, so that
two carts with the same things in another order never wait for each other in a circle.
"""

from collections.abc import Iterable, Mapping

from django.db.models import F, QuerySet
from django.db.models.functions import Now

from maalem.platform.market.cart.models import Cart, Hold
from maalem.platform.market.catalog.models import Variant
from maalem.platform.market.catalog.states import Supply


class NotEnough(Exception):
    """Some pieces are gone. `missing` maps a variant's id to how many are free."""

    def __init__(self, missing: Mapping[int, int]) -> None:
        super().__init__(f"not enough of variants {sorted(missing)}")
        self.missing = dict(missing)


def lock_variants(ids: Iterable[int] | QuerySet[Hold]) -> dict[int, Variant]:
    """The variants with their stock and supply, locked in id order until the commit."""
    found = (
        Variant.objects.select_for_update(of=("self",), no_key=True)
        .select_related("product")
        .only("on_hand", "reserved", "product__supply")
        .filter(pk__in=ids)
        .order_by("pk")
    )
    return {variant.pk: variant for variant in found}


def is_counted(variant: Variant) -> bool:
    """Whether pieces of it are counted: what is made to order has no stock to run out of."""
    return variant.product.supply != Supply.MADE_TO_ORDER


def hold(
    wanted: Mapping[int, int], *, variants: Mapping[int, Variant], cart: Cart, reference: str
) -> None:
    """Hold `wanted` (variant id to quantity) of locked `variants`; `NotEnough` holds nothing."""
    counted = _counted(wanted, variants=variants)
    _check(counted, variants=variants)
    for pk, quantity in counted.items():
        Variant.objects.filter(pk=pk).update(reserved=F("reserved") + quantity)
    Hold.objects.bulk_create(
        Hold(cart=cart, reference=reference, variant_id=pk, quantity=quantity)
        for pk, quantity in counted.items()
    )


def consume(reference: str) -> int:
    """Sell what is held for `reference`; return how many holds ended (0 if none was held)."""
    return _end(reference, then=Hold.CONSUMED)


def release(reference: str) -> int:
    """Free what is held for `reference`; return how many holds ended (0 if none was held)."""
    return _end(reference, then=Hold.RELEASED)


def take(wanted: Mapping[int, int]) -> None:
    """Sell pieces that nobody holds any more (a payment that came late), or raise `NotEnough`."""
    variants = lock_variants(wanted)
    counted = _counted(wanted, variants=variants)
    _check(counted, variants=variants)
    for pk, quantity in counted.items():
        Variant.objects.filter(pk=pk).update(on_hand=F("on_hand") - quantity)


def put_back(wanted: Mapping[int, int]) -> None:
    """Return sold pieces to the shelf: a paid order that was cancelled before it left."""
    variants = lock_variants(wanted)
    for pk, quantity in _counted(wanted, variants=variants).items():
        Variant.objects.filter(pk=pk).update(on_hand=F("on_hand") + quantity)


def _end(reference: str, *, then: str) -> int:
    lock_variants(Hold.objects.filter(reference=reference, status=Hold.HELD).values("variant_id"))
    # Read again under the locks: another worker may have ended them while we waited.
    held = list(
        Hold.objects.select_for_update()
        .filter(reference=reference, status=Hold.HELD)
        .order_by("variant_id")
    )
    for one in held:
        sold = one.quantity if then == Hold.CONSUMED else 0
        Variant.objects.filter(pk=one.variant_id).update(
            reserved=F("reserved") - one.quantity, on_hand=F("on_hand") - sold
        )
    if held:
        ids = [one.pk for one in held]
        Hold.objects.filter(pk__in=ids).update(status=then, ended_at=Now())
    return len(held)


def _counted(wanted: Mapping[int, int], *, variants: Mapping[int, Variant]) -> dict[int, int]:
    return {
        pk: quantity
        for pk, quantity in sorted(wanted.items())
        if pk not in variants or is_counted(variants[pk])
    }


def _check(wanted: Mapping[int, int], *, variants: Mapping[int, Variant]) -> None:
    missing = {}
    for pk, quantity in wanted.items():
        free = variants[pk].free if pk in variants else 0
        if free < quantity:
            missing[pk] = max(free, 0)
    if missing:
        raise NotEnough(missing)
