"""Done for me: what an agent did with my consent, to be undone, ended, or said to be wrong."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from maalem.platform.craft.artisans.models import Artisan
from maalem.platform.market.assistance import queries
from maalem.platform.market.assistance.actions.ask import end as end_it
from maalem.platform.market.assistance.actions.undo import object_to
from maalem.platform.market.assistance.actions.undo import undo as undo_it
from maalem.platform.market.assistance.models import Consent, Deed
from maalem.platform.market.assistance.states import EndedBy, Refused
from maalem.platform.market.assistance.words import refusal
from maalem.platform.market.studio.queries import NUMBER
from maalem.platform.market.studio.views.frame import of_a_workshop, page


@require_safe
@of_a_workshop
def helped(request: HttpRequest, *, artisan: Artisan) -> HttpResponse:
    """Everything done for any of my workshops, the newest first."""
    before = request.GET.get("before", "")
    number = int(before) if NUMBER.fullmatch(before) else 0
    found, older = queries.given_by(_mine(request), before=number)
    return page(
        request, "studio/helped.html", artisan=artisan, found=found, older=older, here="helped"
    )


@require_POST
@of_a_workshop
def end(request: HttpRequest, *, artisan: Artisan, consent: int) -> HttpResponse:
    """From now on nobody acts for me."""
    end_it(_consent(request, consent).pk, by=EndedBy.ARTISAN)
    messages.success(request, _("It is over. Nobody acts for you any more."))
    return redirect("studio:helped")


@require_POST
@of_a_workshop
def undo(request: HttpRequest, *, artisan: Artisan, deed: int) -> HttpResponse:
    """Put it back as it was before."""
    found = _deed(request, deed)
    try:
        undo_it(found.pk, by=request.user)
    except Refused as no:
        messages.error(request, refusal(no.code))
    else:
        messages.success(request, _("It is as it was before."))
    return redirect("studio:helped")


@require_POST
@of_a_workshop
def not_right(request: HttpRequest, *, artisan: Artisan, deed: int) -> HttpResponse:
    """One thing that was done was not right."""
    found = _deed(request, deed)
    return _object(request, consent=found.consent_id, deed=found.pk)


@require_POST
@of_a_workshop
def all_wrong(request: HttpRequest, *, artisan: Artisan, consent: int) -> HttpResponse:
    """The whole of it was not right."""
    return _object(request, consent=_consent(request, consent).pk, deed=None)


def _object(request: HttpRequest, *, consent: int, deed: int | None) -> HttpResponse:
    object_to(consent=consent, deed=deed, by=request.user)
    messages.success(request, _("Thank you. Somebody of the platform looks at it."))
    return redirect("studio:helped")


def _mine(request: HttpRequest) -> list[int]:
    return [one.pk for one in request.workshops]  # type: ignore[attr-defined]


def _consent(request: HttpRequest, number: int) -> Consent:
    found = queries.consent_of(_mine(request), number)
    if found is None:
        raise Http404
    return found


def _deed(request: HttpRequest, number: int) -> Deed:
    found = queries.deed_of(_mine(request), number)
    if found is None:
        raise Http404
    return found
