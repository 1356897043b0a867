"""Money on its way to the bank: each payout, the account it goes to, and the papers about it."""

import re
from datetime import date, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from maalem.platform.ground.gateway import desk, errors
from maalem.platform.ground.people.fresh import fresh_sign_in
from maalem.platform.market.till import deeds, outgoing
from maalem.platform.market.till.access import Till
from maalem.platform.market.till.actions import banks
from maalem.platform.market.till.bank_forms import BankForm
from maalem.platform.market.till.words import BANK_REFUSALS, REFUSED_ANYHOW

from .frame import Silent, found, of_a_till, page, press

PAYOUT = re.compile(r"po_[A-Za-z0-9]{4,64}")
LINE = re.compile(r"txn_[A-Za-z0-9]{4,64}")
BANK = re.compile(r"ba_[A-Za-z0-9]{4,64}")
MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")


@of_a_till
def payout(request: HttpRequest, *, till: Till, payout: str) -> HttpResponse:
    """One payout, and the payments that went with it."""
    if not till.is_open or not PAYOUT.fullmatch(payout):
        raise Http404
    after = request.GET.get("after", "")
    after = after if LINE.fullmatch(after) else ""
    load = found(lambda: outgoing.load(till, payout, after=after))
    done = deeds.about(payout)
    by_hand = till.may_pay_out and any(one.kind == "payout_asked" for one in done)
    context = {"till": till, "here": "money", "load": load, "after": after, "deeds": done}
    context["may_call_back"] = by_hand and load.payout.status == "pending"
    return page(request, "till/payout.html", **context, token=press(request))


@of_a_till
@fresh_sign_in
def change_bank(request: HttpRequest, *, till: Till) -> HttpResponse:
    """Which account the money goes to; another than before waits two days."""
    if not (till.may_change_bank and till.is_open):
        raise Http404
    form, token = BankForm(request.POST or None), press(request)
    known = found(lambda: desk.banks(till.account))
    context = {"till": till, "here": "money", "form": form, "token": token}
    context["now"] = next((one for one in known if one.is_default), None)
    if request.method != "POST" or not form.is_valid():
        return page(request, "till/change_bank.html", **context)
    said = form.cleaned_data
    try:
        new = banks.change(
            till, number=said["number"], holder=said["holder"], token=token, by=request.user
        )
    except (errors.Unknown, errors.Unavailable):
        messages.warning(
            request, _("No answer yet. Look at “Money and bank” before you try again.")
        )
        return page(request, "till/change_bank.html", status=503, **context)
    except errors.Refused as no:
        form.add_error("number", str(BANK_REFUSALS.get(no.code, REFUSED_ANYHOW)))
        return page(request, "till/change_bank.html", **context)
    if new.payouts_from and new.payouts_from > timezone.now():
        messages.success(
            request,
            _("Kept. Money goes there in two days; we have told everybody of the workshop."),
        )
    else:
        messages.success(request, _("Kept. Your money goes there from now on."))
    return redirect("till:money", whose=till.slug)


@never_cache
def stop(request: HttpRequest, *, bank: str, mark: str) -> HttpResponse:
    """Whoever holds the link from our message can stop the change: nothing else comes of it."""
    change = banks.change_behind(bank, given=mark) if BANK.fullmatch(bank) else None
    if change is None:
        raise Http404
    context = {"change": change, "is_late": change.from_at <= timezone.now()}
    if request.method != "POST" or change.stopped_at:
        return page(request, "till/stop.html", **context)
    try:
        banks.stop(change)
    except (errors.Unknown, errors.Unavailable):
        return page(request, "till/stop.html", status=503, **context, is_silent=True)
    except errors.Refused:
        return page(request, "till/stop.html", **context, is_refused=True)
    return redirect(request.path)


@of_a_till
def statement(request: HttpRequest, *, till: Till, month: str, kind: str) -> HttpResponse:
    """The paper of a month that is over: made by the institution, and fetched from there."""
    hit = MONTH.fullmatch(month)
    if not till.is_open or not hit or kind not in ("pdf", "csv"):
        raise Http404
    first = date(int(hit[1]), int(hit[2]), 1)
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    if last >= timezone.localdate():
        raise Http404
    try:
        paper = desk.statement(
            till.account,
            first=first,
            last=last,
            key=f"till-paper-{till.slug}-{month}-{press(request)}",
        )
    except (errors.Unknown, errors.Unavailable) as silence:
        raise Silent from silence
    except errors.Refused as said:
        raise Http404 from said
    language = request.LANGUAGE_CODE  # type: ignore[attr-defined]
    link = paper.links.get("csv" if kind == "csv" else f"pdf-{language}") or ""
    if not link:
        raise Http404
    return redirect(link)
