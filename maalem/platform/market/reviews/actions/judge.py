"""What officers decide: a review stands, or is hidden for a reason; a second one on an appeal."""

from django.db import transaction
from django.utils import timezone

from maalem.kit.typed import holds_card, plain
from maalem.platform.craft.artisans.models import Membership
from maalem.platform.ground.people.models import Person
from maalem.platform.market.reviews.actions import tell
from maalem.platform.market.reviews.actions.move import move, step, write_down
from maalem.platform.market.reviews.models import MOST_ANSWER, Appeal, Report, Review, Ruling
from maalem.platform.market.reviews.states import (
    AppealStatus,
    Reason,
    Refused,
    ReviewStatus,
    Side,
)


@transaction.atomic
def let_stand(review_id: int, *, by: Person, version: int) -> Review:
    """Nothing is wrong with version `version`: publish it if it was held, settle its reports."""
    review = _locked(review_id, by=by)
    if version != review.version:
        raise Refused("changed_meanwhile")
    if review.status == ReviewStatus.HIDDEN:
        raise Refused("not_next")
    if review.status == ReviewStatus.HELD:
        step(review, then=ReviewStatus.PUBLISHED, event="let_through", by=_named(by), held_for=[])
        tell.written(review)
    else:
        write_down(review, event="stands", by=_named(by), was=review.status)
    _settle_reports(review)
    return review


@transaction.atomic
def hide(review_id: int, *, reason: str, by: Person, version: int, note: str = "") -> Ruling:
    """Hide a review, of which the officer read `version`, for a reason of the closed list."""
    if reason not in set(Reason):
        raise Refused("reason")
    review = _locked(review_id, by=by)
    if version != review.version:
        raise Refused("changed_meanwhile")
    step(review, then=ReviewStatus.HIDDEN, event="hidden", by=_named(by), note=reason)
    ruling = Ruling.objects.create(
        review=review, version=review.version, reason=reason, note=plain(note)[:300], by=by
    )
    _settle_reports(review)
    tell.hidden(review, ruling=ruling)
    return ruling


@transaction.atomic
def hide_answer(review_id: int, *, reason: str, by: Person, version: int) -> Ruling:
    """Hide the answer alone, of which the officer read `version`; the review stands."""
    if reason not in set(Reason):
        raise Refused("reason")
    review = _locked(review_id, by=by)
    if version != review.answer_version or review.answer_hidden or not review.answer:
        raise Refused("changed_meanwhile")
    Review.objects.filter(pk=review.pk).update(answer_hidden=True)
    ruling = Ruling.objects.create(
        review=review, about=Side.ARTISAN, version=version, reason=reason, by=by
    )
    write_down(review, event="answer_hidden", by=_named(by), was=review.status, note=reason)
    _settle_reports(review)
    tell.hidden(review, ruling=ruling)
    return ruling


@transaction.atomic
def appeal(review_id: int, *, side: Side, words: str, by: str, about: Side = Side.BUYER) -> Appeal:
    """Ask for a second officer, once for each ruling; sent again it is the same appeal.

    About the review, either side may; `about` the artisan's answer, she alone.
    """
    words = plain(words)
    if not words:
        raise Refused("empty")
    if len(words) > MOST_ANSWER:
        raise Refused("too_long")
    if holds_card(words):
        raise Refused("card")
    review = Review.objects.select_for_update().get(pk=review_id)
    is_hidden = (
        review.status == ReviewStatus.HIDDEN if about == Side.BUYER else review.answer_hidden
    )
    if not is_hidden or (about, side) == (Side.ARTISAN, Side.BUYER):
        raise Refused("not_hidden")
    ruling = review.rulings.filter(about=about).order_by("-id")[:1].get()
    before = ruling.appeals.filter(side=side).first()
    if before is not None:
        if before.words == words:
            return before
        raise Refused("appealed")
    made = Appeal.objects.create(ruling=ruling, side=side, words=words, by=by)
    write_down(review, event="appealed", by=by, was=review.status, note=side)
    return made


@transaction.atomic
def decide_appeal(appeal_id: int, *, grant: bool, by: Person) -> Appeal:
    """Another officer than the first decides. Granted, the review is there again.

    Another appeal against the same ruling is granted with it.
    """
    ruling = Ruling.objects.get(appeals=appeal_id)
    review = _locked(ruling.review_id, by=by)
    asked = Appeal.objects.select_related("ruling").get(pk=appeal_id)
    if ruling.by_id == by.pk:
        raise Refused("same_officer")
    then = AppealStatus.GRANTED if grant else AppealStatus.UPHELD
    more = Appeal.objects.filter(ruling=ruling, status=AppealStatus.OPEN).exclude(pk=asked.pk)
    for one in [asked, *(more if grant else [])]:
        move(one, then=then, decided_by=by, decided_at=timezone.now())
    if grant and ruling.about == Side.ARTISAN:
        Review.objects.filter(pk=review.pk).update(answer_hidden=False)
        write_down(review, event="granted", by=_named(by), was=review.status)
    elif grant:
        step(review, then=ReviewStatus.PUBLISHED, event="granted", by=_named(by), held_for=[])
    else:
        write_down(review, event="upheld", by=_named(by), was=review.status)
    tell.decided(review, appeal=asked)
    return asked


@transaction.atomic
def report(review_id: int, *, reason: str, reporter: str) -> None:
    """Somebody asks an officer to look; once for each reporter. Raises `Refused`."""
    if reason not in set(Reason):
        raise Refused("reason")
    review = Review.objects.get(pk=review_id, status=ReviewStatus.PUBLISHED)
    _, is_new = Report.objects.get_or_create(
        review=review, reporter=reporter, defaults={"reason": reason}
    )
    if is_new:
        write_down(review, event="reported", by="somebody", was=review.status, note=reason)


def _locked(review_id: int, *, by: Person) -> Review:
    """The review, if this officer may judge it: not where she sells."""
    review = Review.objects.select_for_update().get(pk=review_id)
    if Membership.objects.filter(person_id=by.pk, artisan_id=review.artisan_id).exists():
        raise Refused("own_workshop")
    return review


def _settle_reports(review: Review) -> None:
    Report.objects.filter(review=review, settled_at=None).update(settled_at=timezone.now())


def _named(by: Person) -> str:
    return f"person:{by.pk}"
