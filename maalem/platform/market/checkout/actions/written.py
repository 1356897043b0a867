"""What was agreed, written down: a group, its orders, their lines, in one statement."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from maalem.kit.ids import spoken_number
from maalem.platform.market.cart import queries as carts
from maalem.platform.market.checkout.plan import Parcel, Plan
from maalem.platform.market.commission.decide import Item, Rule, Split, first_fit, split_for_seller
from maalem.platform.market.orders.models import OrderGroup
from maalem.platform.market.orders.words import frozen
from maalem.platform.rows import row

# The pieces are held for half an hour. A number that is taken by chance writes nothing at all.
_WRITE = """
WITH placed AS (
    INSERT INTO orders_ordergroup (number, cart_id, person_id, status, language, name, phone, email,
           country, address, note, currency, goods_minor, shipping_minor, total_minor,
           balance_minor, agreed, expires_at)
    SELECT number, cart_id, person_id, 'pending_payment', language, name, phone, email,
           country, address, note, currency, goods_minor, shipping_minor, total_minor,
           balance_minor, agreed, statement_timestamp() + interval '30 minutes'
      FROM jsonb_to_record(%(group)s) AS g(number text, cart_id bigint, person_id bigint,
           language text, name text, phone text, email text, country text, address jsonb,
           note text, currency text, goods_minor bigint, shipping_minor bigint,
           total_minor bigint, balance_minor bigint, agreed text)
    ON CONFLICT (number) DO NOTHING
    RETURNING id, number, status, language, email, phone, currency, total_minor, balance_minor,
              expires_at
), parcels AS (
    INSERT INTO orders_order (group_id, number, position, artisan_id, status, seller, place,
           currency, goods_minor, shipping_minor, commission_minor, commission_vat_minor,
           seller_net_minor, balance_minor, weight_g, dispatch_by, making_from, border, carrier,
           tracking)
    SELECT placed.id, placed.number || '-' || o.position, o.position, artisan_id,
           'awaiting_payment', seller, place, placed.currency, goods_minor, shipping_minor,
           commission_minor, commission_vat_minor, seller_net_minor, o.balance_minor, weight_g,
           dispatch_by, making_from, border, '', ''
      FROM placed, jsonb_to_recordset(%(orders)s) AS o(position int, artisan_id bigint,
           seller jsonb, place jsonb, goods_minor bigint, shipping_minor bigint,
           commission_minor bigint, commission_vat_minor bigint, seller_net_minor bigint,
           balance_minor bigint, weight_g int, dispatch_by date, making_from date,
           border jsonb)
     ORDER BY o.position
    RETURNING id, position
), things AS (
    INSERT INTO orders_orderline (order_id, position, product_id, variant_id, sku, title, label,
           snapshot, quantity, unit_price_minor, total_minor, balance_minor, commission_rule,
           commission_bps, commission_minor)
    SELECT parcels.id, l.position, product_id, variant_id, sku, title, label, snapshot, quantity,
           unit_price_minor, total_minor, balance_minor, commission_rule, commission_bps,
           commission_minor
      FROM jsonb_to_recordset(%(lines)s) AS l(parcel int, position int, product_id bigint,
           variant_id bigint, sku text, title jsonb, label jsonb, snapshot jsonb, quantity int,
           unit_price_minor bigint, total_minor bigint, balance_minor bigint,
           commission_rule text, commission_bps int, commission_minor bigint)
      JOIN parcels ON parcels.position = l.parcel
     ORDER BY l.parcel, l.position
), told AS (
    INSERT INTO orders_history (group_id, event, was, now, by, note)
    SELECT id, 'placed', '', '', 'buyer', '' FROM placed
)
SELECT * FROM placed
"""
_READ = (
    *("id", "number", "status", "language", "email", "phone", "currency", "total_minor"),
    *("balance_minor", "expires_at"),
)


Rows = list[dict[str, Any]]


def split(plan: Plan, *, rules: Sequence[Rule], on: date) -> tuple[Rows, Rows]:
    """The orders of `plan` and their lines, with what the rules of the day keep of each."""
    orders: Rows = []
    lines: Rows = []
    for position, parcel in enumerate(plan.parcels, start=1):
        items = [
            Item(line.total_minor, first_fit(rules, facts=_facts(line), on=on))
            for line in parcel.lines
        ]
        parts = split_for_seller(items, shipping_minor=parcel.shipping_minor)
        orders.append(_order(parcel, position=position, split=parts))
        kept = zip(items, parts.commissions, strict=True)
        lines += _lines(parcel, position=position, kept=kept)
    return orders, lines


def write(rows: tuple[Rows, Rows], *, plan: Plan, group: Mapping[str, Any]) -> OrderGroup:
    """Write it in the caller's transaction; `group` says whose it is, where to, which language."""
    orders, lines = rows
    sums = {
        "currency": plan.currency,
        "goods_minor": plan.goods_minor,
        "shipping_minor": plan.shipping_minor,
        "total_minor": plan.total_minor,
        "balance_minor": plan.balance_minor,
        "agreed": plan.agreed,
    }
    found = None
    while found is None:
        whole = {**group, **sums, "number": spoken_number("M")}
        values = {"group": whole, "orders": orders, "lines": lines}
        found = row(_WRITE, {name: json.dumps(value) for name, value in values.items()})
    return OrderGroup.from_db("default", _READ, found)


