"""Who is told that something was said: the other side, in its language. Written as a job."""

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import override

from maalem.platform.craft.artisans.queries import reachable
from maalem.platform.ground.notices.actions import Recipient, carry, write
from maalem.platform.ground.notices.models import Message
from maalem.platform.ground.people.models import Person
from maalem.platform.market.conversations.models import Entry
from maalem.platform.market.conversations.states import Side
from maalem.platform.market.conversations.words import stage
from maalem.platform.market.orders import links
from maalem.platform.market.orders.words import spoken


def say(pk: int, *, key: str) -> None:
    """Make the words and carry them, once for each person under `key`."""
    entry = Entry.objects.select_related("order__group").get(pk=pk)
    written: list[Message] = []
    with transaction.atomic():
        if entry.side == Side.WORKSHOP:
            written += _to_buyer(entry, key=key)
        else:
            for person in reachable(entry.order.artisan_id):
                written += _to_workshop(entry, person=person, key=key)
    carry(written)


def _to_buyer(entry: Entry, *, key: str) -> list[Message]:
    order, group = entry.order, entry.order.group

    def told(language: str) -> dict[str, object]:
        with override(language):
            way = [group.number, links.mark(group.number), order.number]
            path = reverse("conversations:parcel", args=way)
            far = stage(entry.stage)
        return {
            "seller": spoken(order.seller, language=language),
            "stage": far,
            "photos": len(entry.photos),
            "words": entry.words,
            "address": settings.PLATFORM_URL + path,
        }

    return write(
        kind="word_to_buyer",
        to=Recipient(phone=group.phone, email=group.email, person_id=group.person_id),
        language=group.language,
        key=key,
        again=True,
        context=told,
    )


def _to_workshop(entry: Entry, *, person: Person, key: str) -> list[Message]:
    order = entry.order

    def told(language: str) -> dict[str, object]:
        with override(language):
            path = reverse("studio:conversation", args=[order.number])
        return {
            "buyer": order.group.name.split(" ", 1)[0],
            "number": order.number,
            "words": entry.words,
            "address": settings.PLATFORM_URL + path,
        }

    return write(
        kind="word_to_workshop",
        to=person,
        key=f"{key}-{person.pk}",
        again=True,
        context=told,
    )
