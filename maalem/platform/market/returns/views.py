"""The buyer's pages: what she sends back, where to, and how it stands. The link is the key."""

import re
from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from maalem.platform.market.orders import links
from maalem.platform.market.returns import queries
from maalem.platform.market.returns.actions import announce, exchange
from maalem.platform.market.returns.models import Return
from maalem.platform.market.returns.states import ON_THE_WAY, Reason, Refused
from maalem.platform.market.returns.words import REASONS, STATUSES, refusal

ID = re.compile(r"[1-9][0-9]{0,17}")
COUNT = re.compile(r"[0-9]{1,4}")
_FAR_TOO_LONG = 20_000


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def parcel(request: HttpRequest, *, number: str, mark: str, order: str) -> HttpResponse:
    """Choose what goes back, and say why."""
    found = _parcel(number, mark=mark, order=order)
    if request.method != "POST":
        return _choosing(request, found)
    counted = {one.line.pk: _count(request, one.line.pk) for one in found.choices}
    seen, instead = request.POST.get("seen", ""), request.POST.get("instead", "")
    try:
        made = announce.announce(
            found.order.number,
            wanted=counted,
            reason=request.POST.get("reason", ""),
            words=request.POST.get("words", "")[:_FAR_TOO_LONG],
            seen=int(seen) if COUNT.fullmatch(seen) else 0,
            instead=int(instead) if ID.fullmatch(instead) else None,
        )
    except Refused as no:
        # Read anew: what was refused may have been changed by somebody else.
        again = _parcel(number, mark=mark, order=order)
        return _choosing(request, again, trouble=refusal(no.code), status=422)
    messages.success(request, _("Noted. Below stands where to send it."))
    return redirect("returns:back", number=number, mark=mark, back=made.number)


@never_cache
@require_safe
def back(request: HttpRequest, *, number: str, mark: str, back: str) -> HttpResponse:
    """How a return stands, where it goes, and what she may still do about it."""
    found = _back(number, mark=mark, back=back)
    context = {
        "back": found,
        "order": found.order,
        "group": found.order.group,
        "mark": mark,
        "status": STATUSES[found.status],
        "reason": REASONS[Reason(found.reason)],
        "is_on_the_way": found.status in ON_THE_WAY,
        "may_have_money": exchange.may_have_money(found),
        "workshop": str(found.artisan.workshop),
        "telephone": queries.telephone(found.artisan_id),
        "order_page": links.path(number),
    }
    return private(render(request, "returns/back.html", context))


@require_POST
def sent(request: HttpRequest, *, number: str, mark: str, back: str) -> HttpResponse:
    """It is with a carrier."""
    found = _back(number, mark=mark, back=back)
    try:
        announce.send(
            found.number,
            carrier=request.POST.get("carrier", "")[:_FAR_TOO_LONG],
            tracking=request.POST.get("tracking", "")[:_FAR_TOO_LONG],
        )
    except Refused as no:
        messages.error(request, refusal(no.code))
    else:
        messages.success(request, _("Thank you. The workshop knows that it is on its way."))
    return redirect("returns:back", number=number, mark=mark, back=back)


@require_POST
def keep(request: HttpRequest, *, number: str, mark: str, back: str) -> HttpResponse:
    """She keeps it after all."""
    found = _back(number, mark=mark, back=back)
    done = _("Noted. You keep it, and nothing is paid back.")
    return _do(request, found, announce.take_back, done=done)


@require_POST
def money(request: HttpRequest, *, number: str, mark: str, back: str) -> HttpResponse:
    """The other one did not leave in time: her money after all."""
    found = _back(number, mark=mark, back=back)
    return _do(request, found, exchange.money_instead, done=_("Noted. Your money is on its way."))


def _do(
    request: HttpRequest, found: Return, verb: Callable[[str], object], *, done: str
) -> HttpResponse:
    try:
        verb(found.number)
    except Refused as no:
        messages.error(request, refusal(no.code))
    else:
        messages.success(request, done)
    number = found.order.group.number
    return redirect("returns:back", number=number, mark=links.mark(number), back=found.number)


def _count(request: HttpRequest, line: int) -> int:
    """How many pieces of a line; what is no number is more than there can be."""
    said = request.POST.get(f"line-{line}", "0") or "0"
    return int(said) if COUNT.fullmatch(said) else 10_000


def _choosing(
    request: HttpRequest, found: queries.Parcel, *, trouble: str = "", status: int = 200
) -> HttpResponse:
    number = found.order.group.number
    context = {
        "parcel": found,
        "order": found.order,
        "group": found.order.group,
        "mark": links.mark(number),
        "reasons": [(reason.value, said) for reason, said in REASONS.items()],
        "returns": [(one, STATUSES[one.status]) for one in found.returns],
        "why_not": refusal(found.why_not) if found.why_not else "",
        "trouble": trouble,
        "typed": request.POST,
        "order_page": links.path(number),
    }
    return private(render(request, "returns/parcel.html", context, status=status))


def _parcel(number: str, *, mark: str, order: str) -> queries.Parcel:
    """The parcel, or 404 for a wrong mark as for a wrong number: a guess learns nothing."""
    found = queries.parcel(number, order) if links.is_marked(number, given=mark) else None
    if found is None:
        raise Http404
    return found


def _back(number: str, *, mark: str, back: str) -> Return:
    found = queries.of_purchase(number, back) if links.is_marked(number, given=mark) else None
    if found is None:
        raise Http404
    return found


def private(response: HttpResponse) -> HttpResponse:
    """The page, told to nobody else."""
    # The address is the key, as on the order's own page.
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response
