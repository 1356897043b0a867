"""What was given by hand: the head says it, the maker answers, the head may undo a slip."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from maalem.platform.craft.artisans.models import Maker
from maalem.platform.ground.people.models import Person
from maalem.platform.market.makers.models import Handed
from maalem.platform.market.makers.states import HANDED_NEXT, HandedStatus, Refused

# More than anybody is handed at once; a slip of the finger is more likely.
MOST_MINOR = 100_000_000


@transaction.atomic
def say_handed(maker: Maker, *, key: UUID, amount_minor: int, on_day: date, by: Person) -> Handed:
    """Write down that she was given `amount_minor` on `on_day`. The same `key` again is the same.

    Raises `Refused`: amount, to_come.
    """
    if not 0 < amount_minor <= MOST_MINOR:
        raise Refused("amount")
    if on_day > timezone.localdate():
        raise Refused("to_come")
    said = {"maker": maker, "amount_minor": amount_minor, "on_day": on_day, "by": by}
    row, made = Handed.objects.get_or_create(key=key, defaults=said)
    if not made and row.maker_id != maker.pk:
        raise Refused("moved")
    return row


@transaction.atomic
def answer(handed_id: int, *, then: HandedStatus, by: Person) -> Handed:
    """Confirm it, say that it is not right, or undo it. What it is already is no trouble.

    Raises `Refused("moved")` for a step that the table of states lacks.
    """
    row = Handed.objects.select_for_update().get(pk=handed_id)
    if row.status == then:
        return row
    if then not in HANDED_NEXT[HandedStatus(row.status)]:
        raise Refused("moved")
    Handed.objects.filter(pk=row.pk, status=row.status).update(
        status=then.value, answered_by=by, answered_at=Now()
    )
    row.refresh_from_db()
    return row
