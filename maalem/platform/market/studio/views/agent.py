"""An agent at a workshop's pages: let in as far as the artisan has agreed, and written down."""

from collections.abc import Callable, Mapping

from django.contrib.messages import ERROR, get_messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from maalem.platform.market.assistance import queries
from maalem.platform.market.assistance.actions.work import Job, work
from maalem.platform.market.assistance.desk import ACTING
from maalem.platform.market.assistance.models import Consent
from maalem.platform.market.assistance.states import Refused
from maalem.platform.market.assistance.words import refusal
from maalem.platform.market.studio.leave import MAY

_SAFE = ("GET", "HEAD")


def is_acting(request: HttpRequest) -> bool:
    """Whether this session works for somebody else; also once that is over, until she is told so:
    what was typed for an artisan must not land in a workshop of the agent's own."""
    return ACTING in request.session


def for_her(
    request: HttpRequest, view: Callable[..., HttpResponse], kwargs: Mapping[str, object]
) -> HttpResponse:
    """Show or do it for the artisan, or say why not. What no list names is refused."""
    consent = queries.running(request.session[ACTING], agent=request.user)
    if consent is None or not queries.is_agent(request.user):
        return _no(request, "over")
    request.acting = consent  # type: ignore[attr-defined]
    request.workshops = [consent.artisan]  # type: ignore[attr-defined]
    match = request.resolver_match
    leave = MAY.get(match.url_name or "") if match and match.namespace == "studio" else None
    if leave is None or (request.method not in _SAFE and leave.act is None):
        return _no(request, "never", consent=consent)
    if leave.scope not in consent.scopes:
        return _no(request, "not_agreed", consent=consent)

    def do() -> HttpResponse:
        return view(request, artisan=consent.artisan, **kwargs)

    if request.method in _SAFE or leave.act is None:
        return do()
    about = str(kwargs.get("number") or kwargs.get("review") or "")[:40]
    job = Job(leave.scope, leave.act, about)
    before = _errors(request)
    try:
        return work(
            consent.pk,
            agent=request.user,
            job=job,
            do=do,
            went_well=lambda answer: _went_well(request, answer, before=before),
        )
    except Refused as no:
        return _no(request, no.code)


def _went_well(request: HttpRequest, answer: HttpResponse, *, before: int) -> bool:
    """A page that was asked again has done nothing; neither has one that goes on with an error."""
    done = answer.status_code == 201 or 300 <= answer.status_code < 400
    return done and _errors(request) == before


def _errors(request: HttpRequest) -> int:
    """How many errors wait to be shown. Counting them shows none."""
    waiting = get_messages(request)
    found = sum(1 for one in waiting if one.level >= ERROR)
    waiting.used = False
    return found


def _no(request: HttpRequest, code: str, *, consent: Consent | None = None) -> HttpResponse:
    said = refusal(code)
    if request.headers.get("Accept") == "application/json":
        # The telephone that kept a piece shows this beside it and sends it no more.
        return JsonResponse({"wrong": [said]}, status=422)
    context = {"said": said, "consent": consent}
    return render(request, "assistance/no.html", context, status=403)
