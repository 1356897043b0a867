"""The officers' pages: returns that wait for a decision, and the decision."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from maalem.platform.market.orders.parts import left_of
from maalem.platform.market.returns import claim_queries, queries
from maalem.platform.market.returns.actions import answer, settle
from maalem.platform.market.returns.amounts import minor_of
from maalem.platform.market.returns.models import Claim, Return
from maalem.platform.market.returns.states import ClaimStatus, Kind, Reason, Refused
from maalem.platform.market.returns.words import CLAIM_STATUSES, KINDS, REASONS, STATUSES, refusal

View = Callable[..., HttpResponse]
_FAR_TOO_LONG = 20_000


def for_officers(view: View) -> View:
    """Only for those with the right; for anybody else there is nothing here."""

    @never_cache
    @login_required
    @wraps(view)
    def wrapped(request: HttpRequest, **kwargs: str) -> HttpResponse:
        if not queries.is_officer(request.user):
            raise Http404
        return view(request, **kwargs)

    return wrapped


@require_safe
@for_officers
def waiting(request: HttpRequest) -> HttpResponse:
    """What waits, the money that is due first at the top."""
    found = [(one, STATUSES[one.status]) for one in queries.waiting()]
    claims = [(one, CLAIM_STATUSES[one.status]) for one in claim_queries.waiting()]
    return render(request, "returns/desk.html", {"returns": found, "claims": claims})


@require_http_methods(["GET", "HEAD", "POST"])
@for_officers
def case(request: HttpRequest, back: str) -> HttpResponse:
    """One return with all that was said, and the officer's decision."""
    found = queries.case(back)
    if found is None:
        raise Http404
    return _judged(request, found, verb=settle.decide_amount, again=queries.case, page=_page)


def _page(
    request: HttpRequest, back: Return, *, trouble: str = "", status: int = 200
) -> HttpResponse:
    may = settle.may_decide(back)
    context = {
        "back": back,
        "order": back.order,
        "status": STATUSES[back.status],
        "reason": REASONS[Reason(back.reason)],
        "may_decide": may,
        "most": settle.most(back, full=settle.worth(back)) if may else 0,
        "trouble": trouble,
        "typed": request.POST,
    }
    return render(request, "returns/case.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_officers
def claim(request: HttpRequest, claim: str) -> HttpResponse:
    """One claim with all that was said, and the officer's decision."""
    found = claim_queries.case(claim)
    if found is None:
        raise Http404
    return _judged(
        request, found, verb=answer.decide_claim, again=claim_queries.case, page=_claim_page
    )


def _claim_page(
    request: HttpRequest, found: Claim, *, trouble: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "claim": found,
        "order": found.order,
        "status": CLAIM_STATUSES[found.status],
        "kind": KINDS[Kind(found.kind)],
        "may_decide": found.status == ClaimStatus.ESCALATED,
        "most": left_of(found.order),
        "trouble": trouble,
        "typed": request.POST,
    }
    return render(request, "returns/claim_case.html", context, status=status)


def _judged(
    request: HttpRequest,
    found: Any,
    *,
    verb: Callable[..., object],
    again: Callable[[str], Any],
    page: View,
) -> HttpResponse:
    """The page of a return or a claim; an officer's decision about it, by `verb`."""
    if request.method != "POST":
        return page(request, found)
    try:
        verb(
            found.number,
            amount_minor=minor_of(request.POST.get("amount", "")),
            verdict=request.POST.get("verdict", "")[:_FAR_TOO_LONG],
            by=request.user,
        )
    except Refused as no:
        fresh = again(found.number) or found
        return page(request, fresh, trouble=refusal(no.code), status=422)
    messages.success(request, _("Decided. Both sides are told."))
    return redirect("returns:desk")
