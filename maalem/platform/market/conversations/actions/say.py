"""Somebody says something about a parcel, shows it, or likes what was shown."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from maalem.kit.typed import holds_card, plain
from maalem.platform.ground.people.models import Person
from maalem.platform.market.conversations import decide, jobs
from maalem.platform.market.conversations.models import MOST_PHOTOS, MOST_WORDS, Entry
from maalem.platform.market.conversations.states import Refused, Side, Stage
from maalem.platform.market.orders.actions.parcels import lock_order
from maalem.platform.market.orders.models import Order, OrderLine
from maalem.platform.market.orders.states import OrderStatus

MADE_TO_ORDER = "made_to_order"


@dataclass(frozen=True)
class Said:
    """What somebody says: words, photos as rows, and for a workshop how far the piece is."""

    words: str = ""
    photos: list[list[Any]] = field(default_factory=list)
    stage: str = ""


@transaction.atomic
def say(number: str, *, key: UUID, said: Said, by: Person | None) -> Entry:
    """Add to the conversation about the order `number`; `by` nobody, it is the buyer's.

    The same key again is the entry that is there. Raises `Refused`, `Order.DoesNotExist`.
    """
    order = lock_order(number)
    before = Entry.objects.filter(order=order, key=key).first()
    if before is not None:
        return before
    side = Side.BUYER if by is None else Side.WORKSHOP
    words = plain(said.words)
    _check(order, said=said, words=words, side=side)
    entry = Entry.objects.create(
        order=order,
        side=side.value,
        key=key,
        stage=said.stage,
        words=words,
        photos=said.photos,
        by=by,
    )
    other = Entry.objects.filter(order=order, side=side.other.value).order_by("-pk").first()
    told = decide.told_as(
        number, side=side, answered=other.pk if other else 0, today=timezone.localdate()
    )
    jobs.speak.defer(entry=entry.pk, key=told)
    return entry


@transaction.atomic
def like(number: str, *, entry: int) -> Entry:
    """The buyer likes what the workshop showed. Again is no trouble.

    Raises `Refused`, `Entry.DoesNotExist`.
    """
    order = lock_order(number)
    found = Entry.objects.get(order=order, pk=entry, side=Side.WORKSHOP)
    why = why_closed(order)
    if why and found.liked_at is None:
        raise Refused(why)
    Entry.objects.filter(pk=found.pk, liked_at=None).update(liked_at=Now())
    found.refresh_from_db()
    return found


def why_closed(order: Order) -> str:
    """Why nothing more can be said about it; empty while the conversation is open."""
    arrived = order.delivered_at
    return decide.why_closed(
        status=order.status,
        delivered_on=timezone.localdate(arrived) if arrived else None,
        today=timezone.localdate(),
        said=Entry.objects.filter(order=order).count(),
    )


def may_show_stage(order: Order) -> bool:
    """Whether there is a piece being made for this buyer."""
    made = OrderLine.objects.filter(order=order, snapshot__supply=MADE_TO_ORDER)
    return order.status == OrderStatus.TO_PREPARE and made.exists()


def _check(order: Order, *, said: Said, words: str, side: Side) -> None:
    why = why_closed(order)
    if why:
        raise Refused(why)
    if not (words or said.photos or said.stage):
        raise Refused("empty")
    if len(words) > MOST_WORDS:
        raise Refused("too_long")
    if len(said.photos) > MOST_PHOTOS:
        raise Refused("too_many_photos")
    if holds_card(words):
        raise Refused("card")
    if said.stage and (side is Side.BUYER or said.stage not in set(Stage)):
        raise Refused("stage")
    if said.stage and not may_show_stage(order):
        raise Refused("not_being_made")
