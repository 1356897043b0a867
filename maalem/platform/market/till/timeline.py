"""One payment from its beginning to its end: what happened, when, and by whose request."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from maalem.platform.craft.artisans.models import Artisan
from maalem.platform.ground.gateway import desk
from maalem.platform.ground.gateway.records import (
    Charge,
    Dispute,
    Movement,
    Payout,
    Returned,
    Story,
    Told,
)
from maalem.platform.ground.people.models import Person
from maalem.platform.market.orders.actions.goodwill import ON_ITS_WAY
from maalem.platform.market.orders.models import Goodwill, Order, OrderGroup, Payment
from maalem.platform.market.orders.parts import left_of
from maalem.platform.market.orders.states import PAID_ORDERS, AskStatus, Verdict
from maalem.platform.market.orders.words import group_of

from . import case_words, deeds, outgoing, words
from .access import Till
from .models import AskedRefund, Deed
from .queries import Row, rows

_ENDINGS = {"won": "dispute_won", "lost": "dispute_lost", "warning_closed": "dispute_closed"}
_REFUNDS = {"succeeded": "refunded", "pending": "refunding"}


@dataclass(frozen=True)
class Step:
    """One thing that happened. `request` is who asked, as the institution wrote it down.

    `movement` is what it did to the balance; `note` a sentence, `by` a person's name.
    """

    kind: str
    at: datetime
    amount_minor: int | None = None
    currency: str = "MAD"
    request: str = ""
    movement: Movement | None = None
    note: words.Word = ""
    by: str = ""
    artisan: Artisan | None = None

    @property
    def title(self) -> words.Word:
        return words.STEPS[self.kind]

    @property
    def icon(self) -> str:
        return words.STEP_ICONS[self.kind]


@dataclass(frozen=True)
class Parcel:
    """A parcel of the purchase, and what may still be given back of it."""

    order: Order
    left_minor: int

    @property
    def calls_off(self) -> bool:
        """Whether giving back all of it calls the parcel off, because it has not arrived."""
        return self.order.status in ON_ITS_WAY


@dataclass(frozen=True)
class Whole:
    """A payment's page. `left_minor` may still be given back; `open_asks` wait for an answer.

    `parcels` are those of a purchase of ours, which gives back by them; `payout` carried it.
    """

    row: Row
    story: Story
    steps: tuple[Step, ...]
    orders: tuple[Order, ...]
    group: OrderGroup | None
    open_asks: tuple[AskedRefund, ...]
    left_minor: int
    parcels: tuple[Parcel, ...] = ()
    payout: Payout | None = None
    deeds: tuple[Deed, ...] = ()

    @property
    def is_purchase(self) -> bool:
        """Whether this is what was paid for a purchase of ours, and was kept."""
        return bool(self.parcels)

    @property
    def went_back(self) -> list[Movement]:
        """What refunds did to the balance, those that are still on their way too, and what came
        back of them because it never arrived."""
        lines = (line for one in self.story.refunds for line in (one.movement, one.came_back))
        return [line for line in lines if line]

    @property
    def fees_back_minor(self) -> int:
        """The part of the fees that came back with refunds."""
        return -sum(line.fee_minor for line in self.went_back)

    @property
    def rest_minor(self) -> int:
        """What the payment leaves after all that happened to it: the sum of the lines above it."""
        paid = self.story.charge.movement
        after = sum(line.net_minor for line in (*self.went_back, *self.disputed))
        return (paid.net_minor if paid else 0) + after

    @property
    def disputed(self) -> tuple[Movement, ...]:
        """What a dispute did to the balance: taken, and come back if it was won."""
        return self.story.dispute.movements if self.story.dispute else ()


def whole(till: Till, charge: str) -> Whole:
    """Everything about one payment. Raises Refused for what is another's, or Unavailable."""
    story = desk.story(charge, account=till.account, told=True)
    name = story.charge.group
    group = OrderGroup.objects.filter(number=group_of(name)).first() if name else None
    orders = _orders(till, group)
    asked = list(
        AskedRefund.objects.filter(charge=charge, account=till.account).select_related("by")
    )
    waiting = tuple(one for one in asked if one.status in (AskStatus.REQUESTED, AskStatus.UNKNOWN))
    (row,) = rows(till, [story.charge])
    payout = outgoing.payout_of(till, story.charge)
    steps = [*_paying(story), *_going_on(story, till=till, asked=asked), *_carried(orders)]
    steps += [Step("paid_out", payout.created_at)] if payout else []
    parcels = _parcels(till, story, group=group, orders=orders)
    left_minor = left(story.charge, waiting=waiting)
    if group is not None and till.is_platform:
        left_minor = min(left_minor, sum(one.left_minor for one in parcels))
    return Whole(
        row=row,
        story=story,
        steps=tuple(sorted(steps, key=lambda step: step.at)),
        orders=tuple(orders),
        group=group,
        open_asks=waiting,
        left_minor=left_minor,
        parcels=parcels,
        payout=payout,
        deeds=tuple(deeds.about(charge)),
    )


def left(charge: Charge, *, waiting: Iterable[AskedRefund]) -> int:
    """What may still be asked back, less what is asked and not answered."""
    if charge.status != "succeeded" or charge.method == "passed_on" or charge.dispute:
        return 0
    return max(0, charge.left_minor - sum(one.amount_minor for one in waiting))


