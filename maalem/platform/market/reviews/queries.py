"""What pages ask of reviews. Nothing here writes."""

import json
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q
from django.utils import timezone

from maalem.platform.craft.artisans.models import Artisan
from maalem.platform.ground.people.models import Person
from maalem.platform.market.catalog.ratings import Told, told
from maalem.platform.market.orders.models import Order, OrderLine
from maalem.platform.market.orders.parts import left_of
from maalem.platform.market.reviews import decide
from maalem.platform.market.reviews.models import Appeal, Report, Review, Ruling
from maalem.platform.market.reviews.states import AppealStatus, ReviewStatus, Side
from maalem.platform.rows import rows

PAGE = 20
MODERATE = "reviews.moderate_reviews"


@dataclass(frozen=True)
class Mine:
    """One bought line as its buyer's page of it needs it. `review` is None before she wrote."""

    order: Order
    line: OrderLine
    review: Review | None
    may_write: bool
    refusal: str
    ruling: Ruling | None = None
    appeal: Appeal | None = None

    @property
    def may_appeal(self) -> bool:
        return self.ruling is not None and self.appeal is None


def mine(number: str, line_id: int) -> Mine | None:
    """A line of group `number`, with what its buyer may do; None where it is no line of it."""
    line = (
        OrderLine.objects.filter(pk=line_id, order__group__number=number)
        .select_related("order__group", "order__artisan", "product", "review")
        .first()
    )
    if line is None:
        return None
    review = getattr(line, "review", None)
    if review is None:
        left = left_of(line.order)
        may = decide.may_review(status=line.order.status, left_minor=left)
        why = "" if may else ("not_delivered" if left else "given_back")
        return Mine(line.order, line, None, may, why)
    hidden = review.status == ReviewStatus.HIDDEN
    may = not hidden and decide.may_change(
        since=review.written_at, now=timezone.now(), version=review.version
    )
    ruling = appeal = None
    if hidden:
        ruling = review.rulings.filter(about=Side.BUYER).order_by("-id").first()
        appeal = ruling and ruling.appeals.filter(side=Side.BUYER).first()
    why = "" if may or hidden else "too_late"
    return Mine(line.order, line, review, may, why, ruling, appeal)


_PAGE_OF = """
SELECT id, stars, words, language, name, bought_on::text,
       (written_at AT TIME ZONE 'Africa/Casablanca')::date::text, photos::text,
       CASE WHEN answer_hidden THEN '' ELSE answer END, answer_language
  FROM reviews_review
 WHERE product_id = %s AND status = 'published' AND id < %s ORDER BY id DESC LIMIT %s
"""
_FIELDS = (
    *("id", "stars", "words", "language", "name", "bought_on", "written_on", "photos", "answer"),
    "answer_language",
)


def of_product(product_id: int, *, before: int) -> tuple[list[Told], int]:
    """A page of a piece's published reviews, the newest first, and where the next one begins."""
    found: list[dict[str, Any]] = [
        dict(zip(_FIELDS, row, strict=True))
        for row in rows(_PAGE_OF, [product_id, before or 2**62, PAGE + 1])
    ]
    for one in found:
        one["photos"] = json.loads(one["photos"])
    older = found[PAGE - 1]["id"] if len(found) > PAGE else 0
    return told(found[:PAGE]), older


def published(review_id: int) -> Review | None:
    """A review that everybody sees."""
    return Review.objects.filter(pk=review_id, status=ReviewStatus.PUBLISHED).first()


def of_workshop(artisan: Artisan, *, before: int = 0) -> tuple[list[Review], int]:
    """What buyers say of a workshop's pieces, with rulings: published and hidden, newest first."""
    appeals = Prefetch("appeals", Appeal.objects.filter(side=Side.ARTISAN), to_attr="hers")
    rulings = Prefetch(
        "rulings", Ruling.objects.order_by("-id").prefetch_related(appeals), to_attr="judged"
    )
    found = (
        Review.objects.filter(artisan_id=artisan.pk)
        .exclude(status=ReviewStatus.HELD)
        .select_related("line")
        .prefetch_related(rulings)
        .order_by("-pk")
    )
    if before:
        found = found.filter(pk__lt=before)
    page = list(found[: PAGE + 1])
    return page[:PAGE], page[PAGE - 1].pk if len(page) > PAGE else 0


def is_officer(person: Person) -> bool:
    """Staff who hold the permission by name, as at the till."""
    return bool(person.is_active and person.is_staff and person.has_perm(MODERATE))


def waiting() -> list[Review]:
    """What waits for an officer, the oldest first: held, reported, appealed against."""
    reported = Report.objects.filter(review=OuterRef("pk"), settled_at=None)
    appealed = Appeal.objects.filter(ruling__review=OuterRef("pk"), status=AppealStatus.OPEN)
    return list(
        Review.objects.annotate(is_reported=Exists(reported), is_appealed=Exists(appealed))
        .filter(Q(status=ReviewStatus.HELD) | Q(is_reported=True) | Q(is_appealed=True))
        .select_related("line", "artisan")
        .order_by("pk")[:100]
    )


@dataclass(frozen=True)
class Case:
    """One review as an officer judges it: with all its versions, reports and rulings."""

    review: Review
    reports: list[tuple[str, int]]
    open_appeals: list[Appeal]


def case(review_id: int) -> Case | None:
    """Everything about one review, or None."""
    review = (
        Review.objects.filter(pk=review_id)
        .select_related("line", "artisan", "order__group")
        .prefetch_related("versions", "events", "rulings")
        .first()
    )
    if review is None:
        return None
    open_reports = Report.objects.filter(review=review, settled_at=None)
    counted = open_reports.values_list("reason").annotate(n=Count("pk")).order_by("-n", "reason")
    appeals = Appeal.objects.filter(ruling__review=review, status=AppealStatus.OPEN)
    return Case(review, list(counted), list(appeals.select_related("ruling").order_by("pk")))
