"""How a return ends: the workshop has it back as it was, or an officer decides.

Money is two rows written here and asked by the orders' jobs: the buyer's refund, which waits for
nobody, and what the seller gives, which waits for her own money to have arrived.
"""

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from maalem.platform.craft.artisans.models import Membership
from maalem.platform.ground.people.models import Person
from maalem.platform.market.cart.actions import holds
from maalem.platform.market.orders.parts import left_of
from maalem.platform.market.returns import decide
from maalem.platform.market.returns.actions import tell
from maalem.platform.market.returns.actions.announce import (
    facts,
    lines_of,
    locked,
    pieces,
    worded,
)
from maalem.platform.market.returns.actions.aside import free
from maalem.platform.market.returns.actions.money import owe_for
from maalem.platform.market.returns.actions.move import step
from maalem.platform.market.returns.models import Return, ReturnLine
from maalem.platform.market.returns.states import (
    ON_THE_WAY,
    SETTLED,
    Refused,
    ReturnStatus,
)


@transaction.atomic
def accept(number: str, *, by: str, on_shelf: bool) -> Return:
    """It is back, as it was: the buyer gets her money. Again is no trouble.

    Also of an exchange whose other piece is not sent after all.
    `on_shelf`: the pieces can be sold again. Raises `Refused`.
    """
    back = locked(number)
    if back.status == ReturnStatus.ACCEPTED:
        return back
    if back.status not in (*ON_THE_WAY, ReturnStatus.EXCHANGING):
        raise Refused("moved")
    full = worth(back)
    amount = most(back, full=full)
    # Of an exchange that comes to nothing, it was said already where the pieces went.
    was_back = back.status == ReturnStatus.EXCHANGING
    if on_shelf and not was_back:
        put_on_shelf(back)
    free(back)
    money = owe_for(back.order, number=back.number, full=full, amount_minor=amount, by=by)
    step(
        back,
        then=ReturnStatus.ACCEPTED,
        event="accepted",
        by=by,
        is_on_shelf=back.is_on_shelf if was_back else on_shelf,
        received_at=back.received_at or Now(),
        settled_at=Now(),
        **money,
    )
    tell.later("accepted", back=back)
    return back


@transaction.atomic
def contest(number: str, *, found: str, by: str, photo: list[object] | None = None) -> Return:
    """It is back, but not as it was sent: an officer decides. Raises `Refused`."""
    said = worded(found)
    if not said:
        raise Refused("empty")
    back = locked(number)
    if back.status == ReturnStatus.CONTESTED and back.found == said:
        return back
    if back.status not in ON_THE_WAY:
        raise Refused("moved")
    step(
        back,
        then=ReturnStatus.CONTESTED,
        event="contested",
        by=by,
        found=said,
        photo=photo or [],
        received_at=Now(),
    )
    tell.later("contested", back=back)
    return back


@transaction.atomic
def decide_amount(number: str, *, amount_minor: int, verdict: str, by: Person) -> Return:
    """An officer gives back 0 to all of it, with a sentence that both sides read.

    She decides what the workshop contested, and what nobody answered until the money was due; not
    about a workshop of her own. Raises `Refused`.
    """
    said = worded(verdict)
    if not said:
        raise Refused("empty")
    back = locked(number)
    if Membership.objects.filter(person_id=by.pk, artisan_id=back.artisan_id).exists():
        raise Refused("own_workshop")
    if not may_decide(back):
        raise Refused("moved" if back.status in SETTLED else "not_yet")
    full = worth(back)
    if not 0 <= amount_minor <= most(back, full=full):
        raise Refused("amount")
    money = owe_for(
        back.order,
        number=back.number,
        full=full,
        amount_minor=amount_minor,
        by=f"person:{by.pk}",
    )
    free(back)
    step(
        back,
        then=ReturnStatus.DECIDED,
        event="decided",
        by=f"person:{by.pk}",
        note=said,
        verdict=said,
        decided_by=by,
        settled_at=Now(),
        **money,
    )
    tell.later("decided", back=back)
    return back


def may_decide(back: Return) -> bool:
    """Whether an officer may: it is contested, or nobody said a word and the money is due."""
    overdue = back.status in ON_THE_WAY and back.refund_by < timezone.localdate()
    return overdue or back.status == ReturnStatus.CONTESTED


def worth(back: Return) -> decide.Sum:
    """What all of a return is worth, after the parcel's earlier ones."""
    order = back.order
    before = ReturnLine.objects.filter(back__order=order, back__status__in=SETTLED)
    return decide.worth(
        pieces(back.lines.all()),
        lines=facts(lines_of(order)),
        before=pieces(before.exclude(back=back)),
        vat_minor=order.commission_vat_minor,
        shipping_minor=order.shipping_minor,
    )


def most(back: Return, *, full: decide.Sum) -> int:
    """The most that can be given: all of it, less what the buyer was given of the parcel before."""
    return min(full.buyer_minor, left_of(back.order))


def put_on_shelf(back: Return) -> None:
    """The pieces that came back can be sold again."""
    rows = back.lines.filter(line__variant__isnull=False).select_related("line")
    wanted: dict[int, int] = {}
    for row in rows:
        if row.line.variant_id is not None:
            variant = row.line.variant_id
            wanted[variant] = wanted.get(variant, 0) + row.quantity
    holds.put_back(wanted)
