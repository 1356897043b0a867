"""Who is told what about a review. Each message is written in the transaction of what it tells."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from maalem.platform.craft.artisans.queries import reachable
from maalem.platform.ground.notices.actions import Recipient, notify
from maalem.platform.market.orders import links
from maalem.platform.market.orders.models import Order
from maalem.platform.market.orders.words import spoken
from maalem.platform.market.reviews.models import Appeal, Review, Ruling
from maalem.platform.market.reviews.states import AppealStatus, Side
from maalem.platform.market.reviews.words import REASONS


def ask(order: Order) -> None:
    """Ask the buyer of a delivered parcel what she thinks, once."""
    group = order.group

    def told(language: str) -> dict[str, object]:
        return {
            "name": group.name,
            "seller": spoken(order.seller, language=language),
            "number": order.number,
            "address": links.address(group.number, language=language),
        }

    notify(
        kind="review_ask",
        to=Recipient(phone=group.phone, email=group.email, person_id=group.person_id),
        language=group.language,
        key=f"review_ask-{order.number}",
        context=told,
    )


def written(review: Review) -> None:
    """The workshop hears of a new review, once: not of each change of it."""

    def told(language: str) -> dict[str, object]:
        return {**_about(review, language), "address": _studio(language)}

    for person in reachable(review.artisan_id):
        key = f"review_new-{review.pk}-{person.pk}"
        notify(kind="review_new", to=person, key=key, context=told)


def answered(review: Review) -> None:
    """The buyer hears that the workshop has answered."""
    _to_buyer(review, kind="review_answered", key=f"review_answered-{review.pk}")


def hidden(review: Review, *, ruling: Ruling) -> None:
    """Everybody concerned reads why, in her language, and that she may ask for a second look."""
    key = f"review_hidden-{ruling.pk}"
    answer = ruling.about == Side.ARTISAN
    _to_all(review, kind="review_hidden", key=key, reason=ruling.reason, answer=answer)


def decided(review: Review, *, appeal: Appeal) -> None:
    """Everybody concerned reads how the second officer decided."""
    _to_all(
        review,
        kind="review_decided",
        key=f"review_decided-{appeal.pk}",
        reason=appeal.ruling.reason,
        granted=appeal.status == AppealStatus.GRANTED,
        answer=appeal.ruling.about == Side.ARTISAN,
    )


def _to_all(review: Review, *, kind: str, key: str, reason: str, **more: object) -> None:
    _to_buyer(review, kind=kind, key=f"{key}-buyer", reason=reason, **more)

    def told(language: str) -> dict[str, object]:
        return {
            **_about(review, language),
            "address": _studio(language),
            "reason": _reason(reason, language),
            "buyer": False,
            **more,
        }

    for person in reachable(review.artisan_id):
        notify(kind=kind, to=person, key=f"{key}-{person.pk}", context=told)


def _to_buyer(review: Review, *, kind: str, key: str, reason: str = "", **more: object) -> None:
    group = review.order.group

    def told(language: str) -> dict[str, object]:
        way = [group.number, links.mark(group.number), review.line_id]
        with override(language):
            page = reverse("reviews:write", args=way)
        return {
            **_about(review, language),
            "name": group.name,
            "address": settings.PLATFORM_URL + page,
            "reason": _reason(reason, language),
            "buyer": True,
            **more,
        }

    notify(
        kind=kind,
        to=Recipient(phone=group.phone, email=group.email, person_id=group.person_id),
        language=group.language,
        key=key,
        context=told,
    )


def _about(review: Review, language: str) -> dict[str, object]:
    return {
        "review": review,
        "title": spoken(review.line.title, language=language),
        "seller": spoken(review.order.seller, language=language),
        "stars": review.stars,
    }


def _reason(code: str, language: str) -> str:
    with override(language):
        return str(REASONS.get(code, ""))


def _studio(language: str) -> str:
    with override(language):
        return settings.PLATFORM_URL + reverse("studio:reviews")
