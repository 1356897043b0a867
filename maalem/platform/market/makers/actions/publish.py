"""Publishing a rule of distribution. It is never changed: another one follows it."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from maalem.kit.money import BASIS
from maalem.platform.craft.artisans.models import Artisan, Kind
from maalem.platform.ground.people.models import Person
from maalem.platform.market.makers.models import Rule
from maalem.platform.market.makers.states import Refused

FARTHEST = timedelta(days=366)


@transaction.atomic
def publish(
    artisan: Artisan, *, begins_on: date, maker_bps: int, fund_bps: int, equal_bps: int, by: Person
) -> Rule:
    """From `begins_on` sales are divided so. The same again is found, not written twice.

    Raises `Refused`: not_a_cooperative, past, too_far, not_whole.
    """
    if artisan.kind != Kind.COOPERATIVE:
        raise Refused("not_a_cooperative")
    today = timezone.localdate()
    if begins_on < today:
        raise Refused("past")
    if begins_on > today + FARTHEST:
        raise Refused("too_far")
    parts = {"maker_bps": maker_bps, "fund_bps": fund_bps, "equal_bps": equal_bps}
    if min(parts.values()) < 0 or sum(parts.values()) != BASIS:
        raise Refused("not_whole")
    Artisan.objects.select_for_update().get(pk=artisan.pk)
    last = Rule.objects.filter(artisan=artisan).order_by("-pk").first()
    wanted = {**parts, "begins_on": begins_on}
    if last is not None and all(getattr(last, name) == now for name, now in wanted.items()):
        return last
    return Rule.objects.create(artisan=artisan, begins_on=begins_on, by=by, **parts)
