"""What waits at a hub, and how a parcel's inspections stand. Nothing here writes."""

from dataclasses import dataclass

from maalem.platform.ground.people.models import Person
from maalem.platform.market.inspections.hubs import Hub, hubs
from maalem.platform.market.inspections.models import Inspection
from maalem.platform.market.inspections.states import InspectionStatus
from maalem.platform.market.orders.models import Order
from maalem.platform.market.orders.states import OrderStatus

INSPECT = "inspections.inspect_pieces"
MOST = 200


@dataclass(frozen=True)
class Stand:
    """How a parcel stands with the hubs, as its workshop sees it."""

    last: Inspection | None
    hubs: tuple[Hub, ...]

    @property
    def is_at_hub(self) -> bool:
        """Whether it is the hub that sends it: the workshop has nothing to hand to a carrier."""
        return self.last is not None and self.last.status in (
            InspectionStatus.RECEIVED,
            InspectionStatus.ACCEPTED,
        )

    @property
    def must_come_again(self) -> bool:
        """Back from the hub to be repaired: there is no other way for it to leave."""
        return self.last is not None and self.last.status == InspectionStatus.TO_REPAIR

    @property
    def is_announced(self) -> bool:
        return self.last is not None and self.last.status == InspectionStatus.ANNOUNCED

    @property
    def may_be_brought(self) -> bool:
        done = self.last is None or self.last.status == InspectionStatus.WITHDRAWN
        return bool(self.hubs) and (done or self.must_come_again)

    @property
    def may_be_handed_over(self) -> bool:
        """Whether the workshop may give it to a carrier itself."""
        return self.last is None or self.last.status == InspectionStatus.WITHDRAWN


def is_inspector(person: Person) -> bool:
    """Staff who hold the permission by name, as at the till."""
    return bool(person.is_active and person.is_staff and person.has_perm(INSPECT))


def stand(order: Order) -> Stand:
    """One query, and none of the hubs, which are a file."""
    last = Inspection.objects.filter(order=order).order_by("-round").first()
    return Stand(last, tuple(one for one in hubs() if one.is_open))


def seen(order_ids: list[int]) -> list[Inspection]:
    """What hubs found good of these orders, for their buyer to read."""
    found = Inspection.objects.filter(order_id__in=order_ids, status=InspectionStatus.ACCEPTED)
    return list(found.order_by("order_id"))


def waiting() -> list[Inspection]:
    """What is on its way to a hub, there, or ready to be sent on, by hub and age."""
    rows = Inspection.objects.filter(
        status__in=[
            InspectionStatus.ANNOUNCED,
            InspectionStatus.RECEIVED,
            InspectionStatus.ACCEPTED,
        ],
        order__status=OrderStatus.TO_PREPARE,
    )
    return list(rows.select_related("order__artisan").order_by("hub", "pk")[:MOST])


def case(pk: int) -> Inspection | None:
    """One of them with everything about its parcel."""
    rows = Inspection.objects.select_related("order__group", "order__artisan", "judged_by")
    return rows.prefetch_related("order__lines").filter(pk=pk).first()
