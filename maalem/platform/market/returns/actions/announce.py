"""What the buyer does: she says what goes back, that it is on its way, or that she keeps it."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.db import transaction
from django.utils import timezone

from maalem.kit.typed import plain
from maalem.platform.market.orders.actions.parcels import lock_order
from maalem.platform.market.orders.models import Order, OrderLine
from maalem.platform.market.returns import decide, rules
from maalem.platform.market.returns.actions import tell
from maalem.platform.market.returns.actions.aside import free, put_aside
from maalem.platform.market.returns.actions.move import step
from maalem.platform.market.returns.models import (
    MOST_RETURNS,
    MOST_WORDS,
    Event,
    Return,
    ReturnLine,
)
from maalem.platform.market.returns.states import ON_THE_WAY, Reason, Refused, ReturnStatus

BUYER = "buyer"


@transaction.atomic
def announce(
    number: str,
    *,
    wanted: Mapping[int, int],
    reason: str,
    words: str = "",
    seen: int = 0,
    instead: int | None = None,
) -> Return:
    """Send pieces of the delivered order `number` back: `wanted` maps a line's id to how many.

    `instead` is the id of the variant that she wants instead of her money; it is put aside.

    `seen` is how many returns of the order she had before her: the same said again after a
    time-out is the return that is there. Raises `Refused`, `Order.DoesNotExist`.
    """
    if reason not in set(Reason):
        raise Refused("reason")
    said = worded(words)
    order = lock_order(number)
    lines = lines_of(order)
    before = list(Return.objects.filter(order=order).order_by("pk"))
    if len(before) > seen:
        same = {"reason": reason, "words": said, "instead_id": instead}
        return _again(before[seen:], wanted=wanted, same=same)
    if len(before) >= MOST_RETURNS:
        raise Refused("too_often")
    today = timezone.localdate()
    why = decide.why_not(
        status=order.status, today=today, last_day=last_day(order), lines=facts(lines)
    )
    if why:
        raise Refused(why)
    chosen, why = decide.wanted_of(wanted, lines=facts(lines), gone=gone(order))
    if why:
        raise Refused(why)
    exchange = put_aside(instead, wanted=chosen, lines=facts(lines)) if instead else {}
    back = Return.objects.create(
        number=f"{order.number}-R{len(before) + 1}",
        order=order,
        artisan_id=order.artisan_id,
        reason=reason,
        words=said,
        refund_by=_rule(order).refund_by(asked_on=today),
        **exchange,
    )
    ReturnLine.objects.bulk_create(
        ReturnLine(back=back, line_id=pk, quantity=quantity) for pk, quantity in chosen.items()
    )
    Event.objects.create(back=back, event="announced", now=back.status, by=BUYER, note=reason)
    tell.later("announced", back=back)
    return back


@transaction.atomic
def send(number: str, *, carrier: str, tracking: str) -> Return:
    """The buyer handed it to a carrier. What she says later replaces what she said before."""
    back = locked(number)
    named = {"carrier": plain(carrier)[:60], "tracking": plain(tracking)[:60]}
    if back.status == ReturnStatus.SENT:
        Return.objects.filter(pk=back.pk).update(**named)
        back.refresh_from_db()
        return back
    step(back, then=ReturnStatus.SENT, event="sent", by=BUYER, note=named["tracking"], **named)
    tell.later("sent", back=back)
    return back


@transaction.atomic
def take_back(number: str) -> Return:
    """The buyer keeps it after all. Again is no trouble."""
    back = locked(number)
    if back.status == ReturnStatus.WITHDRAWN:
        return back
    if back.status not in ON_THE_WAY:
        raise Refused("received")
    free(back)
    step(back, then=ReturnStatus.WITHDRAWN, event="withdrawn", by=BUYER)
    tell.later("withdrawn", back=back)
    return back


def locked(number: str) -> Return:
    """A return, its order's group locked first, as every verb about money does."""
    order = lock_order(Order.objects.values_list("number", flat=True).get(returns__number=number))
    back = Return.objects.select_for_update().get(number=number)
    back.order = order
    return back


def lines_of(order: Order) -> list[OrderLine]:
    """The bought lines, in their order."""
    return list(OrderLine.objects.filter(order=order).order_by("position"))


def facts(lines: Iterable[OrderLine]) -> list[decide.Line]:
    """What the rules ask of lines."""
    return [
        decide.Line(
            pk=line.pk,
            quantity=line.quantity,
            unit_minor=line.unit_price_minor,
            commission_minor=line.commission_minor,
            supply=line.snapshot.get("supply", ""),
            product=line.product_id or 0,
        )
        for line in lines
    ]


def last_day(order: Order) -> date | None:
    """The last day on which pieces of an order may be announced; None before it has arrived."""
    if order.delivered_at is None:
        return None
    return _rule(order).last_day(delivered_on=timezone.localdate(order.delivered_at))


def gone(order: Order) -> dict[int, int]:
    """How many pieces of each line are in returns already."""
    return pieces(ReturnLine.objects.filter(back__order=order).exclude(back__status="withdrawn"))


def pieces(rows: Iterable[ReturnLine]) -> dict[int, int]:
    """How many pieces of each line, by its id."""
    found: dict[int, int] = {}
    for row in rows:
        found[row.line_id] = found.get(row.line_id, 0) + row.quantity
    return found


def worded(words: str) -> str:
    """Words as they may stay: without what can't be seen. Raises `Refused`."""
    said = plain(words)
    if len(said) > MOST_WORDS:
        raise Refused("too_long")
    return said


def _rule(order: Order) -> rules.Withdrawal:
    assert order.delivered_at is not None
    return rules.in_force(timezone.localdate(order.delivered_at))


def _again(since: list[Return], *, wanted: Mapping[int, int], same: Mapping[str, object]) -> Return:
    """The return among those made since she looked that says just this, or `Refused`."""
    chosen = {pk: quantity for pk, quantity in wanted.items() if quantity}
    for back in since:
        alike = all(getattr(back, field) == said for field, said in same.items())
        if alike and pieces(back.lines.all()) == chosen:
            return back
    raise Refused("changed_meanwhile")
