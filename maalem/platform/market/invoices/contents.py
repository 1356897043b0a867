"""What is printed on an invoice or a credit note, gathered once and frozen in three languages.

A paper is made again from this alone, whatever was edited since: names, addresses, rules, prices.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import override

from maalem.platform.market.invoices.models import Identity, Invoice
from maalem.platform.market.invoices.taxes import LANGUAGES, Rule, Tax
from maalem.platform.market.orders.models import Order, OrderLine, Payment
from maalem.platform.market.orders.words import place_of

Content = dict[str, Any]
NUMBERS = ("ice", "tax_id", "business_tax", "register")


def of_invoice(
    order: Order,
    *,
    lines: Sequence[OrderLine],
    payments: Sequence[Payment],
    identity: Identity,
    rules: Sequence[Rule],
    taxes: Sequence[Tax],
) -> Content:
    """The whole of an order: each line with its rule, and what each rule takes."""
    return {
        "order": order.number,
        "purchase": order.group.number,
        "currency": order.currency,
        "seller": _seller(order, identity),
        "buyer": _buyer(order),
        "lines": [_line(line, rule) for line, rule in zip(lines, rules, strict=True)],
        "carriage_minor": order.shipping_minor,
        "taxes": [_tax(tax.rule, tax.total_minor, tax.vat_minor) for tax in taxes],
        "payments": [
            {
                "on": localdate(one.received_at).isoformat(),
                "reference": one.intent,
                "amount_minor": _paid_of(order, one),
            }
            for one in payments
        ],
    }


def of_credit(
    invoice: Invoice,
    *,
    falls: Sequence[tuple[int, int]],
    pieces: Mapping[int, int],
) -> Content:
    """What is taken back of an invoice: `falls` on its taxes, (total, VAT) of each, and what came
    back of each line, `pieces` by the line's position."""
    was = invoice.content
    kept = {key: was[key] for key in ("order", "purchase", "currency", "seller", "buyer")}
    return {
        **kept,
        "of": {"number": invoice.number, "on": invoice.on.isoformat()},
        "lines": [
            {"title": line["title"], "label": line["label"], "quantity": pieces[place]}
            for place, line in enumerate(was["lines"])
            if pieces.get(place)
        ],
        "taxes": [
            {**tax, "total_minor": total, "vat_minor": vat}
            for tax, (total, vat) in zip(was["taxes"], falls, strict=True)
            if total
        ],
    }


def _seller(order: Order, identity: Identity) -> Content:
    return {
        "name": order.seller,
        "legal_name": identity.name,
        "address": identity.address,
        "place": order.place,
        "numbers": {kind: getattr(identity, kind) for kind in NUMBERS if getattr(identity, kind)},
    }


def _buyer(order: Order) -> Content:
    group, lines = order.group, {}
    for language in LANGUAGES:
        with override(language):
            lines[language] = place_of(group.address, country=group.country)
    return {"name": group.name, "lines": lines, "country": group.country}


def _line(line: OrderLine, rule: Rule) -> Content:
    return {
        "title": line.title,
        "label": line.label,
        "quantity": line.quantity,
        "unit_minor": line.unit_price_minor,
        "total_minor": line.total_minor,
        "rule": rule.id,
    }


def _tax(rule: Rule, total_minor: int, vat_minor: int) -> Content:
    return {
        "rule": rule.id,
        "rate_bps": rule.rate_bps,
        "is_exempt": rule.is_exempt,
        "says": dict(rule.says),
        "total_minor": total_minor,
        "vat_minor": vat_minor,
    }


def _paid_of(order: Order, payment: Payment) -> int:
    """What of a payment was for this order: its balance, or its part of what was paid first."""
    return order.balance_minor if payment.order_id else order.deposit_minor
