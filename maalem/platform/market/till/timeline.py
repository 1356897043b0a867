"""One payment from its beginning to its end: what happened, when, and by whose request."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from maalem.platform.craft.artisans.models import Artisan
from maalem.platform.ground.gateway import desk
from maalem.platform.ground.gateway.records import Charge, Movement, Returned, Story, Told
from maalem.platform.market.orders.models import Order, OrderGroup
from maalem.platform.market.orders.states import AskStatus

from . import words
from .access import Till
from .models import AskedRefund
from .queries import Row, rows

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
class Whole:
    """A payment's page. `left_minor` may still be given back; `open_asks` wait for an answer."""

    row: Row
    story: Story
    steps: tuple[Step, ...]
    orders: tuple[Order, ...]
    group: OrderGroup | None
    open_asks: tuple[AskedRefund, ...]
    left_minor: int

    @property
    def went_back(self) -> list[Movement]:
        """What refunds did to the balance, those that are still on their way too."""
        return [one.movement for one in self.story.refunds if one.movement]

    @property
    def fees_back_minor(self) -> int:
        """The part of the fees that came back with refunds."""
        return -sum(line.fee_minor for line in self.went_back)

    @property
    def rest_minor(self) -> int:
        """What the payment leaves after fees and refunds: the sum of the lines above it."""
        paid = self.story.charge.movement
        return (paid.net_minor if paid else 0) + sum(line.net_minor for line in self.went_back)


def whole(till: Till, charge: str) -> Whole:
    """Everything about one payment. Raises Refused for what is another's, or Unavailable."""
    story = desk.story(charge, account=till.account, told=True)
    group = OrderGroup.objects.filter(number=story.charge.group).first() if _group(story) else None
    orders = _orders(till, group)
    asked = list(
        AskedRefund.objects.filter(charge=charge, account=till.account).select_related("by")
    )
    waiting = tuple(one for one in asked if one.status in (AskStatus.REQUESTED, AskStatus.UNKNOWN))
    (row,) = rows(till, [story.charge])
    steps = [*_paying(story), *_going_on(story, till=till, asked=asked), *_carried(orders)]
    return Whole(
        row=row,
        story=story,
        steps=tuple(sorted(steps, key=lambda step: step.at)),
        orders=tuple(orders),
        group=group,
        open_asks=waiting,
        left_minor=left(story.charge, waiting=waiting),
    )


def left(charge: Charge, *, waiting: Iterable[AskedRefund]) -> int:
    """What may still be asked back, less what is asked and not answered."""
    if charge.status != "succeeded" or charge.method == "passed_on" or charge.dispute:
        return 0
    return max(0, charge.left_minor - sum(one.amount_minor for one in waiting))


def _group(story: Story) -> str:
    return story.charge.group


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
    names = {one.answer: str(one.by) for one in asked if one.answer}
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
        yield Step(
            "taken_back" if hers else _REFUNDS.get(refund.status, "refund_failed"),
            refund.created_at,
            amount_minor=refund.amount_minor,
            currency=refund.currency,
            request=requests.get(refund.id, ""),
            movement=refund.movement,
            note=_why(refund),
            by=names.get(refund.id, ""),
        )
    if story.dispute:
        yield Step(
            "disputed",
            story.dispute.created_at,
            amount_minor=story.dispute.amount_minor,
            currency=story.dispute.currency,
        )


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
