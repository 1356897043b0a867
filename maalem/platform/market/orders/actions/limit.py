"""How many pieces made to order a workshop takes on, and what its pieces' pages say of it."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from maalem.platform.craft.artisans.models import MOST_A_MONTH, Artisan
from maalem.platform.market.orders import capacity


@transaction.atomic
def take_on(artisan: int, *, pieces: int | None) -> None:
    """So many in a month from now on; None is no limit. What was promised stays promised.

    Raises ValueError below 1 or above `MOST_A_MONTH`.
    """
    if pieces is not None and not 1 <= pieces <= MOST_A_MONTH:
        raise ValueError(pieces)
    Artisan.objects.filter(pk=artisan).update(monthly_capacity=pieces, full_until=None)
    note_full(artisan)


def note_full(*only: int) -> None:
    """Write down until when each workshop with a limit has no room for one piece more.

    Pages of pieces read it; what counts is asked anew when something is ordered.
    """
    today = timezone.localdate()
    limited = Artisan.objects.filter(monthly_capacity__isnull=False)
    limited = limited.filter(pk__in=only) if only else limited
    begins = capacity.begins(dict.fromkeys(limited.values_list("pk", flat=True), 1), on=today)
    for pk, day in begins.items():
        until = day - timedelta(days=1) if day > today else None
        Artisan.objects.filter(pk=pk).exclude(full_until=until).update(full_until=until)
