"""What a workshop is told of a hub's verdict, once for each person. Written as a job."""

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import override

from maalem.platform.craft.artisans.queries import reachable
from maalem.platform.ground.notices.actions import carry, write
from maalem.platform.ground.notices.models import Message
from maalem.platform.market.inspections.models import Inspection
from maalem.platform.market.orders.words import spoken


def say(pk: int) -> None:
    """Make the words and carry them."""
    found = Inspection.objects.select_related("order").get(pk=pk)
    written: list[Message] = []

    def told(language: str) -> dict[str, object]:
        with override(language):
            path = reverse("studio:order", args=[found.order.number])
        return {
            "verdict": found.status,
            "number": found.order.number,
            "hub": spoken(found.hub_name, language=language),
            "words": found.words,
            "address": settings.PLATFORM_URL + path,
        }

    with transaction.atomic():
        for person in reachable(found.order.artisan_id):
            key = f"hub-{found.pk}-{found.status}-{person.pk}"
            written += write(kind="hub_verdict", to=person, key=key, again=True, context=told)
    carry(written)
