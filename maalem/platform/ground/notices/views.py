"""The demo's telephone and letter box, in one page."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from . import queries


@never_cache
def demo_inbox(request: HttpRequest) -> HttpResponse:
    """The last messages to anybody, codes included: a demo's only, 404 anywhere else."""
    if not settings.DEMO:
        raise Http404
    return render(request, "notices/demo_inbox.html", {"messages_sent": queries.latest()})
