"""Issue an invoice or a credit note: the next number of its series, and its frozen content.

An invoice is issued when a parcel is paid in full and its workshop has said how it is taxed; until
then it waits. Credit notes follow the orders' own rows of money: a parcel that was called off, and
what is owed to a buyer for a return or a claim. What an officer gives out of the platform's own
money is no matter of the seller's, and has none.
"""

import logging
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from maalem.platform.market.invoices import contents, taxes
from maalem.platform.market.invoices.models import Identity, Invoice
from maalem.platform.market.invoices.states import Cause, Kind
from maalem.platform.market.orders.actions.move import alert, settle_alert
from maalem.platform.market.orders.actions.parcels import lock_order
from maalem.platform.market.orders.models import Goodwill, Order, OrderLine, Payment
from maalem.platform.market.orders.states import PAID_ORDERS, Verdict
from maalem.platform.market.returns.models import Claim, Return
from maalem.platform.market.shipping.models import Classification

log = logging.getLogger(__name__)
_NEXT = """
INSERT INTO invoices_series AS s (artisan_id, kind, year, last, last_on)
VALUES (%(artisan)s, %(kind)s, %(year)s, 1, %(on)s)
ON CONFLICT (artisan_id, kind, year)
   DO UPDATE SET last = s.last + 1, last_on = greatest(s.last_on, excluded.last_on)
RETURNING last, last_on
"""
_LETTER = {Kind.INVOICE: "", Kind.CREDIT: "A"}


@transaction.atomic
def issue(number: str) -> Invoice | None:
    """The invoice of the order `number`, made once. None: not paid in full, called off, or its
    workshop has not said how it is taxed. Raises `taxes.NoRule`, and a person is told."""
    order = lock_order(number)
    known = Invoice.objects.filter(order=order, kind=Kind.INVOICE).first()
    identity = Identity.objects.filter(artisan_id=order.artisan_id).last()
    if known or identity is None or order.status not in PAID_ORDERS or order.owes_minor:
        return known
    lines, day = list(order.lines.order_by("position")), timezone.localdate()
    rules, taken = taxes.reckon(
        _items(lines),
        carriage_minor=order.shipping_minor,
        regime=identity.regime,
        country=order.group.country,
        on=day,
        by=taxes.rules(),
    )
    content = contents.of_invoice(
        order,
        lines=lines,
        payments=_payments(order),
        identity=identity,
        rules=rules,
        taxes=taken,
    )
    return _write(order, kind=Kind.INVOICE, source=f"order-{order.number}", content=content, on=day)


@transaction.atomic
def cancel(number: str) -> Invoice | None:
    """The credit note of what stands of a parcel that was called off, once; None without one."""
    order = lock_order(number)
    invoice = Invoice.objects.filter(order=order, kind=Kind.INVOICE).first()
    if invoice is None or order.status in PAID_ORDERS:
        return None
    left = sum(one.left_minor for one in standing(invoice))
    return _credit(invoice, amount_minor=left, cause=Cause.CANCELLED, source=f"off-{number}")


@transaction.atomic
def give_back(goodwill_id: int) -> Invoice | None:
    """The credit note of what is owed to a buyer for a return or a claim, once."""
    given = Goodwill.objects.get(pk=goodwill_id)
    invoice = Invoice.objects.filter(order=given.order_id, kind=Kind.INVOICE).first()
    if invoice is None or not given.is_owed or given.rest_of_id is not None:
        return None
    lock_order(invoice.content["order"])
    back = Return.objects.filter(given=given).first()
    came = _pieces(back) if back else {}
    amount = given.amount_minor + sum(one.amount_minor for one in given.rest.all())
    claimed = Claim.objects.filter(given=given).exists()
    cause = Cause.CLAIMED if claimed else Cause.RETURNED
    return _credit(invoice, amount_minor=amount, cause=cause, source=f"given-{given.pk}", came=came)


