"""What a person was told, in the app; and the demo's telephone and letter box, in one page."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from . import inapp, queries

_LARGEST = 2**63 - 1


@never_cache
@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Hers, newest first; `before` goes on where the page before has ended."""
    found = queries.notices(request.user.pk, before=_number(request.GET.get("before", "")))
    notices, more = found[: queries.PAGE], found[queries.PAGE :]
    page = {
        "notices": notices,
        "older": notices[-1].pk if more else None,
        "newest": notices[0].pk if notices else None,
        "is_new": any(one.read_at is None for one in notices),
    }
    return render(request, "notices/mine.html", page)


@never_cache
@login_required
@require_safe
def opened(request: HttpRequest, number: int) -> HttpResponse:
    """To where it is dealt with; from now on it is read. Somebody else's is not there."""
    mine = number <= _LARGEST
    found = inapp.open_one(person_id=request.user.pk, number=number) if mine else None
    if found is None:
        raise Http404
    if not found.path:
        return redirect("notices:mine")
    return HttpResponseRedirect(f"/{get_language()}{found.path}")


@never_cache
@login_required
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """All that she saw are read."""
    up_to = _number(request.POST.get("up_to", ""))
    if up_to is not None:
        inapp.read_all(person_id=request.user.pk, up_to=up_to)
    return redirect("notices:mine")


def _number(typed: str) -> int | None:
    """An id as the page wrote it; None for anything else."""
    is_number = typed.isascii() and typed.isdigit() and len(typed) <= 19
    return min(int(typed), _LARGEST) if is_number else None


@never_cache
def demo_inbox(request: HttpRequest) -> HttpResponse:
    """The last messages to anybody, codes included: a demo's only, 404 anywhere else."""
    if not settings.DEMO:
        raise Http404
    return render(request, "notices/demo_inbox.html", {"messages_sent": queries.latest()})
