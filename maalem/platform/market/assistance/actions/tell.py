"""What an artisan is told at the end: what was done for her, in figures. Written as a job."""

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import override

from maalem.platform.ground.notices.actions import carry, write
from maalem.platform.market.assistance import queries
from maalem.platform.market.assistance.models import Consent
from maalem.platform.market.assistance.words import ACTS


def say(pk: int) -> None:
    """Make the words and carry them."""
    found = Consent.objects.select_related("agent", "person").get(pk=pk)
    figures = list(queries.figures(found))

    def told(language: str) -> dict[str, object]:
        with override(language):
            done = ", ".join(f"{ACTS[act]}: {count}" for act, count in figures)
            page = settings.PLATFORM_URL + reverse("studio:helped")
        return {"agent": found.agent.name, "done": done, "address": page}

    with transaction.atomic():
        written = write(
            kind="assistance_end",
            to=found.person,
            key=f"assistance-{found.pk}",
            again=True,
            context=told,
        )
    carry(written)
