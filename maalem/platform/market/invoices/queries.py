"""Which papers there are. Nothing here writes."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, Sum

from maalem.platform.craft.artisans.models import Artisan
from maalem.platform.market.invoices.models import Identity, Invoice
from maalem.platform.market.invoices.states import Kind
from maalem.platform.market.orders.models import Order
from maalem.platform.market.orders.states import PAID_ORDERS

_SHOWN = ("id", "kind", "number", "on", "order_id", "total_minor", "vat_minor", "cause")


@dataclass(frozen=True, slots=True)
class Month:
    """What a workshop issued in a month: how many papers, and centimes less what was credited."""

    first: date
    papers: int
    total_minor: int
    vat_minor: int


def of_orders(order_ids: Sequence[int]) -> dict[int, list[Invoice]]:
    """The papers of these orders by order, oldest first. One query, without what is printed."""
    found: dict[int, list[Invoice]] = defaultdict(list)
    for one in Invoice.objects.filter(order_id__in=order_ids).only(*_SHOWN).order_by("id"):
        found[one.order_id].append(one)
    return found


def of_purchase(number: str, pk: int) -> Invoice | None:
    """One paper of the purchase of this number."""
    return Invoice.objects.filter(order__group__number=number, pk=pk).first()


def of_workshop(artisan: Artisan, pk: int) -> Invoice | None:
    """One paper of a workshop's own."""
    return Invoice.objects.filter(artisan=artisan, pk=pk).first()


def in_month(artisan: Artisan, first: date) -> list[Invoice]:
    """A month's papers in the order in which they were issued, with their order."""
    rows = Invoice.objects.filter(artisan=artisan, on__year=first.year, on__month=first.month)
    return list(rows.select_related("order").defer("content").order_by("id"))


def months(artisan: Artisan) -> list[Month]:
    """Every month in which something was issued, the last first."""
    by_month = Invoice.objects.filter(artisan=artisan).order_by().values("on__year", "on__month")
    sums = {
        f"{kind}_{what}": Sum(f"{what}_minor", filter=Q(kind=kind), default=0)
        for kind in Kind
        for what in ("total", "vat")
    }
    return [
        Month(
            date(row["on__year"], row["on__month"], 1),
            row["papers"],
            row["invoice_total"] - row["credit_total"],
            row["invoice_vat"] - row["credit_vat"],
        )
        for row in by_month.annotate(papers=Count("id"), **sums).order_by("-on__year", "-on__month")
    ]


def identity(artisan: Artisan) -> Identity | None:
    """What a workshop says of itself now."""
    return Identity.objects.filter(artisan=artisan).last()


def waiting(artisan: Artisan) -> int:
    """How many paid sales of a workshop have no invoice yet."""
    rows = Order.objects.filter(artisan=artisan, status__in=PAID_ORDERS)
    paid = rows.filter(Q(balance_minor=0) | Q(balance_paid_at__isnull=False))
    return paid.exclude(invoices__kind=Kind.INVOICE).count()