def _parcels(
    till: Till, story: Story, *, group: OrderGroup | None, orders: list[Order]
) -> tuple[Parcel, ...]:
    """The parcels of a purchase that this very payment was kept for; each as far as it is paid."""
    if group is None or not till.is_platform:
        return ()
    known = Payment.objects.filter(group=group, verdict=Verdict.ACCEPTED)
    kept = known.filter(intent=story.charge.intent).first()
    if kept is None:
        return ()
    if kept.order_id:
        orders = [one for one in orders if one.pk == kept.order_id]
    return tuple(Parcel(one, left_of(one) if one.status in PAID_ORDERS else 0) for one in orders)


def _orders(till: Till, group: OrderGroup | None) -> list[Order]:
    if group is None:
        return []
    found = group.orders.select_related("artisan").prefetch_related("lines")
    return list(found if till.artisan is None else found.filter(artisan_id=till.artisan.pk))


def _paying(story: Story) -> Iterator[Step]:
    charge, asked = story.charge, _requests(story.told)
    if story.begun_at:
        yield Step("begun", story.begun_at, request=asked.get(charge.intent, ""))
    for one in (*story.tries, *((charge,) if charge.status == "failed" else ())):
        if one.status == "failed":
            yield Step(
                "tried",
                one.created_at,
                amount_minor=one.amount_minor,
                currency=one.currency,
                request=asked.get(one.id, ""),
                note=words.DECLINES.get(one.decline, words.DECLINED),
            )
    for event in story.told:
        if event.type == "payment_intent.requires_action":
            yield Step("challenged", event.created_at, request=event.request)
    if charge.status != "failed":
        yield from _coming_in(story, asked=asked)
    if story.cancelled_at:
        yield Step("cancelled", story.cancelled_at)


def _coming_in(story: Story, *, asked: dict[str, str]) -> Iterator[Step]:
    charge, movement = story.charge, story.charge.movement
    later = next((one for one in story.told if one.type == "charge.captured"), None)
    if charge.method == "passed_on":
        kind = "received"
    elif later or not charge.captured:
        yield Step(
            "authorised",
            charge.created_at,
            amount_minor=charge.amount_minor,
            currency=charge.currency,
            request=asked.get(charge.id, ""),
        )
        kind = "taken"
    else:
        kind = "taken"
    if charge.captured:
        yield Step(
            kind,
            later.created_at if later else charge.created_at,
            amount_minor=charge.captured_minor,
            currency=charge.currency,
            request=later.request if later else asked.get(charge.id, ""),
            movement=movement,
        )
    if movement:
        yield Step("available", movement.available_at)


def _going_on(story: Story, *, till: Till, asked: list[AskedRefund]) -> Iterator[Step]:
    requests = _requests(story.told)
    names = {one.answer: str(one.by) for one in asked if one.answer} | _givers(story)
    accounts = {share.destination for share in story.shares}
    workshops = {
        one.payments_account: one for one in Artisan.objects.filter(payments_account__in=accounts)
    }
    for share in story.shares:
        yield Step(
            "passed_on",
            share.created_at,
            amount_minor=share.amount_minor,
            currency=share.currency,
            request=requests.get(share.id, ""),
            artisan=workshops.get(share.destination),
        )
    hers = story.charge.method == "passed_on"
    for refund in story.refunds:
        status = "succeeded" if refund.came_back else refund.status
        yield Step(
            "taken_back" if hers else _REFUNDS.get(status, "refund_failed"),
            refund.created_at,
            amount_minor=refund.amount_minor,
            currency=refund.currency,
            request=requests.get(refund.id, ""),
            movement=refund.movement,
            note=_why(refund),
            by=names.get(refund.id, ""),
        )
        if refund.came_back:
            yield Step(
                "refund_came_back",
                refund.came_back.created_at,
                amount_minor=refund.amount_minor,
                currency=refund.currency,
                movement=refund.came_back,
            )
    if story.dispute:
        yield from _disputed(story.dispute, told=story.told)


def _disputed(dispute: Dispute, *, told: Iterable[Told]) -> Iterator[Step]:
    whole = {"amount_minor": dispute.amount_minor, "currency": dispute.currency}
    why = case_words.REASONS.get(dispute.reason, "")
    kind = "asked_about" if dispute.is_inquiry else "disputed"
    yield Step(kind, dispute.created_at, note=why, **whole)
    for deed in deeds.about(dispute.id):
        kind = "conceded" if deed.kind == "dispute_conceded" else "answered"
        yield Step(kind, deed.at, by=str(deed.by or ""))
    for event in told:
        if event.object == dispute.id and event.type == "charge.dispute.closed":
            ending = _ENDINGS.get(dispute.status)
            if ending:
                amount = whole if ending != "dispute_closed" else {}
                yield Step(ending, event.created_at, request=event.request, **amount)


def _givers(story: Story) -> dict[str, str]:
    """Who gave back each refund of a purchase."""
    answers = [one.id for one in story.refunds]
    rows = Goodwill.objects.filter(answer__in=answers).values_list("answer", "by")
    people = {by.removeprefix("person:") for _, by in rows if by.startswith("person:")}
    known = {f"person:{one.pk}": str(one) for one in Person.objects.filter(pk__in=people)}
    return {answer: known.get(by, "") for answer, by in rows}


def _carried(orders: list[Order]) -> Iterator[Step]:
    for order in orders:
        if order.dispatched_at:
            yield Step("dispatched", order.dispatched_at, artisan=order.artisan)
        if order.delivered_at:
            yield Step("delivered", order.delivered_at, artisan=order.artisan)


def _why(refund: Returned) -> words.Word:
    return words.REASONS.get(refund.reason, "")


def _requests(told: Iterable[Told]) -> dict[str, str]:
    """Who asked for each thing: the request of the first event about it."""
    found: dict[str, str] = {}
    for event in told:
        if event.request:
            found.setdefault(event.object, event.request)
    return found
