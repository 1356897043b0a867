"""Buyers are asked once, some days after a parcel has arrived, what they think of it."""

import logging
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from maalem.platform.market.orders.models import Order
from maalem.platform.market.orders.parts import left_of
from maalem.platform.market.orders.states import OrderStatus
from maalem.platform.market.reviews import decide
from maalem.platform.market.reviews.actions import tell
from maalem.platform.market.reviews.models import Asked

log = logging.getLogger(__name__)

# Long enough to have used it, soon enough to remember; never for parcels of long ago.
AFTER, UNTIL = timedelta(days=5), timedelta(days=30)
BATCH = 200


def ask_buyers() -> int:
    """Ask the buyers of parcels of which no line was reviewed; return how many were asked."""
    due = (
        Order.objects.filter(
            status=OrderStatus.DELIVERED,
            delivered_at__lt=Now() - AFTER,
            delivered_at__gt=Now() - UNTIL,
            asked_for_review__isnull=True,
            reviews__isnull=True,
        )
        .select_related("group")
        .order_by("delivered_at", "pk")[:BATCH]
    )
    return sum(_ask(order) for order in due)


def _ask(order: Order) -> bool:
    """One parcel; trouble with it keeps no other waiting."""
    may = decide.may_review(status=order.status, left_minor=left_of(order))
    try:
        with transaction.atomic():
            # Written down also where there is nothing to ask, so that it is not looked at again.
            Asked.objects.create(order=order)
            if may:
                tell.ask(order)
    except IntegrityError:
        return False  # another worker asked meanwhile
    except Exception:
        log.exception("could not ask about %s", order.number)
        return False
    return may
