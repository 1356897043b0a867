"""Place an order: everything or nothing, in one transaction that calls nobody."""

import logging
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from maalem.kit.ids import spoken_number
from maalem.platform.market.cart import queries as carts
from maalem.platform.market.cart.actions import holds
from maalem.platform.market.cart.models import Cart
from maalem.platform.market.checkout import queries
from maalem.platform.market.checkout.decide import (
    BrokenRule,
    Item,
    NoRule,
    Split,
    first_fit,
    split_for_seller,
)
from maalem.platform.market.checkout.models import Draft
from maalem.platform.market.checkout.plan import Parcel, Plan
from maalem.platform.market.checkout.tariff import BrokenTariff
from maalem.platform.market.orders.actions.move import alert, write_down
from maalem.platform.market.orders.models import Order, OrderGroup, OrderLine
from maalem.platform.market.orders.states import GroupStatus
from maalem.platform.market.orders.words import frozen

log = logging.getLogger(__name__)

HELD_FOR = timedelta(minutes=30)
LOCK_WAIT = "5s"
# PostgreSQL's codes for a lock not had in time and for a circle of waits that it broke.
_BUSY = frozenset({"55P03", "40P01"})


class Refused(Exception):
    """Nothing was written. `code`: empty, no_draft, lines, changed, busy or stopped."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class OtherPending(Exception):
    """This cart waits for the payment of another purchase, `number`; close that one first."""

    def __init__(self, number: str) -> None:
        super().__init__(number)
        self.number = number


def place_order(*, cart: Cart, agreed: str, language: str, person: Any = None) -> OrderGroup:
    """Turn a cart into a group that waits for its payment, pieces held for 30 minutes.

    `agreed` is the digest of the review the buyer saw; anything that changed since (a price, a
    parcel's carriage, the address) refuses with `changed`, so nobody pays what was not shown.
    A second call for the same purchase returns the same group. Raises `Refused`, `OtherPending`.
    """
    try:
        with transaction.atomic():
            return _place(cart, agreed=agreed, language=language, person=person)
    except OperationalError as trouble:
        if getattr(trouble.__cause__, "sqlstate", "") in _BUSY:
            raise Refused("busy") from trouble
        raise
    except (BrokenRule, NoRule, BrokenTariff) as trouble:
        # The operator's lists can't be right. Nothing is sold by a guess; a person is told.
        log.exception("the sale is stopped")
        alert("sale_stopped", about=type(trouble).__name__, note=str(trouble))
        raise Refused("stopped") from trouble


def _place(cart: Cart, *, agreed: str, language: str, person: Any) -> OrderGroup:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_WAIT])
    Cart.objects.select_for_update(no_key=True).get(pk=cart.pk)
    wanted = dict(cart.lines.values_list("variant_id", "quantity"))
    known = _placed_already(cart, agreed=agreed, is_empty=not wanted)
    if known is not None:
        return known
    draft = queries.draft_of(cart)
    if draft is None:
        raise Refused("no_draft")
    if not wanted:
        raise Refused("empty")
    variants = holds.lock_variants(wanted)
    contents = carts.contents(cart)
    if contents.stops:
        raise Refused("lines")
    today = timezone.localdate()
    plan = queries.plan_of(contents, draft=draft, on=today)
    if plan.agreed != agreed:
        raise Refused("changed")
    group = _write_group(cart, plan=plan, draft=draft, language=language, person=person)
    _write_orders(group, parcels=plan.parcels, on=today)
    try:
        holds.hold(wanted, variants=variants, cart=cart, reference=group.number)
    except holds.NotEnough:
        raise Refused("lines") from None
    write_down(group.pk, event="placed", by="buyer")
    return group


def _placed_already(cart: Cart, *, agreed: str, is_empty: bool) -> OrderGroup | None:
    pending = OrderGroup.objects.filter(cart=cart, status=GroupStatus.PENDING_PAYMENT).first()
    if pending is not None and pending.agreed == agreed:
        return pending
    if pending is not None:
        raise OtherPending(pending.number)
    if is_empty:
        # A click that came after the payment: the cart is empty because it was bought.
        return OrderGroup.objects.filter(cart=cart, agreed=agreed, status=GroupStatus.PAID).first()
    return None


def _write_group(cart: Cart, *, plan: Plan, draft: Draft, language: str, person: Any) -> OrderGroup:
    return OrderGroup.objects.create(
        number=_free_number(),
        cart=cart,
        person=person,
        language=language,
        currency=plan.currency,
        goods_minor=plan.goods_minor,
        shipping_minor=plan.shipping_minor,
        total_minor=plan.total_minor,
        agreed=plan.agreed,
        expires_at=Now() + HELD_FOR,
        **queries.whom(draft),
    )


def _free_number() -> str:
    number = spoken_number("M")
    while OrderGroup.objects.filter(number=number).exists():
        number = spoken_number("M")
    return number


def _write_orders(group: OrderGroup, *, parcels: Sequence[Parcel], on: date) -> None:
    rules = queries.rules()
    orders, lines = [], []
    for position, parcel in enumerate(parcels, start=1):
        items = [
            Item(line.total_minor, first_fit(rules, facts=_facts(parcel, line=line), on=on))
            for line in parcel.lines
        ]
        split = split_for_seller(items, shipping_minor=parcel.shipping_minor)
        order = _order(group, parcel=parcel, position=position, split=split)
        orders.append(order)
        lines += [
            _order_line(order, line=line, position=place, item=item, commission_minor=commission)
            for place, (line, item, commission) in enumerate(
                zip(parcel.lines, items, split.commissions, strict=True), start=1
            )
        ]
    Order.objects.bulk_create(orders)
    OrderLine.objects.bulk_create(lines)


def _order(group: OrderGroup, *, parcel: Parcel, position: int, split: Split) -> Order:
    return Order(
        number=f"{group.number}-{position}",
        group=group,
        artisan=parcel.artisan,
        position=position,
        seller=frozen(parcel.artisan.name),
        place=frozen(parcel.artisan.commune.name),
        currency=group.currency,
        goods_minor=split.goods_minor,
        shipping_minor=split.shipping_minor,
        commission_minor=split.commission_minor,
        commission_vat_minor=split.commission_vat_minor,
        seller_net_minor=split.seller_net_minor,
        weight_g=parcel.weight_g,
        dispatch_by=parcel.leaves_by,
    )


def _order_line(
    order: Order, *, line: carts.Line, position: int, item: Item, commission_minor: int
) -> OrderLine:
    return OrderLine(
        order=order,
        position=position,
        product=line.product,
        variant=line.variant,
        sku=line.variant.sku,
        title=frozen(line.product.title),
        label=frozen(line.variant.label),
        snapshot=_snapshot(line),
        quantity=line.quantity,
        unit_price_minor=line.price_minor,
        total_minor=line.total_minor,
        commission_rule=item.rule.name,
        commission_bps=item.rule.rate_bps,
        commission_minor=commission_minor,
    )


def _facts(parcel: Parcel, *, line: carts.Line) -> Mapping[str, str]:
    return {
        "kind": parcel.artisan.kind,
        "artisan": parcel.artisan.slug,
        "region": parcel.artisan.commune.province.region_id,
        "craft": line.product.craft.code,
    }


def _snapshot(line: carts.Line) -> dict[str, Any]:
    product = line.product
    photo = line.photo
    return {
        "slug": product.slug,
        "craft": product.craft.code,
        "maker": frozen(product.maker.name) if product.maker else {},
        "materials": frozen(product.materials),
        "hs_code": product.hs_code,
        "weight_g": product.weight_g,
        "supply": product.supply,
        "making_days": product.making_days,
        "photo": photo.path if photo else "",
        "tone": photo.tone if photo else "",
    }
