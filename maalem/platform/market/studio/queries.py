"""A workshop's sales and money, for those who belong to it. Nothing of anybody else's."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    Exists,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Sum,
    When,
)
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from maalem.platform.craft.artisans.models import Artisan, Membership
from maalem.platform.ground.people.models import Person
from maalem.platform.market.assistance.queries import is_agent
from maalem.platform.market.conversations import queries as conversations
from maalem.platform.market.conversations.decide import TALKING
from maalem.platform.market.makers.queries import makers_of
from maalem.platform.market.orders.models import Order, OrderLine, Release
from maalem.platform.market.orders.states import AskStatus, OrderStatus
from maalem.platform.market.orders.words import group_of, spoken

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
# What `Order.seller_paid_minor` says, of many.
_TOTAL = F("goods_minor") + F("shipping_minor")
_PAID_SHARE = Case(
    When(
        balance_minor__gt=0,
        balance_paid_at__isnull=True,
        then=F("seller_net_minor") * (_TOTAL - F("balance_minor")) / _TOTAL,
    ),
    default=F("seller_net_minor"),
    output_field=BigIntegerField(),
)
NUMBER = re.compile(r"[0-9]{1,18}")


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
    waits_for_balance: bool
    is_asked: bool


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
    """Where somebody who sells or makes is taken after signing in; empty for anybody else."""
    if Membership.objects.filter(person_id=person.pk).exists():
        return reverse("studio:sales")
    if is_agent(person):
        return reverse("assistance:desk")
    return reverse("studio:income") if makers_of(person) else ""


def sales(artisan: Artisan, *, before: int = 0) -> Sales:
    """A workshop's sales: all that is open, and a page of done ones, older than id `before`."""
    rows = _orders(artisan)
    opened = list(rows.filter(status__in=OPEN).order_by("dispatch_by", "pk"))
    closed = rows.filter(status__in=SALES).exclude(status__in=OPEN).order_by("-pk")
    if before:
        closed = closed.filter(pk__lt=before)
    page = list(closed[: PAGE + 1])
    asked = conversations.asked(row.pk for row in [*opened, *page])
    told = [_sale(row, is_asked=row.pk in asked) for row in opened]
    return Sales(
        to_prepare=[sale for sale in told if sale.status == OrderStatus.TO_PREPARE],
        on_the_way=[sale for sale in told if sale.status == OrderStatus.DISPATCHED],
        done=[_sale(row, is_asked=row.pk in asked) for row in page[:PAGE]],
        older=page[PAGE - 1].pk if len(page) > PAGE else 0,
    )


def sale(mine: Iterable[Artisan], number: str) -> Order | None:
    """One sale with its lines and group; None where it is no sale of any of `mine`."""
    return _orders(*mine).filter(status__in=SALES, number=number).first()


def escrow(artisan: Artisan) -> Escrow:
    """What buyers have paid for this workshop's work and the platform still holds."""
    rows = Order.objects.filter(artisan_id=artisan.pk)
    releasing = _unreleased().filter(order__artisan_id=artisan.pk)
    return Escrow(
        waiting_minor=rows.filter(status__in=OPEN).aggregate(all=Sum(_PAID_SHARE))["all"] or 0,
        releasing_minor=releasing.aggregate(all=Sum("amount_minor"))["all"] or 0,
    )


def orders_behind(artisan: Artisan, *, groups: Iterable[str]) -> dict[str, Order]:
    """This workshop's order behind each of `groups`: numbers of groups, or of orders whose
    balance a line of the account is about. Each group has one of hers at most."""
    behind = {name: group_of(name) for name in groups if name}
    rows = Order.objects.filter(artisan_id=artisan.pk, group__number__in=set(behind.values()))
    found = {row.group.number: row for row in rows.select_related("group")}
    return {name: found[group] for name, group in behind.items() if group in found}


def held(artisan: Artisan, *, limit: int = 50) -> list[Order]:
    """Paid orders whose money the platform still holds, the oldest first."""
    unreleased = Exists(_unreleased().filter(order=OuterRef("pk")))
    return list(
        Order.objects.filter(
            Q(status__in=OPEN) | Q(unreleased, status=OrderStatus.DELIVERED),
            artisan_id=artisan.pk,
        )
        .select_related("group")
        .order_by("pk")[:limit]
    )


def _orders(*mine: Artisan) -> QuerySet[Order]:
    lines = Prefetch("lines", OrderLine.objects.order_by("position"))
    rows = Order.objects.filter(artisan_id__in=[artisan.pk for artisan in mine])
    return rows.select_related("group").prefetch_related(lines)


def _sale(row: Order, *, is_asked: bool) -> Sale:
    language = get_language() or "fr"
    lines = list(row.lines.all())
    to_prepare = row.status == OrderStatus.TO_PREPARE
    waits = to_prepare and row.ready_at is not None and row.owes_minor > 0
    late = to_prepare and not waits and row.dispatch_by < timezone.localdate()
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
        waits_for_balance=waits,
        is_asked=is_asked and row.status in TALKING,
    )


def first_name(name: str) -> str:
    """What a seller is told of a buyer's name."""
    return name.split(" ", 1)[0]


def _city(address: Mapping[str, Any], *, language: str) -> str:
    if "commune_name" in address:
        return spoken(address["commune_name"], language=language)
    return str(address.get("city", ""))


def _unreleased() -> QuerySet[Release]:
    return Release.objects.exclude(status=AskStatus.DONE)
