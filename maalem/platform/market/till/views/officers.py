"""An officer says yes to a large payout, with the key by which the institution knows her."""

import re

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from maalem.platform.ground.gateway import desk, errors
from maalem.platform.ground.people.fresh import fresh_sign_in
from maalem.platform.market.till import deeds, outgoing, seals
from maalem.platform.market.till.access import Till
from maalem.platform.market.till.words import NOT_AGREED, NOT_AGREED_ANYHOW

from .banks import PAYOUT
from .frame import found, of_a_till, page, press

KEY = re.compile(r"rk_(?:test|live)_[A-Za-z0-9]{16,64}")
NO_OFFICER = frozenset({"officer_key_required", "api_key_invalid", "api_key_expired"})


@sensitive_post_parameters("officer_key")
@of_a_till
@fresh_sign_in
def agree(request: HttpRequest, *, till: Till, payout: str) -> HttpResponse:
    """The payout with who agreed to it, and her own yes, by her key alone."""
    if not till.is_officer or not till.is_open or not PAYOUT.fullmatch(payout):
        raise Http404
    load = found(lambda: outgoing.load(till, payout))
    yeses = found(lambda: desk.yeses(payout, account=till.account))
    kept = seals.kept(request)
    key = request.POST.get("officer_key", "").strip() or kept
    context = {"till": till, "here": "money", "load": load, "yeses": yeses}
    context |= {"token": press(request), "hint": kept[-4:]}
    if request.method != "POST":
        return page(request, "till/agree.html", **context)
    if not KEY.fullmatch(key):
        said = str(NOT_AGREED["officer_key_required"])
        return page(request, "till/agree.html", **context, error=said, status=400)
    try:
        desk.agree(
            payout,
            account=till.account,
            officer_key=key,
            key=f"till-agree-{payout}-{context['token']}",
        )
    except (errors.Unknown, errors.Unavailable):
        messages.warning(request, _("No answer yet. Look again in a moment, then try once more."))
        return page(request, "till/agree.html", **context, status=503)
    except errors.GatewayError as no:
        said = str(NOT_AGREED.get(no.code, NOT_AGREED_ANYHOW))
        response = page(request, "till/agree.html", **context, error=said, status=400)
        if no.code in NO_OFFICER:
            seals.forget(response)
        return response
    deeds.note(till, "payout_agreed", about=payout, by=request.user)
    messages.success(request, _("You have agreed."))
    response = redirect("till:payout", whose=till.slug, payout=payout)
    seals.keep(response, key, person=request.user.pk)
    return response


@require_POST
@of_a_till
def forget(request: HttpRequest, *, till: Till, payout: str) -> HttpResponse:
    """Her key leaves this browser."""
    if not till.is_officer or not PAYOUT.fullmatch(payout):
        raise Http404
    messages.success(request, _("Your key is gone from this browser."))
    response = redirect("till:payout", whose=till.slug, payout=payout)
    seals.forget(response)
    return response
