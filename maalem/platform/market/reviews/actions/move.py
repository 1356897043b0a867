"""The one way in which a review or an appeal changes its state, and the line of history for it."""

from collections.abc import Mapping
from typing import Any

from maalem.platform.market.reviews.models import Appeal, Event, Review
from maalem.platform.market.reviews.states import APPEAL_NEXT, REVIEW_NEXT, Refused

TABLES: Mapping[type, Mapping[str, frozenset[str]]] = {Review: REVIEW_NEXT, Appeal: APPEAL_NEXT}


def move(row: Review | Appeal, *, then: str, **values: Any) -> None:
    """Set the status of `row` to `then` (and `values`) if it still is what it was read as.

    Raises `Refused("not_next")` for a step that the table lacks, `Refused("moved")` when somebody
    was faster. Of a review the version is compared too.
    """
    now = str(row.status)
    if then not in TABLES[type(row)][now]:
        raise Refused("not_next")
    found = type(row).objects.filter(pk=row.pk, status=now)
    if isinstance(row, Review):
        found = found.filter(version=row.version)
    if found.update(status=str(then), **values) != 1:
        raise Refused("moved")
    row.refresh_from_db()


def step(review: Review, *, then: str, event: str, by: str, note: str = "", **values: Any) -> None:
    """Move a review, with its line of history."""
    was = review.status
    move(review, then=then, **values)
    write_down(review, event=event, by=by, was=was, note=note)


def write_down(review: Review, *, event: str, by: str, was: str = "", note: str = "") -> None:
    """A line of history."""
    Event.objects.create(
        review=review, event=event, was=was, now=review.status, by=by, note=note[:300]
    )