def _order(parcel: Parcel, *, position: int, split: Split) -> dict[str, Any]:
    return {
        "position": position,
        "artisan_id": parcel.seller.pk,
        "seller": frozen(parcel.seller.name),
        "place": frozen(parcel.seller.place),
        "goods_minor": split.goods_minor,
        "shipping_minor": split.shipping_minor,
        "commission_minor": split.commission_minor,
        "commission_vat_minor": split.commission_vat_minor,
        "seller_net_minor": split.seller_net_minor,
        "balance_minor": parcel.balance_minor,
        "weight_g": parcel.weight_g,
        "dispatch_by": parcel.leaves_by.isoformat(),
        "making_from": parcel.making_from.isoformat() if parcel.making_from else None,
        "border": parcel.border.kept() if parcel.border else None,
    }


def _lines(
    parcel: Parcel, *, position: int, kept: Iterable[tuple[Item, int]]
) -> Iterable[dict[str, Any]]:
    for place, (line, (item, commission)) in enumerate(
        zip(parcel.lines, kept, strict=True), start=1
    ):
        yield {
            "parcel": position,
            "position": place,
            "product_id": line.piece.product,
            "variant_id": line.piece.variant,
            "sku": line.piece.sku,
            "title": frozen(line.piece.title),
            "label": frozen(line.piece.label),
            "snapshot": _snapshot(line),
            "quantity": line.quantity,
            "unit_price_minor": line.price_minor,
            "total_minor": line.total_minor,
            "balance_minor": line.balance_minor,
            "commission_rule": item.rule.name,
            "commission_bps": item.rule.rate_bps,
            "commission_minor": commission,
        }


def _facts(line: carts.Line) -> Mapping[str, str]:
    return {
        "kind": line.seller.kind,
        "artisan": line.seller.slug,
        "region": line.seller.region,
        "craft": line.piece.craft,
    }


def _snapshot(line: carts.Line) -> dict[str, Any]:
    piece, photo = line.piece, line.photo
    return {
        "slug": piece.slug,
        "craft": piece.craft,
        "maker": frozen(piece.maker),
        # Names are alike and get corrected: whose hands it was is told by the id.
        "maker_id": piece.maker_id,
        "materials": frozen(piece.materials),
        "hs_code": piece.hs_code,
        "weight_g": piece.weight_g,
        "supply": piece.supply,
        "making_days": piece.making_days,
        "photo": photo.path if photo else "",
        "tone": photo.tone if photo else "",
    }