def standing(invoice: Invoice) -> list[taxes.Standing]:
    """What stands of each tax of an invoice, after its credit notes so far."""
    gone: dict[str, tuple[int, int]] = {}
    for note in invoice.credit_notes.all():
        for tax in note.content["taxes"]:
            total, vat = gone.get(tax["rule"], (0, 0))
            gone[tax["rule"]] = total + tax["total_minor"], vat + tax["vat_minor"]
    return [
        taxes.Standing(
            rate_bps=tax["rate_bps"],
            total_minor=tax["total_minor"],
            vat_minor=tax["vat_minor"],
            left_minor=tax["total_minor"] - gone.get(tax["rule"], (0, 0))[0],
            left_vat_minor=tax["vat_minor"] - gone.get(tax["rule"], (0, 0))[1],
        )
        for tax in invoice.content["taxes"]
    ]


def _credit(
    invoice: Invoice,
    *,
    amount_minor: int,
    cause: Cause,
    source: str,
    came: Mapping[int, int] | None = None,
) -> Invoice | None:
    """Under the order's lock. More than stands is credited as far as it stands."""
    known = Invoice.objects.filter(source=source).first()
    stands = standing(invoice)
    amount = min(amount_minor, sum(one.left_minor for one in stands))
    if known or not amount:
        return known
    pieces = came or {}
    weights = dict.fromkeys((tax["rule"] for tax in invoice.content["taxes"]), 0)
    for place, line in enumerate(invoice.content["lines"]):
        weights[line["rule"]] += line["unit_minor"] * pieces.get(place, 0)
    falls = taxes.credited(stands, amount_minor=amount, weights=list(weights.values()))
    content = contents.of_credit(invoice, falls=falls, pieces=pieces)
    order, day = invoice.order, timezone.localdate()
    return _write(
        order,
        kind=Kind.CREDIT,
        source=source,
        content=content,
        on=day,
        credits=invoice,
        cause=cause,
    )


def _write(
    order: Order, *, kind: Kind, source: str, content: contents.Content, on: date, **more: Any
) -> Invoice:
    """The next number is taken in this transaction: undone, it was never given."""
    asked = {"artisan": order.artisan_id, "kind": kind, "year": on.year, "on": on}
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, asked)
        position, day = cursor.fetchone()
    return Invoice.objects.create(
        artisan_id=order.artisan_id,
        order=order,
        kind=kind,
        year=on.year,
        position=position,
        number=f"{_LETTER[kind]}{on.year}-{position:06}",
        on=day,
        source=source,
        total_minor=sum(tax["total_minor"] for tax in content["taxes"]),
        vat_minor=sum(tax["vat_minor"] for tax in content["taxes"]),
        content=content,
        **more,
    )


def _items(lines: list[OrderLine]) -> list[taxes.Item]:
    """Each line with its customs code: what was last said of the piece, or what was sold."""
    ids = [line.product_id for line in lines if line.product_id]
    said = {one.product_id: one.code for one in Classification.objects.filter(product_id__in=ids)}
    return [
        taxes.Item(
            line.total_minor,
            said.get(line.product_id or 0) or _digits(line.snapshot.get("hs_code") or ""),
        )
        for line in lines
    ]


def _digits(code: str) -> str:
    return "".join(one for one in code if one.isdecimal())


def _payments(order: Order) -> list[Payment]:
    of_the_group = Payment.objects.filter(group_id=order.group_id, verdict=Verdict.ACCEPTED)
    return [one for one in of_the_group if one.order_id in (None, order.pk)]


def _pieces(back: Return) -> dict[int, int]:
    """How many came back of each line, by the line's place on the invoice."""
    places = {line.pk: place for place, line in enumerate(back.order.lines.order_by("position"))}
    return {places[one.line_id]: one.quantity for one in back.lines.all()}


def issue_or_tell(number: str) -> bool:
    """Issue, or put before a person that no rule of taxes fits; whether there is an invoice now."""
    try:
        made = issue(number)
    except taxes.NoRule as trouble:
        alert("no_tax_rule", about=number, note=f"{number} has no invoice: {trouble}.")
        return False
    settle_alert("no_tax_rule", about=number)
    return made is not None
