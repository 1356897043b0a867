"""Money that did not arrive at a workshop's bank: its people hear of it, and why."""

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import override

from maalem.platform.craft.artisans.models import Artisan
from maalem.platform.craft.artisans.queries import reachable
from maalem.platform.ground.notices.actions import notify
from maalem.platform.ground.people.models import Person
from maalem.platform.market.till import words


@transaction.atomic
def told_of_failure(
    *, account: str, payout: str, amount_minor: int, currency: str, why: str
) -> None:
    """Tell everybody of the workshop, once: refused by the bank, or come back days after.

    `why` is the institution's word for the reason. Nobody is told where the account is nobody's
    here.
    """
    artisan = Artisan.objects.filter(payments_account=account).first()
    if artisan is None:
        return
    context = {
        "artisan": artisan,
        "amount_minor": amount_minor,
        "currency": currency,
        "why": words.FAILURES.get(why, words.FAILED),
    }
    for person in reachable(artisan.pk):
        _tell(person, slug=artisan.slug, payout=payout, context=context)


def _tell(person: Person, *, slug: str, payout: str, context: dict[str, object]) -> None:
    def told(language: str) -> dict[str, object]:
        with override(language):
            path = reverse("till:payout", args=[slug, payout])
        return {**context, "address": settings.PLATFORM_URL + path}

    key = f"payout-failed-{payout}-{person.pk}"
    notify(kind="payout_failed", to=person, key=key, context=told)
