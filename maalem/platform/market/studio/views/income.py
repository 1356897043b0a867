"""A maker's own page: what she made, what was sold, what she earned, and what she was given."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from maalem.platform.craft.artisans.models import Maker
from maalem.platform.market.makers import queries as asking
from maalem.platform.market.makers.actions import hand
from maalem.platform.market.makers.models import Handed
from maalem.platform.market.makers.states import HandedStatus, Refused
from maalem.platform.market.makers.words import refusal
from maalem.platform.market.studio.cash import in_cash
from maalem.platform.market.studio.piece_queries import shelf_of
from maalem.platform.market.studio.queries import NUMBER

SAID = {"yes": HandedStatus.CONFIRMED, "no": HandedStatus.DISPUTED}


@never_cache
@login_required
@require_safe
def income(request: HttpRequest, *, maker: int = 0) -> HttpResponse:
    """Her own page; the first co-operative's of hers where she does not say which."""
    hers = asking.makers_of(request.user)
    found = _hers(hers, maker) if maker or hers else None
    if found is None:
        return render(request, "studio/empty.html")
    before = request.GET.get("before", "")
    lines, older = asking.lines(found, before=int(before) if NUMBER.fullmatch(before) else 0)
    standing = asking.standing(found)
    return render(
        request,
        "studio/income.html",
        {
            "maker": found,
            "others": [one for one in hers if one.pk != found.pk],
            "standing": standing,
            "cash": in_cash(max(standing.left_minor, 0) // 100),
            "months": asking.months(found),
            "lines": lines,
            "older": older,
            "waiting": asking.sold_and_waiting(found),
            "given": list(asking.handed_to(found)[: asking.PAGE]),
            "shelf": shelf_of(found),
        },
    )


@require_POST
@never_cache
@login_required
def answer(request: HttpRequest, *, maker: int, handed: int) -> HttpResponse:
    """I was given it, or it is not right."""
    found = _hers(asking.makers_of(request.user), maker)
    row = Handed.objects.filter(pk=handed, maker=found).first() if handed < 2**63 else None
    then = SAID.get(request.POST.get("answer", ""))
    if row is None or then is None:
        raise Http404
    try:
        hand.answer(row.pk, then=then, by=request.user)
    except Refused as no:
        messages.error(request, refusal(no.code))
    else:
        messages.success(request, _("Thank you. The head of the co-operative can read it."))
    return redirect("studio:income_of", maker=found.pk)


def _hers(hers: list[Maker], number: int) -> Maker:
    found = next((one for one in hers if number in (0, one.pk)), None)
    if found is None:
        raise Http404
    return found
