"""A workshop's sales and money, for those who belong to it. Nothing of anybody else's."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from babel import Locale
from django.db.models import Prefetch, Q, QuerySet, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from maalem.platform.craft.artisans.models import Artisan, Membership
from maalem.platform.ground.people.models import Person
from maalem.platform.market.orders.models import Order, OrderLine
from maalem.platform.market.orders.states import AskStatus, OrderStatus
from maalem.platform.market.orders.words import spoken

# A sale is a sale once it is paid: before that, the artisan would make what nobody buys.
SALES = (
    OrderStatus.TO_PREPARE,
    OrderStatus.DISPATCHED,
    OrderStatus.DELIVERED,
    OrderStatus.CANCELLED,
    OrderStatus.REFUNDED,
)
OPEN = (OrderStatus.TO_PREPARE, OrderStatus.DISPATCHED)
PAGE = 20


@dataclass(frozen=True)
class Sale:
    """One order as its seller's list shows it; amounts in centimes."""

    number: str
    status: str
    title: str
    pieces: int
    first_name: str
    city: str
    net_minor: int
    currency: str
    paid_at: datetime | None
    dispatch_by: date
    is_late: bool


@dataclass(frozen=True)
class Sales:
    """What there is to do, what is on its way, and a page of what is done."""

    to_prepare: list[Sale]
    on_the_way: list[Sale]
    done: list[Sale]
    older: int

    @property
    def is_empty(self) -> bool:
        return not (self.to_prepare or self.on_the_way or self.done)


@dataclass(frozen=True)
class Escrow:
    """Earned but held: `waiting_minor` for delivery, `releasing_minor` on its way to them."""

    waiting_minor: int
    releasing_minor: int


def workshops(person: Person) -> list[Artisan]:
    """The workshops this person acts for, in the order in which she joined them."""
    rows = (
        Membership.objects.filter(person_id=person.pk)
        .select_related("artisan__commune")
        .order_by("pk")
    )
    return [row.artisan for row in rows]


def landing(person: Person) -> str:
    """Where somebody who sells is taken after signing in; empty for anybody else."""
    sells = Membership.objects.filter(person_id=person.pk).exists()
    return reverse("studio:sales") if sells else ""


def sales(artisan: Artisan, *, before: int = 0) -> Sales:
    """A workshop's sales: all that is open, and a page of done ones, older than id `before`."""
    rows = _orders(artisan)
    opened = [_sale(row) for row in rows.filter(status__in=OPEN).order_by("dispatch_by", "pk")]
    closed = rows.filter(status__in=SALES).exclude(status__in=OPEN).order_by("-pk")
    if before:
        closed = closed.filter(pk__lt=before)
    page = list(closed[: PAGE + 1])
    return Sales(
        to_prepare=[sale for sale in opened if sale.status == OrderStatus.TO_PREPARE],
        on_the_way=[sale for sale in opened if sale.status == OrderStatus.DISPATCHED],
        done=[_sale(row) for row in page[:PAGE]],
        older=page[PAGE - 1].pk if len(page) > PAGE else 0,
    )


def sale(mine: Iterable[Artisan], number: str) -> Order | None:
    """One sale with its lines and group; None where it is no sale of any of `mine`."""
    return _orders(*mine).filter(status__in=SALES, number=number).first()


def escrow(artisan: Artisan) -> Escrow:
    """What buyers have paid for this workshop's work and the platform still holds."""
    rows = Order.objects.filter(artisan_id=artisan.pk)
    unreleased = Q(release__isnull=True) | ~Q(release__status=AskStatus.DONE)
    waiting = rows.filter(status__in=OPEN)
    releasing = rows.filter(unreleased, status=OrderStatus.DELIVERED)
    return Escrow(waiting_minor=_sum(waiting), releasing_minor=_sum(releasing))


def orders_behind(artisan: Artisan, *, groups: Iterable[str]) -> dict[str, Order]:
    """This workshop's order in each group, by the group's number: each has one at most."""
    rows = Order.objects.filter(artisan_id=artisan.pk, group__number__in=set(groups) - {""})
    return {row.group.number: row for row in rows.select_related("group")}


def held(artisan: Artisan, *, limit: int = 50) -> list[Order]:
    """Paid orders whose money the platform still holds, the oldest first."""
    unreleased = Q(release__isnull=True) | ~Q(release__status=AskStatus.DONE)
    return list(
        Order.objects.filter(
            Q(status__in=OPEN) | Q(unreleased, status=OrderStatus.DELIVERED),
            artisan_id=artisan.pk,
        )
        .select_related("group")
        .order_by("pk")[:limit]
    )


def place_of(address: Mapping[str, Any], *, country: str) -> list[str]:
    """The lines a parcel's label needs below the name, as the buyer gave them."""
    language = get_language() or "fr"
    if "commune_name" in address:
        commune = spoken(address["commune_name"], language=language)
        region = spoken(address.get("region_name", {}), language=language)
        lines = [address.get("quarter", ""), address.get("landmark", ""), commune, region]
    else:
        city = " ".join(filter(None, [address.get("postcode", ""), address.get("city", "")]))
        named = Locale.parse(language.split("-")[0]).territories.get(country, country)
        lines = [*address.get("lines", []), city, named]
    return [line for line in lines if line]


def _orders(*mine: Artisan) -> QuerySet[Order]:
    lines = Prefetch("lines", OrderLine.objects.order_by("position"))
    rows = Order.objects.filter(artisan_id__in=[artisan.pk for artisan in mine])
    return rows.select_related("group").prefetch_related(lines)


def _sale(row: Order) -> Sale:
    language = get_language() or "fr"
    lines = list(row.lines.all())
    late = row.status == OrderStatus.TO_PREPARE and row.dispatch_by < timezone.localdate()
    return Sale(
        number=row.number,
        status=row.status,
        title=spoken(lines[0].title, language=language) if lines else row.number,
        pieces=sum(line.quantity for line in lines),
        first_name=first_name(row.group.name),
        city=_city(row.group.address, language=language),
        net_minor=row.seller_net_minor,
        currency=row.currency,
        paid_at=row.group.paid_at,
        dispatch_by=row.dispatch_by,
        is_late=late,
    )


def first_name(name: str) -> str:
    """What a seller is told of a buyer's name."""
    return name.split(" ", 1)[0]


def _city(address: Mapping[str, Any], *, language: str) -> str:
    if "commune_name" in address:
        return spoken(address["commune_name"], language=language)
    return str(address.get("city", ""))


def _sum(rows: QuerySet[Order]) -> int:
    return rows.aggregate(all=Sum("seller_net_minor"))["all"] or 0
