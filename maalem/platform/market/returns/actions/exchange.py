"""An exchange: the workshop has the piece back, and sends the one that the buyer wants instead.

No money moves. Where the other one does not leave in time, the buyer may have her money after all,
and the workshop may always give it (settle.accept).
"""

from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from maalem.kit.typed import plain
from maalem.platform.market.returns.actions import settle, tell
from maalem.platform.market.returns.actions.announce import BUYER, locked
from maalem.platform.market.returns.actions.move import step
from maalem.platform.market.returns.models import Return
from maalem.platform.market.returns.states import ON_THE_WAY, Refused, ReturnStatus

# Our own rule: so many days to hand the other one to a carrier, once the first is back.
REPLACE_DAYS = 10


@transaction.atomic
def agree(number: str, *, by: str, on_shelf: bool) -> Return:
    """It is back, as it was: the other one is sent. Again is no trouble. Raises `Refused`."""
    back = locked(number)
    if back.status in (ReturnStatus.EXCHANGING, ReturnStatus.EXCHANGED):
        return back
    if back.status not in ON_THE_WAY or back.instead_id is None:
        raise Refused("moved")
    if on_shelf:
        settle.put_on_shelf(back)
    step(
        back,
        then=ReturnStatus.EXCHANGING,
        event="exchanging",
        by=by,
        is_on_shelf=on_shelf,
        received_at=Now(),
        replace_by=timezone.localdate() + timedelta(days=REPLACE_DAYS),
    )
    tell.later("exchanging", back=back)
    return back


@transaction.atomic
def replace(number: str, *, carrier: str, tracking: str, by: str) -> Return:
    """The other one is with a carrier. Again is no trouble. Raises `Refused`."""
    back = locked(number)
    if back.status == ReturnStatus.EXCHANGED:
        return back
    if back.status != ReturnStatus.EXCHANGING:
        raise Refused("moved")
    said = plain(tracking)[:60]
    step(
        back,
        then=ReturnStatus.EXCHANGED,
        event="exchanged",
        by=by,
        note=said,
        replaced_at=Now(),
        replaced_carrier=plain(carrier)[:60],
        replaced_tracking=said,
    )
    tell.later("exchanged", back=back)
    return back


@transaction.atomic
def money_instead(number: str) -> Return:
    """The other one did not leave in time: the buyer has her money. Raises `Refused`."""
    back = locked(number)
    if not may_have_money(back):
        raise Refused("not_yet" if back.status == ReturnStatus.EXCHANGING else "moved")
    return settle.accept(number, by=BUYER, on_shelf=False)


def may_have_money(back: Return) -> bool:
    """Whether the days for sending the other one are over, and it has not left."""
    late = back.replace_by is not None and back.replace_by < timezone.localdate()
    return back.status == ReturnStatus.EXCHANGING and late
