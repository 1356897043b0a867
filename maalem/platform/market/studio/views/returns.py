"""My returns: what comes back to me, and my word on it once I have it."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from maalem.platform.craft.artisans.models import Artisan
from maalem.platform.market.returns import claim_queries, photos
from maalem.platform.market.returns import queries as asking
from maalem.platform.market.returns.actions import exchange as exchanging
from maalem.platform.market.returns.actions import settle
from maalem.platform.market.returns.models import Return
from maalem.platform.market.returns.states import ON_THE_WAY, Reason, Refused
from maalem.platform.market.returns.words import CLAIM_STATUSES, REASONS, STATUSES, refusal
from maalem.platform.market.studio.queries import NUMBER, first_name
from maalem.platform.market.studio.views.frame import of_a_workshop, page

_FAR_TOO_LONG = 20_000


@require_safe
@of_a_workshop
def returns(request: HttpRequest, *, artisan: Artisan) -> HttpResponse:
    """What comes back, the newest first."""
    before = request.GET.get("before", "")
    found, older = asking.listed(artisan, before=int(before) if NUMBER.fullmatch(before) else 0)
    claims = [] if before else claim_queries.open_of(artisan)
    return page(
        request,
        "studio/returns.html",
        artisan=artisan,
        returns=[(one, STATUSES[one.status]) for one in found],
        claims=[(one, CLAIM_STATUSES[one.status]) for one in claims],
        older=older,
        here="sales",
    )


@require_safe
@of_a_workshop
def back(request: HttpRequest, *, artisan: Artisan, number: str) -> HttpResponse:
    """One return. A link in a message may lead to another of her workshops than the chosen one."""
    return _page(request, _mine(request, number))


@require_POST
@of_a_workshop
def accept(request: HttpRequest, *, artisan: Artisan, number: str) -> HttpResponse:
    """It is back, as it was."""
    done = _("Thank you. The buyer gets the money back.")
    return _is_back(request, number, verb=settle.accept, done=done)


@require_POST
@of_a_workshop
def exchange(request: HttpRequest, *, artisan: Artisan, number: str) -> HttpResponse:
    """It is back, as it was, and the other one is sent."""
    done = _("Thank you. The buyer knows that the other one is coming.")
    return _is_back(request, number, verb=exchanging.agree, done=done)


@require_POST
@of_a_workshop
def replaced(request: HttpRequest, *, artisan: Artisan, number: str) -> HttpResponse:
    """The other one is with the carrier."""
    found = _mine(request, number)
    return _do(
        request,
        found,
        lambda: exchanging.replace(
            found.number,
            carrier=request.POST.get("carrier", "")[:_FAR_TOO_LONG],
            tracking=request.POST.get("tracking", "")[:_FAR_TOO_LONG],
            by=f"person:{request.user.pk}",
        ),
        done=_("Thank you. The buyer knows that it is on its way."),
    )


@require_POST
@of_a_workshop
def contest(request: HttpRequest, *, artisan: Artisan, number: str) -> HttpResponse:
    """It is back, but not as it was sent."""
    found = _mine(request, number)

    def say() -> object:
        # Before the photo is looked at: nobody gets us to read files about what is over.
        if found.status not in ON_THE_WAY:
            raise Refused("moved")
        sent = request.FILES.get("photo")
        return settle.contest(
            found.number,
            found=request.POST.get("words", "")[:_FAR_TOO_LONG],
            by=f"person:{request.user.pk}",
            photo=photos.take(sent) if sent else [],
        )

    return _do(request, found, say, done=_("Thank you. An officer decides and tells you both."))


def _is_back(
    request: HttpRequest, number: str, *, verb: Callable[..., object], done: str
) -> HttpResponse:
    found = _mine(request, number)
    by, on_shelf = f"person:{request.user.pk}", request.POST.get("on_shelf") == "yes"
    return _do(request, found, lambda: verb(found.number, by=by, on_shelf=on_shelf), done=done)


def _do(
    request: HttpRequest, found: Return, verb: Callable[[], object], *, done: str
) -> HttpResponse:
    try:
        verb()
    except Refused as no:
        return _page(request, _mine(request, found.number), trouble=refusal(no.code), status=422)
    messages.success(request, done)
    return redirect("studio:back", number=found.number)


def _page(
    request: HttpRequest, found: Return, *, trouble: str = "", status: int = 200
) -> HttpResponse:
    return page(
        request,
        "studio/back.html",
        status=status,
        artisan=found.artisan,
        back=found,
        order=found.order,
        told=STATUSES[found.status],
        reason=REASONS[Reason(found.reason)],
        first_name=first_name(found.order.group.name),
        is_on_the_way=found.status in ON_THE_WAY,
        trouble=trouble,
        words=request.POST.get("words", ""),
        here="sales",
    )


def _mine(request: HttpRequest, number: str) -> Return:
    found = asking.of_workshops(request.workshops, number)  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    return found
