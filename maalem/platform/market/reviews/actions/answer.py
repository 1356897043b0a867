"""The workshop's one answer to a review, which it may change for 14 days."""

from django.db import transaction
from django.utils import timezone

from maalem.kit.typed import holds_card, plain
from maalem.platform.market.reviews import decide
from maalem.platform.market.reviews.actions import tell
from maalem.platform.market.reviews.actions.move import write_down
from maalem.platform.market.reviews.models import MOST_ANSWER, Review, Version
from maalem.platform.market.reviews.states import Refused, ReviewStatus, Side


@transaction.atomic
def answer(review_id: int, *, words: str, page: str, seen: int, by: str) -> Review:
    """Answer a published review, or change the answer; sent again it changes nothing.

    What a rule would hold is refused at once: a workshop can take it out. Raises `Refused`,
    `Review.DoesNotExist`.
    """
    words = plain(words)
    _check(words)
    review = Review.objects.select_for_update().get(pk=review_id)
    if review.answer == words:
        return review
    if review.status != ReviewStatus.PUBLISHED:
        raise Refused("not_published")
    if review.answer_hidden:
        raise Refused("answer_hidden")
    now = timezone.now()
    first = review.answered_at
    if first is not None and not decide.may_change(
        since=first, now=now, version=review.answer_version
    ):
        raise Refused("too_late")
    if seen != review.answer_version:
        raise Refused("changed_meanwhile")
    Review.objects.filter(pk=review.pk).update(
        answer=words,
        answer_language=decide.language_of(words, page=page),
        answer_version=review.answer_version + 1,
        answered_at=first or now,
    )
    review.refresh_from_db()
    Version.objects.create(
        review=review,
        side=Side.ARTISAN,
        number=review.answer_version,
        words=words,
        language=review.answer_language,
        by=by,
    )
    write_down(review, event="answered", by=by, was=review.status)
    if first is None:
        tell.answered(review)
    return review


def _check(words: str) -> None:
    if not words:
        raise Refused("empty")
    if len(words) > MOST_ANSWER:
        raise Refused("too_long")
    if holds_card(words):
        raise Refused("card")
    if decide.why_held(words):
        raise Refused("answer_held")
