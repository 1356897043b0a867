"""The officers' pages: what waits, one review with all that was said and done, and the verdict."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from maalem.platform.market.reviews import queries
from maalem.platform.market.reviews.actions import judge as judging
from maalem.platform.market.reviews.forms import WordsForm
from maalem.platform.market.reviews.models import Appeal, Review, Ruling
from maalem.platform.market.reviews.states import Reason, Refused
from maalem.platform.market.reviews.words import HELD_FOR, REASONS, refusal

View = Callable[..., HttpResponse]


def for_officers(view: View) -> View:
    """Only for those with the right; for anybody else there is nothing here."""

    @never_cache
    @login_required
    @wraps(view)
    def wrapped(request: HttpRequest, **kwargs: int) -> HttpResponse:
        if not queries.is_officer(request.user) or kwargs.get("review", 0) >= 2**63:
            raise Http404
        return view(request, **kwargs)

    return wrapped


@for_officers
def waiting(request: HttpRequest) -> HttpResponse:
    """The queue."""
    return render(request, "reviews/desk.html", {"reviews": queries.waiting()})


@for_officers
def case(request: HttpRequest, review: int) -> HttpResponse:
    """One review: what it says, its versions, its reports, its rulings."""
    found = queries.case(review)
    if found is None:
        raise Http404
    context = {
        "case": found,
        "review": found.review,
        "reasons": [(reason.value, REASONS[reason]) for reason in Reason],
        "reports": [(REASONS[Reason(code)], n) for code, n in found.reports],
        "held_for": [HELD_FOR[one] for one in found.review.held_for],
        "rulings": [(one, REASONS[Reason(one.reason)]) for one in found.review.rulings.all()],
    }
    return render(request, "reviews/case.html", context)


@require_POST
@for_officers
def judge(request: HttpRequest, review: int) -> HttpResponse:
    """It stands, or is hidden with a reason."""
    form = WordsForm(request.POST)
    seen = (form.cleaned_data["seen"] if form.is_valid() else None) or 0
    note = form.cleaned_data.get("words", "")
    reason = request.POST.get("reason", "")
    if request.POST.get("do") == "hide_answer":

        def verdict() -> object:
            return judging.hide_answer(review, reason=reason, by=request.user, version=seen)
    elif request.POST.get("do") == "hide":

        def verdict() -> object:
            return judging.hide(review, reason=reason, by=request.user, version=seen, note=note)
    else:

        def verdict() -> object:
            return judging.let_stand(review, by=request.user, version=seen)

    return _done(request, review, verdict)


@require_POST
@for_officers
def decide(request: HttpRequest, review: int) -> HttpResponse:
    """Another officer decides about an appeal."""
    named = request.POST.get("appeal", "")
    if not named.isascii() or not named.isdigit() or len(named) > 18:
        raise Http404
    grant = request.POST.get("do") == "grant"
    return _done(
        request,
        review,
        lambda: judging.decide_appeal(int(named), grant=grant, by=request.user),
    )


def _done(request: HttpRequest, review: int, verdict: Callable[[], object]) -> HttpResponse:
    try:
        verdict()
    except (Review.DoesNotExist, Ruling.DoesNotExist, Appeal.DoesNotExist) as nothing:
        raise Http404 from nothing
    except Refused as no:
        messages.error(request, refusal("moved" if no.code == "not_next" else no.code))
        return redirect("reviews:case", review=review)
    messages.success(request, _("Noted. Everybody concerned is told."))
    return redirect("reviews:desk")
