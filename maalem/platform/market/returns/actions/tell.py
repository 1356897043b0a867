"""Who is told what about a return or a claim. The job is written in its own transaction.

The words are made later, in the job: a text that can't be made must never undo a return.
"""

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import override

from maalem.platform.craft.artisans.queries import reachable
from maalem.platform.ground.notices.actions import Recipient, carry, write
from maalem.platform.ground.notices.models import Message
from maalem.platform.ground.people.models import Person
from maalem.platform.market.orders import links
from maalem.platform.market.orders.words import spoken
from maalem.platform.market.returns import jobs
from maalem.platform.market.returns.models import Claim, Return

TO_SELLER = {
    *("announced", "sent", "withdrawn", "decided"),
    *("claim_made", "claim_sent", "claim_withdrawn", "claim_escalated", "claim_granted"),
    "claim_decided",
}
TO_BUYER = {
    *("announced", "accepted", "exchanging", "exchanged", "contested", "decided"),
    *("claim_made", "claim_answered", "claim_granted", "claim_decided"),
}


def later(about: str, *, back: Return | Claim) -> None:
    """Queue the words."""
    jobs.speak.defer(about=about, number=back.number)


def say(about: str, *, number: str) -> None:
    """Make the words for both sides and carry them, once for each person and thing."""
    kind: type[Return | Claim] = Claim if about.startswith("claim_") else Return
    back = kind.objects.select_related("order__group").get(number=number)
    written: list[Message] = []
    with transaction.atomic():
        if about in TO_BUYER:
            written += _to_buyer(about, back=back)
        if about in TO_SELLER:
            for person in reachable(back.artisan_id):
                written += _to_seller(about, back=back, person=person)
    carry(written)


def _to_buyer(about: str, *, back: Return | Claim) -> list[Message]:
    group = back.order.group
    page = "returns:claim" if isinstance(back, Claim) else "returns:back"
    way = [group.number, links.mark(group.number), back.number]
    return write(
        kind="claim_buyer" if isinstance(back, Claim) else "return_buyer",
        to=Recipient(phone=group.phone, email=group.email, person_id=group.person_id),
        language=group.language,
        key=f"return-{about}-{back.number}",
        again=True,
        context=lambda language: _told(about, back=back, language=language, page=page, way=way),
    )


def _to_seller(about: str, *, back: Return | Claim, person: Person) -> list[Message]:
    page = "studio:claim" if isinstance(back, Claim) else "studio:back"
    way = [back.number]
    return write(
        kind="claim_seller" if isinstance(back, Claim) else "return_seller",
        to=person,
        key=f"return-{about}-{back.number}-{person.pk}",
        again=True,
        context=lambda language: _told(about, back=back, language=language, page=page, way=way),
    )


def _told(
    about: str, *, back: Return | Claim, language: str, page: str, way: list[str]
) -> dict[str, object]:
    with override(language):
        path = reverse(page, args=way)
    return {
        **_about(about, back=back, language=language),
        "address": settings.PLATFORM_URL + path,
    }


def _about(about: str, *, back: Return | Claim, language: str) -> dict[str, object]:
    return {
        "about": about,
        "number": back.number,
        "seller": spoken(back.order.seller, language=language),
        "amount": back.amount_minor,
        "currency": back.order.currency,
        "verdict": back.verdict if about.endswith("decided") else "",
        "answer": back.answer if isinstance(back, Claim) and about == "claim_answered" else "",
        "tracking": back.replaced_tracking if about == "exchanged" else back.tracking,
        "day": getattr(back, "replace_by", None),
        "instead": bool(getattr(back, "instead_id", None)),
    }
