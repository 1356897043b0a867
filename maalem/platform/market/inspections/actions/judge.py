"""What the hub does: it takes a parcel in, says what it found, and sends it on."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from maalem.kit.typed import plain
from maalem.platform.craft.artisans.models import Membership
from maalem.platform.market.inspections import jobs
from maalem.platform.market.inspections.models import MOST_PHOTOS, MOST_WORDS, Inspection
from maalem.platform.market.inspections.states import (
    INSPECTION_NEXT,
    VERDICTS,
    InspectionStatus,
    Refused,
)
from maalem.platform.market.orders.actions.move import write_down
from maalem.platform.market.orders.actions.parcels import NotPaid, cancel, dispatch, lock_order
from maalem.platform.market.orders.models import Order


@transaction.atomic
def receive(pk: int, *, by: Any) -> Inspection:
    """The hub has it. Again is no trouble. Raises `Refused`."""
    found = _locked(pk, by=by)
    if found.status == InspectionStatus.RECEIVED:
        return found
    return _step(found, then=InspectionStatus.RECEIVED, by=by, received_at=Now())


@transaction.atomic
def judge(
    pk: int, *, verdict: str, words: str, photos: Sequence[list[object]], by: Any
) -> Inspection:
    """Accepted, to repair, or refused: then the sale is called off and the buyer gets all back.

    Whoever says no says why, and shows it. The same verdict again is no trouble. Raises `Refused`.
    """
    if verdict not in VERDICTS:
        raise Refused("verdict")
    found = _locked(pk, by=by)
    if found.status == verdict:
        return found
    said = plain(words)
    if len(said) > MOST_WORDS:
        raise Refused("too_long")
    if len(photos) > MOST_PHOTOS:
        raise Refused("too_many_photos")
    if verdict != InspectionStatus.ACCEPTED and not (said and photos):
        raise Refused("show_why")
    told = {"words": said, "photos": list(photos), "judged_at": Now(), "judged_by_id": by.pk}
    found = _step(found, then=InspectionStatus(verdict), by=by, **told)
    if found.status == InspectionStatus.REFUSED:
        cancel(found.order.number, by=_name(by), note=said[:300])
    jobs.speak.defer(pk=found.pk)
    return found


def send_on(pk: int, *, by: Any, carrier: str, tracking: str) -> Order:
    """The hub hands an accepted parcel to the carrier. Raises `Refused`."""
    found = _locked(pk, by=by)
    if found.status != InspectionStatus.ACCEPTED:
        raise Refused("moved")
    try:
        return dispatch(found.order.number, by=_name(by), carrier=carrier, tracking=tracking)
    except NotPaid as trouble:
        raise Refused("not_paid") from trouble


def _locked(pk: int, *, by: Any) -> Inspection:
    number = Inspection.objects.values_list("order__number", flat=True).get(pk=pk)
    with transaction.atomic():
        order = lock_order(number)
        if Membership.objects.filter(artisan_id=order.artisan_id, person_id=by.pk).exists():
            raise Refused("own_workshop")
        found = Inspection.objects.get(pk=pk)
        found.order = order
        return found


def _step(found: Inspection, *, then: InspectionStatus, by: Any, **to: Any) -> Inspection:
    if then not in INSPECTION_NEXT[found.status]:
        raise Refused("moved")
    Inspection.objects.filter(pk=found.pk).update(status=then.value, **to)
    order = found.order
    write_down(order.group_id, event=f"hub_{then}", by=_name(by), note=order.number)
    found.refresh_from_db()
    return found


def _name(by: Any) -> str:
    return f"person:{by.pk}"
