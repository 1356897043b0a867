"""What the workshop does: it announces that it brings a parcel to a hub, or sends it by itself."""

from django.db import transaction

from maalem.platform.market.inspections import hubs
from maalem.platform.market.inspections.models import MOST_ROUNDS, Inspection
from maalem.platform.market.inspections.states import OPEN, InspectionStatus, Refused
from maalem.platform.market.orders.actions.move import write_down
from maalem.platform.market.orders.actions.parcels import lock_order
from maalem.platform.market.orders.states import OrderStatus


@transaction.atomic
def announce(number: str, *, hub: str, by: str) -> Inspection:
    """The order `number` comes to `hub`. Said again it is the same inspection.

    Raises `Refused`, `Order.DoesNotExist`.
    """
    order = lock_order(number)
    before = list(Inspection.objects.filter(order=order).order_by("round"))
    last = before[-1] if before else None
    if last is not None and last.status in OPEN:
        if last.hub != hub:
            raise Refused("at_another_hub")
        return last
    place = hubs.find(hub)
    if place is None or not place.is_open:
        raise Refused("no_such_hub")
    if order.status != OrderStatus.TO_PREPARE:
        raise Refused("not_to_prepare")
    if last is not None and last.status == InspectionStatus.ACCEPTED:
        raise Refused("accepted_already")
    if len(before) >= MOST_ROUNDS:
        raise Refused("too_often")
    made = Inspection.objects.create(
        order=order, round=len(before) + 1, hub=place.code, hub_name=place.names
    )
    write_down(order.group_id, event="to_hub", by=by, note=f"{number} {place.code}")
    return made


@transaction.atomic
def withdraw(number: str, *, by: str) -> Inspection:
    """It is not brought after all. Again is no trouble; raises `Refused` once the hub has it."""
    order = lock_order(number)
    last = Inspection.objects.filter(order=order).order_by("-round").first()
    if last is None:
        raise Refused("moved")
    if last.status == InspectionStatus.WITHDRAWN:
        return last
    # Back from repair there is only the way through the hub.
    if last.status != InspectionStatus.ANNOUNCED:
        raise Refused("moved")
    Inspection.objects.filter(pk=last.pk).update(status=InspectionStatus.WITHDRAWN)
    write_down(order.group_id, event="not_to_hub", by=by, note=number)
    last.refresh_from_db()
    return last
