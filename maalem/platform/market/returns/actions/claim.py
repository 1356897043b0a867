"""What the buyer does about a parcel with something wrong: she says it, agrees, asks an officer."""

from datetime import date

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from maalem.kit.typed import plain
from maalem.platform.market.orders.actions.parcels import lock_order
from maalem.platform.market.orders.models import Order
from maalem.platform.market.orders.parts import left_of
from maalem.platform.market.orders.states import OrderStatus
from maalem.platform.market.returns import decide, rules
from maalem.platform.market.returns.actions import tell
from maalem.platform.market.returns.actions.announce import worded
from maalem.platform.market.returns.actions.money import owe_for
from maalem.platform.market.returns.actions.move import step
from maalem.platform.market.returns.models import Claim, ClaimEvent
from maalem.platform.market.returns.models.claim import MOST_CLAIMS, MOST_PHOTOS
from maalem.platform.market.returns.states import CLAIM_OVER, ClaimStatus, Kind, Refused

BUYER = "buyer"
TO_AN_OFFICER = (ClaimStatus.OFFERED, ClaimStatus.WANTED_BACK, ClaimStatus.DENIED)


@transaction.atomic
def claim(number: str, *, kind: str, words: str, photos: list[list[object]]) -> Claim:
    """Say what is wrong with the delivered order `number`. The same said again is the same claim.

    Raises `Refused`, `Order.DoesNotExist`.
    """
    said = worded(words)
    if kind not in set(Kind):
        raise Refused("kind")
    if not said:
        raise Refused("empty")
    if len(photos) > MOST_PHOTOS:
        raise Refused("too_many_photos")
    order = lock_order(number)
    before = list(Claim.objects.filter(order=order).order_by("pk"))
    if before and (before[-1].kind, before[-1].words) == (kind, said):
        return before[-1]
    why = why_not(order, before=before)
    if why:
        raise Refused(why)
    today = timezone.localdate()
    made = Claim.objects.create(
        number=f"{order.number}-C{len(before) + 1}",
        order=order,
        artisan_id=order.artisan_id,
        kind=kind,
        words=said,
        photos=photos,
        answer_by=rules.of_claims(today).answer_by(made_on=today),
    )
    ClaimEvent.objects.create(claim=made, event="made", now=made.status, by=BUYER, note=kind)
    tell.later("claim_made", back=made)
    return made


def why_not(order: Order, *, before: list[Claim]) -> str:
    """The code of why nothing can be claimed of a parcel, or nothing."""
    last = last_day(order)
    if order.status != OrderStatus.DELIVERED or last is None:
        return "not_arrived"
    if any(one.status not in CLAIM_OVER for one in before):
        return "claim_open"
    if left_of(order) == 0:
        return "all_given"
    if timezone.localdate() > last:
        return "claim_too_late"
    return "too_often" if len(before) >= MOST_CLAIMS else ""


def last_day(order: Order) -> date | None:
    """The last day on which something can be claimed; None before the parcel has arrived."""
    if order.delivered_at is None:
        return None
    on = timezone.localdate(order.delivered_at)
    return rules.of_claims(on).last_day(delivered_on=on)


@transaction.atomic
def agree(number: str) -> Claim:
    """The buyer takes the part that the workshop offers. Again is no trouble."""
    found = locked(number)
    if found.status == ClaimStatus.GRANTED:
        return found
    if found.status != ClaimStatus.OFFERED or found.offer_minor is None:
        raise Refused("moved")
    return grant(found, amount_minor=found.offer_minor, event="agreed", by=BUYER)


@transaction.atomic
def escalate(number: str) -> Claim:
    """The buyer asks an officer: after an answer that she doesn't take, or after none in time."""
    found = locked(number)
    if found.status == ClaimStatus.ESCALATED:
        return found
    if not may_escalate(found):
        raise Refused("not_yet" if found.status == ClaimStatus.MADE else "moved")
    step(found, then=ClaimStatus.ESCALATED, event="escalated", by=BUYER)
    tell.later("claim_escalated", back=found)
    return found


def may_escalate(found: Claim) -> bool:
    """Whether the buyer may ask an officer now."""
    unanswered = found.status == ClaimStatus.MADE and found.answer_by < timezone.localdate()
    return unanswered or found.status in TO_AN_OFFICER


@transaction.atomic
def drop(number: str) -> Claim:
    """The buyer claims nothing any more. Again is no trouble."""
    found = locked(number)
    if found.status == ClaimStatus.WITHDRAWN:
        return found
    step(found, then=ClaimStatus.WITHDRAWN, event="withdrawn", by=BUYER)
    tell.later("claim_withdrawn", back=found)
    return found


@transaction.atomic
def send_first(number: str, *, tracking: str) -> Claim:
    """She sends back what the workshop wants to see first."""
    found = locked(number)
    if found.status != ClaimStatus.WANTED_BACK:
        raise Refused("moved")
    said = plain(tracking)[:60]
    if said and said != found.tracking:
        Claim.objects.filter(pk=found.pk).update(tracking=said)
        ClaimEvent.objects.create(
            claim=found, event="sent", was=found.status, now=found.status, by=BUYER, note=said
        )
        found.refresh_from_db()
        tell.later("claim_sent", back=found)
    return found


def locked(number: str) -> Claim:
    """A claim, its order's group locked first, as every verb about money does."""
    order = lock_order(Order.objects.values_list("number", flat=True).get(claims__number=number))
    found = Claim.objects.select_for_update().get(number=number)
    found.order = order
    return found


def grant(found: Claim, *, amount_minor: int, event: str, by: str) -> Claim:
    """The buyer gets so much. Runs under the claim's lock."""
    amount = min(amount_minor, left_of(found.order))
    money = pay(found, amount_minor=amount, by=by)
    step(found, then=ClaimStatus.GRANTED, event=event, by=by, settled_at=Now(), **money)
    tell.later("claim_granted", back=found)
    return found


def pay(found: Claim, *, amount_minor: int, by: str) -> dict[str, object]:
    """The two rows of money: the seller gives the same part of her share."""
    order = found.order
    full = decide.Sum(buyer_minor=order.total_minor, seller_minor=order.seller_net_minor)
    return owe_for(order, number=found.number, full=full, amount_minor=amount_minor, by=by)
