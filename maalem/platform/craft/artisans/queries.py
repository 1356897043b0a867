"""What other rooms ask of workshops. Nothing here writes."""

from maalem.platform.craft.artisans.models import Membership
from maalem.platform.ground.people.models import Person


def reachable(artisan: int) -> list[Person]:
    """Whoever acts for this workshop and can be told something, the longest there first."""
    rows = Membership.objects.filter(artisan_id=artisan).select_related("person").order_by("pk")
    return [row.person for row in rows if row.person.phone or row.person.email]
