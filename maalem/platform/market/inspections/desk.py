"""The hub's pages: what comes, what is there, and the verdict."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from maalem.platform.market.inspections import photos, queries
from maalem.platform.market.inspections.actions import judge
from maalem.platform.market.inspections.models import MOST_WORDS, Inspection
from maalem.platform.market.inspections.states import Refused
from maalem.platform.market.inspections.words import STATUSES, VERDICTS, refusal

View = Callable[..., HttpResponse]
_FAR_TOO_LONG = 20 * MOST_WORDS


def for_inspectors(view: View) -> View:
    """Only for those with the right; for anybody else there is nothing here."""

    @never_cache
    @login_required
    @wraps(view)
    def wrapped(request: HttpRequest, **kwargs: int) -> HttpResponse:
        if not queries.is_inspector(request.user):
            raise Http404
        return view(request, **kwargs)

    return wrapped


@require_safe
@for_inspectors
def waiting(request: HttpRequest) -> HttpResponse:
    """What is on its way here, here, or ready to be sent on."""
    found = [(one, STATUSES[one.status]) for one in queries.waiting()]
    return render(request, "inspections/desk.html", {"found": found})


@require_http_methods(["GET", "HEAD", "POST"])
@for_inspectors
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """One parcel: what it should be, and what to do with it next."""
    found = queries.case(pk)
    if found is None:
        raise Http404
    if request.method != "POST":
        return _page(request, found)
    try:
        _do(request, found)
    except Refused as trouble:
        status = 409 if trouble.code == "moved" else 422
        again = queries.case(pk) or found
        return _page(request, again, trouble=refusal(trouble.code), status=status)
    messages.success(request, STATUSES[(queries.case(pk) or found).status])
    return redirect("inspections:case", pk=pk)


def _do(request: HttpRequest, found: Inspection) -> None:
    if "receive" in request.POST:
        judge.receive(found.pk, by=request.user)
    elif "send_on" in request.POST:
        judge.send_on(
            found.pk,
            by=request.user,
            carrier=request.POST.get("carrier", "")[:60],
            tracking=request.POST.get("tracking", "")[:60],
        )
    else:
        judge.judge(
            found.pk,
            verdict=request.POST.get("verdict", ""),
            words=request.POST.get("words", "")[:_FAR_TOO_LONG],
            photos=photos.take(request.FILES.getlist("photos")),
            by=request.user,
        )


def _page(
    request: HttpRequest, found: Inspection, *, trouble: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "found": found,
        "order": found.order,
        "status": STATUSES[found.status],
        "verdicts": VERDICTS.items(),
        "trouble": trouble,
        "typed": request.POST,
    }
    return render(request, "inspections/case.html", context, status=status)
