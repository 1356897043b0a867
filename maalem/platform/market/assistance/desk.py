"""The agent's desk, and the officer's page of what artisans say was not right."""

from collections.abc import Callable
from functools import wraps

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from maalem.platform.ground.people.models import Person
from maalem.platform.market.assistance import queries
from maalem.platform.market.assistance.actions import ask, watch
from maalem.platform.market.assistance.forms import AskForm, CodeForm, LimitForm
from maalem.platform.market.assistance.models import Consent, Objection
from maalem.platform.market.assistance.states import ConsentStatus, EndedBy, Refused, Scope
from maalem.platform.market.assistance.words import SCOPES, refusal

# The session's name for the consent that it works under.
ACTING = "assisting"
# Where she begins, by the first thing that was agreed.
_FIRST = {
    Scope.PIECES: "studio:pieces",
    Scope.ORDERS: "studio:sales",
    Scope.REVIEWS: "studio:reviews",
}
View = Callable[..., HttpResponse]


def _only(allowed: Callable[[Person], bool]) -> Callable[[View], View]:
    """Only for those with the right; for anybody else there is nothing here."""

    def guard(view: View) -> View:
        @never_cache
        @login_required
        @wraps(view)
        def wrapped(request: HttpRequest, **kwargs: int) -> HttpResponse:
            if not allowed(request.user):
                raise Http404
            return view(request, **kwargs)

        return wrapped

    return guard


for_agents, for_officers = _only(queries.is_agent), _only(queries.may_watch)


@require_http_methods(["GET", "HEAD", "POST"])
@for_agents
def desk(request: HttpRequest) -> HttpResponse:
    """For whom, and what? Then the code; then to her workshop."""
    form = AskForm(request.POST if request.method == "POST" else None)
    if not form.is_bound:
        return _page(request, form=form)
    if not form.is_valid():
        return _page(request, form=form, status=422)
    said = form.cleaned_data
    try:
        _within_limits(request, said["phone"])
        ask.ask(
            agent=request.user,
            phone=said["phone"],
            scopes=said["scopes"],
            workshop=said["workshop"],
        )
    except Refused as no:
        if no.code == "which":
            form.offer([one.artisan for one in queries.owned_by(said["phone"])])
        return _page(request, form=form, trouble=refusal(no.code), status=422)
    return redirect("assistance:desk")


@require_POST
@for_agents
def code(request: HttpRequest) -> HttpResponse:
    """The code that she told."""
    found = queries.open_of(request.user)
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _page(request, form=AskForm(), code=form, status=422)
    try:
        if found is None:
            raise Refused("code_over")
        given = ask.give(found.pk, agent=request.user, code=form.cleaned_data["code"])
    except Refused as no:
        return _page(request, form=AskForm(), trouble=refusal(no.code), status=422)
    return _go(request, given)


@require_POST
@for_agents
def go(request: HttpRequest) -> HttpResponse:
    """On with it, also on another telephone of the agent's own."""
    found = queries.open_of(request.user)
    if found is None or found.status != ConsentStatus.GIVEN:
        messages.error(request, refusal("over"))
        return redirect("assistance:desk")
    return _go(request, found)


@require_POST
@login_required
def end(request: HttpRequest) -> HttpResponse:
    """It is over, whatever it is: what was asked for, and what runs. Nobody is kept from it."""
    request.session.pop(ACTING, None)
    found = queries.open_of(request.user)
    if found is not None:
        ask.end(found.pk, by=EndedBy.AGENT)
        messages.success(request, _("It is over. She reads what was done."))
    if not queries.is_agent(request.user):
        return redirect("people:account")
    return redirect("assistance:desk")


@require_safe
@for_officers
def objections(request: HttpRequest) -> HttpResponse:
    """What artisans say was not right, and how long a consent lasts."""
    return _watching(request, form=LimitForm())


@require_POST
@for_officers
def looked_at(request: HttpRequest, *, pk: int) -> HttpResponse:
    """I have seen to it."""
    try:
        watch.looked_at(pk, by=request.user)
    except Objection.DoesNotExist as none:
        raise Http404 from none
    except Refused as no:
        messages.error(request, refusal(no.code))
    return redirect("assistance:objections")


@require_POST
@for_officers
def limit(request: HttpRequest) -> HttpResponse:
    """From that day on a consent lasts so long."""
    form = LimitForm(request.POST)
    if not form.is_valid():
        return _watching(request, form=form, status=422)
    try:
        watch.limit(**form.cleaned_data)
    except Refused as no:
        return _watching(request, form=form, trouble=refusal(no.code), status=422)
    return redirect("assistance:objections")


def _within_limits(request: HttpRequest, phone: str) -> None:
    """Her telephone is sent no more codes than by signing in: the same count."""
    if not ratelimit.consume(request, action="request_login_code", key=phone):
        raise Refused("too_often")


def _go(request: HttpRequest, found: Consent) -> HttpResponse:
    request.session[ACTING] = found.pk
    return redirect(_FIRST[Scope(found.scopes[0])])


def _page(
    request: HttpRequest,
    *,
    form: AskForm,
    code: CodeForm | None = None,
    trouble: str = "",
    status: int = 200,
) -> HttpResponse:
    found = queries.open_of(request.user)
    context = {
        "found": found,
        "scopes": [SCOPES[Scope(one)] for one in found.scopes] if found else [],
        "is_given": found is not None and found.status == ConsentStatus.GIVEN,
        "minutes": queries.minutes(),
        "form": form,
        "code": code or CodeForm(),
        "trouble": trouble,
        "before": queries.asked_by(request.user),
    }
    return render(request, "assistance/desk.html", context, status=status)


def _watching(
    request: HttpRequest, *, form: LimitForm, trouble: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "found": queries.objections(),
        "limits": queries.limits(),
        "form": form,
        "trouble": trouble,
    }
    return render(request, "assistance/objections.html", context, status=status)
