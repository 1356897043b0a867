"""What pages ask of returns. Nothing here writes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Prefetch, Q, QuerySet
from django.utils import timezone

from maalem.platform.craft.artisans.models import Artisan, Membership
from maalem.platform.ground.people.models import Person
from maalem.platform.market.catalog.models import Variant
from maalem.platform.market.orders.models import Order, OrderLine
from maalem.platform.market.returns import decide
from maalem.platform.market.returns.actions.announce import facts, gone, last_day, lines_of
from maalem.platform.market.returns.models import Return, ReturnLine
from maalem.platform.market.returns.states import ON_THE_WAY, ReturnStatus

DECIDE = "returns.decide_returns"
PAGE = 20


@dataclass(frozen=True)
class Choice:
    """A bought line, and how many of its pieces can still be sent back."""

    line: OrderLine
    left: int
    is_made_to_order: bool

    @property
    def counts(self) -> range:
        return range(self.left + 1)


@dataclass(frozen=True)
class Parcel:
    """A delivered parcel as its buyer sees it who thinks of sending something back."""

    order: Order
    choices: tuple[Choice, ...]
    returns: tuple[Return, ...]
    why_not: str
    last_day: date | None
    others: tuple[Variant, ...] = ()

    @property
    def may_choose(self) -> bool:
        return not self.why_not and any(one.left for one in self.choices)


def parcel(group: str, order: str) -> Parcel | None:
    """One parcel of a purchase, or None."""
    found = Order.objects.filter(group__number=group, number=order).select_related("group").first()
    if found is None:
        return None
    lines, away = lines_of(found), gone(found)
    until = last_day(found)
    why = decide.why_not(
        status=found.status, today=timezone.localdate(), last_day=until, lines=facts(lines)
    )
    choices = (_choice(line, away=away.get(line.pk, 0)) for line in lines)
    returns = Return.objects.filter(order=found).order_by("pk")
    return Parcel(found, tuple(choices), tuple(returns), why, until, () if why else _others(lines))


def _others(lines: list[OrderLine]) -> tuple[Variant, ...]:
    """What can be had instead: of the same pieces, at the price that was paid, and there."""
    paid = {line.product_id: line.unit_price_minor for line in lines if line.product_id}
    free = Variant.objects.filter(product_id__in=paid, on_hand__gt=F("reserved"))
    found = free.exclude(product__supply=decide.MADE_TO_ORDER).select_related("product")
    return tuple(one for one in found if one.price_minor == paid[one.product_id])


def _choice(line: OrderLine, *, away: int) -> Choice:
    made = line.snapshot.get("supply") == decide.MADE_TO_ORDER
    return Choice(line, 0 if made else line.quantity - away, made)


def of_purchase(group: str, number: str) -> Return | None:
    """A return of a purchase, with its pieces."""
    return _whole().filter(order__group__number=group, number=number).first()


def of_workshops(mine: Iterable[Artisan], number: str) -> Return | None:
    """A return to one of her workshops."""
    return _whole().filter(artisan_id__in=[one.pk for one in mine], number=number).first()


def listed(artisan: Artisan, *, before: int = 0) -> tuple[list[Return], int]:
    """A page of a workshop's returns, the newest first, and where the next one begins."""
    found = _whole().filter(artisan_id=artisan.pk).order_by("-pk")
    if before:
        found = found.filter(pk__lt=before)
    page = list(found[: PAGE + 1])
    return page[:PAGE], page[PAGE - 1].pk if len(page) > PAGE else 0


def waiting() -> list[Return]:
    """What waits for an officer: contested, or unanswered until the money was due."""
    overdue = Q(status__in=ON_THE_WAY, refund_by__lt=timezone.localdate())
    found = _whole().filter(Q(status=ReturnStatus.CONTESTED) | overdue)
    return list(found.order_by("refund_by", "pk")[:100])


def case(number: str) -> Return | None:
    """Everything about one return."""
    return _whole().filter(number=number).prefetch_related("events").first()


def is_officer(person: Person) -> bool:
    """Staff who hold the permission by name, as at the till."""
    return bool(person.is_active and person.is_staff and person.has_perm(DECIDE))


def telephone(artisan_id: int) -> str:
    """Where a carrier can reach the workshop: no parcel is handed over without one."""
    rows = Membership.objects.filter(artisan_id=artisan_id).exclude(person__phone="")
    return rows.order_by("pk").values_list("person__phone", flat=True).first() or ""


def _whole() -> QuerySet[Return]:
    lines = Prefetch("lines", ReturnLine.objects.select_related("line").order_by("line__position"))
    rows = Return.objects.select_related("order__group", "artisan", "given", "reversal")
    return rows.prefetch_related(lines)
