"""Claims against my workshop: what buyers say is wrong, and my one answer to each."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from maalem.platform.craft.artisans.models import Artisan
from maalem.platform.market.orders.parts import left_of
from maalem.platform.market.returns import claim_queries
from maalem.platform.market.returns.actions import answer as answering
from maalem.platform.market.returns.amounts import minor_of
from maalem.platform.market.returns.models import Claim
from maalem.platform.market.returns.states import Answer, Kind, Refused
from maalem.platform.market.returns.words import ANSWERS, CLAIM_STATUSES, KINDS, refusal
from maalem.platform.market.studio.queries import first_name
from maalem.platform.market.studio.views.frame import of_a_workshop, page

_FAR_TOO_LONG = 20_000


@require_safe
@of_a_workshop
def claim(request: HttpRequest, *, artisan: Artisan, number: str) -> HttpResponse:
    """One claim. A link in a message may lead to another of her workshops than the chosen one."""
    return _page(request, _mine(request, number))


@require_POST
@of_a_workshop
def answer(request: HttpRequest, *, artisan: Artisan, number: str) -> HttpResponse:
    """All, a part, "please send it back first", or no."""
    found = _mine(request, number)
    said = request.POST.get("answer", "")
    offer = minor_of(request.POST.get("offer", "")) if said == Answer.PART else 0
    return _do(
        request,
        found,
        lambda: answering.answer(
            found.number,
            said=said,
            words=request.POST.get("words", "")[:_FAR_TOO_LONG],
            by=f"person:{request.user.pk}",
            offer_minor=offer,
        ),
        done=_("Thank you. We have told the buyer."),
    )


@require_POST
@of_a_workshop
def has_it(request: HttpRequest, *, artisan: Artisan, number: str) -> HttpResponse:
    """What she wanted to see first is there."""
    found = _mine(request, number)
    by = f"person:{request.user.pk}"
    return _do(
        request,
        found,
        lambda: answering.has_it(found.number, by=by),
        done=_("Thank you. The buyer gets the money back."),
    )


def _do(
    request: HttpRequest, found: Claim, verb: Callable[[], object], *, done: str
) -> HttpResponse:
    try:
        verb()
    except Refused as no:
        return _page(request, _mine(request, found.number), trouble=refusal(no.code), status=422)
    messages.success(request, done)
    return redirect("studio:claim", number=found.number)


def _page(
    request: HttpRequest, found: Claim, *, trouble: str = "", status: int = 200
) -> HttpResponse:
    return page(
        request,
        "studio/claim.html",
        status=status,
        artisan=found.artisan,
        claim=found,
        order=found.order,
        told=CLAIM_STATUSES[found.status],
        kind=KINDS[Kind(found.kind)],
        answers=[(one.value, said) for one, said in ANSWERS.items()],
        most=left_of(found.order),
        first_name=first_name(found.order.group.name),
        trouble=trouble,
        typed=request.POST,
        here="sales",
    )


def _mine(request: HttpRequest, number: str) -> Claim:
    found = claim_queries.of_workshops(request.workshops, number)  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    return found
