"""A buyer says what she thinks of one bought line, and may change it for 14 days."""

from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from maalem.kit.typed import holds_card, plain
from maalem.platform.market.orders.actions.parcels import lock_order
from maalem.platform.market.orders.models import Order, OrderLine
from maalem.platform.market.orders.parts import left_of
from maalem.platform.market.reviews import decide
from maalem.platform.market.reviews.actions import tell
from maalem.platform.market.reviews.actions.move import write_down
from maalem.platform.market.reviews.models import MOST_PHOTOS, MOST_WORDS, STARS, Review, Version
from maalem.platform.market.reviews.photos import Kept
from maalem.platform.market.reviews.states import Refused, ReviewStatus, Side

BUYER = "buyer"


@dataclass(frozen=True)
class Said:
    """What somebody says: stars from 1 to 5, words, and photos that were taken in already."""

    stars: int
    service_stars: int | None = None
    words: str = ""
    page: str = "fr"  # the language of the page it was typed on
    photos: list[Kept] = field(default_factory=list)

    @property
    def language(self) -> str:
        return decide.language_of(self.words, page=self.page)

    def is_as(self, review: Review) -> bool:
        """Whether the review says just this."""
        mine = (self.stars, self.service_stars, self.words, self.photos)
        return mine == (review.stars, review.service_stars, review.words, review.photos)


@transaction.atomic
def say(number: str, *, line_id: int, said: Said, seen: int = 0, by: str = BUYER) -> Review:
    """Write the review of a line of order `number`, or change it: one review, however often sent.

    `seen` is the version that the writer had before her, 0 for none. Sent again after a time-out
    it changes nothing. Raises `Refused`, `OrderLine.DoesNotExist`.
    """
    words = plain(said.words)
    said = Said(said.stars, said.service_stars, words, said.page, said.photos)
    _check(said)
    order = lock_order(number)
    line = OrderLine.objects.get(pk=line_id, order_id=order.pk)
    review = Review.objects.select_for_update().filter(line_id=line.pk).first()
    if review is None:
        return _first(order, line, said=said, by=by)
    if said.is_as(review):
        return review
    if review.status == ReviewStatus.HIDDEN:
        raise Refused("hidden")
    if not decide.may_change(since=review.written_at, now=timezone.now(), version=review.version):
        raise Refused("too_late")
    if seen != review.version:
        raise Refused("changed_meanwhile")
    return _changed(review, said=said, by=by)


def _check(said: Said) -> None:
    stars = [said.stars] if said.service_stars is None else [said.stars, said.service_stars]
    if not all(STARS[0] <= one <= STARS[1] for one in stars):
        raise Refused("stars")
    if len(said.words) > MOST_WORDS:
        raise Refused("too_long")
    if len(said.photos) > MOST_PHOTOS:
        raise Refused("too_many_photos")
    if holds_card(said.words):
        raise Refused("card")


def _status(held_for: tuple[str, ...]) -> ReviewStatus:
    return ReviewStatus.HELD if held_for else ReviewStatus.PUBLISHED


def _first(order: Order, line: OrderLine, *, said: Said, by: str) -> Review:
    left = left_of(order)
    if not decide.may_review(status=order.status, left_minor=left):
        raise Refused("not_delivered" if left else "given_back")
    held_for = decide.why_held(said.words)
    bought = order.group.paid_at or order.group.placed_at
    review = Review.objects.create(
        line=line,
        order=order,
        artisan_id=order.artisan_id,
        product_id=line.product_id,
        status=_status(held_for),
        stars=said.stars,
        service_stars=said.service_stars,
        words=said.words,
        language=said.language,
        photos=said.photos,
        held_for=list(held_for),
        name=first_name(order.group.name),
        bought_on=timezone.localdate(bought),
    )
    _keep(review, by=by)
    write_down(review, event="written", by=by, note=", ".join(held_for))
    if review.status == ReviewStatus.PUBLISHED:
        tell.written(review)
    return review


def _changed(review: Review, *, said: Said, by: str) -> Review:
    held_for = decide.why_held(said.words)
    was = review.status
    Review.objects.filter(pk=review.pk).update(
        status=_status(held_for),
        stars=said.stars,
        service_stars=said.service_stars,
        words=said.words,
        language=said.language,
        photos=said.photos,
        held_for=list(held_for),
        version=review.version + 1,
        changed_at=timezone.now(),
    )
    review.refresh_from_db()
    _keep(review, by=by)
    write_down(review, event="changed", by=by, was=was, note=", ".join(held_for))
    if review.status == ReviewStatus.PUBLISHED:
        tell.written(review)
    return review


def _keep(review: Review, *, by: str) -> None:
    Version.objects.create(
        review=review,
        side=Side.BUYER,
        number=review.version,
        stars=review.stars,
        service_stars=review.service_stars,
        words=review.words,
        language=review.language,
        photos=review.photos,
        by=by,
    )


def first_name(name: str) -> str:
    """What everybody is told of a buyer's name."""
    return plain(name).split(" ", 1)[0][:60] or "—"
