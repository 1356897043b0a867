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
    with transaction.atomic():
        for person in reachable(found.order.artisan_id):
            with override(person.language):
                path = reverse("studio:order", args=[found.order.number])
            written += write(
                kind="hub_verdict",
                to=person,
                key=f"hub-{found.pk}-{found.status}-{person.pk}",
                again=True,
                context={
                    "verdict": found.status,
                    "number": found.order.number,
                    "hub": spoken(found.hub_name, language=person.language),
                    "words": found.words,
                    "address": settings.PLATFORM_URL + path,
                },
            )
    carry(written)
