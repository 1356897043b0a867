"""My reviews: what buyers say of my pieces, and my one answer to each."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from maalem.platform.craft.artisans.models import Artisan
from maalem.platform.market.reviews import queries as asking
from maalem.platform.market.reviews.actions import judge
from maalem.platform.market.reviews.actions.answer import answer as say
from maalem.platform.market.reviews.decide import may_change
from maalem.platform.market.reviews.forms import WordsForm
from maalem.platform.market.reviews.models import Appeal, Review, Ruling
from maalem.platform.market.reviews.states import Reason, Refused, ReviewStatus, Side
from maalem.platform.market.reviews.words import REASONS, refusal
from maalem.platform.market.studio.queries import NUMBER
from maalem.platform.market.studio.views.frame import of_a_workshop, page


@dataclass(frozen=True)
class Shown:
    """One review with what the workshop may do about it now."""

    review: Review

    @property
    def is_hidden(self) -> bool:
        return self.review.status == ReviewStatus.HIDDEN

    @property
    def may_answer(self) -> bool:
        since = self.review.answered_at
        return not (self.is_hidden or self.review.answer_hidden) and (
            since is None
            or may_change(since=since, now=timezone.now(), version=self.review.answer_version)
        )

    @property
    def ruling(self) -> Ruling:
        """The last one about what is hidden: the review, or the answer alone."""
        about = Side.BUYER if self.is_hidden else Side.ARTISAN
        return next(one for one in self.review.judged if one.about == about)  # type: ignore[attr-defined]

    @property
    def reason(self) -> str:
        return str(REASONS[Reason(self.ruling.reason)])

    @property
    def appeal(self) -> Appeal | None:
        return next(iter(self.ruling.hers), None)  # type: ignore[attr-defined]


@of_a_workshop
def reviews(request: HttpRequest, *, artisan: Artisan) -> HttpResponse:
    """What buyers say, the newest first."""
    before = request.GET.get("before", "")
    found, older = asking.of_workshop(
        artisan, before=int(before) if NUMBER.fullmatch(before) else 0
    )
    return page(
        request,
        "studio/reviews.html",
        artisan=artisan,
        reviews=[Shown(one) for one in found],
        older=older,
        here="reviews",
    )


@require_POST
@of_a_workshop
def answer(request: HttpRequest, *, artisan: Artisan, review: int) -> HttpResponse:
    """Answer it, or change the answer."""
    return _do(
        request,
        review,
        lambda words, seen: say(
            review,
            words=words,
            page=get_language() or "fr",
            seen=seen,
            by=f"person:{request.user.pk}",
        ),
        done=_("Thank you. Everybody can read your answer."),
    )


@require_POST
@of_a_workshop
def appeal(request: HttpRequest, *, artisan: Artisan, review: int) -> HttpResponse:
    """Ask for a second look at the hiding of it."""
    by = f"person:{request.user.pk}"
    about = Side.ARTISAN if request.POST.get("about") == "answer" else Side.BUYER
    return _do(
        request,
        review,
        lambda words, seen: judge.appeal(
            review, side=Side.ARTISAN, words=words, by=by, about=about
        ),
        done=_("Another officer will look at it and tell you."),
    )


def _do(
    request: HttpRequest, review: int, verb: Callable[[str, int], object], *, done: str
) -> HttpResponse:
    mine = [one.pk for one in request.workshops]  # type: ignore[attr-defined]
    if review >= 2**63 or not Review.objects.filter(pk=review, artisan_id__in=mine).exists():
        raise Http404
    form = WordsForm(request.POST)
    said = form.cleaned_data if form.is_valid() else {}
    try:
        verb(said.get("words") or "", said.get("seen") or 0)
    except Refused as no:
        messages.error(request, refusal(no.code))
    else:
        messages.success(request, done)
    return redirect("studio:reviews")
