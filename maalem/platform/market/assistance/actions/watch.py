"""What the operator does: look at an objection, and say how long a consent lasts from now on."""

from datetime import datetime

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from maalem.platform.ground.people.models import Person
from maalem.platform.market.assistance.models import Limit, Objection
from maalem.platform.market.assistance.states import MOST_MINUTES, Refused


@transaction.atomic
def looked_at(pk: int, *, by: Person) -> Objection:
    """An officer has seen to it. Again is no trouble. Raises `Refused("own_word")` for the agent
    it is about."""
    found = Objection.objects.select_for_update(of=["self"]).select_related("consent").get(pk=pk)
    if found.consent.agent_id == by.pk:
        raise Refused("own_word")
    if found.looked_at is None:
        Objection.objects.filter(pk=pk).update(looked_at=Now(), looked_by=by)
        found.refresh_from_db()
    return found


def limit(*, minutes: int, begins_at: datetime) -> Limit:
    """From `begins_at` on a consent lasts so long. What was given before lasts as it was given.

    Raises `Refused`: `limit` out of bounds, `past` for a rule that begins before now.
    """
    if not 1 <= minutes <= MOST_MINUTES:
        raise Refused("limit")
    if begins_at <= timezone.now():
        raise Refused("past")
    made, _ = Limit.objects.get_or_create(begins_at=begins_at, defaults={"minutes": minutes})
    if made.minutes != minutes:
        raise Refused("limit_there")
    return made
