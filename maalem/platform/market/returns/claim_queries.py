"""What pages ask of claims. Nothing here writes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from maalem.platform.craft.artisans.models import Artisan
from maalem.platform.market.orders.models import Order
from maalem.platform.market.returns.actions.claim import last_day, why_not
from maalem.platform.market.returns.models import Claim
from maalem.platform.market.returns.states import ClaimStatus


@dataclass(frozen=True)
class Claimed:
    """A parcel as its buyer sees it who finds something wrong with it."""

    order: Order
    claims: tuple[Claim, ...]
    why_not: str
    last_day: date | None


def parcel(group: str, order: str) -> Claimed | None:
    """One parcel of a purchase, or None."""
    found = Order.objects.filter(group__number=group, number=order).select_related("group").first()
    if found is None:
        return None
    claims = list(Claim.objects.filter(order=found).order_by("pk"))
    return Claimed(found, tuple(claims), why_not(found, before=claims), last_day(found))


def of_purchase(group: str, number: str) -> Claim | None:
    """A claim of a purchase."""
    return _whole().filter(order__group__number=group, number=number).first()


def of_workshops(mine: Iterable[Artisan], number: str) -> Claim | None:
    """A claim against one of her workshops."""
    return _whole().filter(artisan_id__in=[one.pk for one in mine], number=number).first()


def open_of(artisan: Artisan) -> list[Claim]:
    """The workshop's newest claims: those that wait for its word stand among them."""
    return list(_whole().filter(artisan_id=artisan.pk).order_by("-pk")[:50])


def waiting() -> list[Claim]:
    """What waits for an officer, the oldest first."""
    return list(_whole().filter(status=ClaimStatus.ESCALATED).order_by("pk")[:100])


def case(number: str) -> Claim | None:
    """Everything about one claim."""
    return _whole().filter(number=number).prefetch_related("events").first()


def _whole() -> QuerySet[Claim]:
    return Claim.objects.select_related("order__group", "artisan", "given")
