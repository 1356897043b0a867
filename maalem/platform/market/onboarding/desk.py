"""The pages of those who help workshops begin: who lacks what, and whom to call."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from maalem.platform.craft.artisans.queries import reachable
from maalem.platform.market.onboarding import steps
from maalem.platform.market.onboarding.words import NAMES

View = Callable[..., HttpResponse]


def for_guides(view: View) -> View:
    """Only for those with the right; for anybody else there is nothing here."""

    @never_cache
    @login_required
    @wraps(view)
    def wrapped(request: HttpRequest, **kwargs: str) -> HttpResponse:
        if not steps.is_guide(request.user):
            raise Http404
        return view(request, **kwargs)

    return wrapped


@require_safe
@for_guides
def unready(request: HttpRequest) -> HttpResponse:
    """Workshops that lack something, the newest first."""
    given = request.GET.get("before", "")
    before = int(given) if given.isascii() and given.isdigit() and len(given) < 19 else 0
    found, older = steps.unready(before=before)
    rows = [(one, [NAMES[step] for step in one.lacking]) for one in found]
    return render(request, "onboarding/desk.html", {"rows": rows, "older": older})


@require_safe
@for_guides
def workshop(request: HttpRequest, slug: str) -> HttpResponse:
    """One workshop: all its steps, and the people who act for it."""
    found = steps.by_slug(slug)
    if found is None:
        raise Http404
    context = {
        "beginning": found,
        "artisan": found.artisan,
        "steps": [(NAMES[one.step], one.is_done) for one in found.steps],
        "people": reachable(found.artisan.pk),
    }
    return render(request, "onboarding/workshop.html", context)
