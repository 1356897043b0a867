"""The till's pages: what was paid, one payment, the money. Each is of one account only."""

import re
import secrets
from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from maalem.platform.craft.artisans.models import Artisan
from maalem.platform.ground.gateway import errors
from maalem.platform.ground.site import swaps
from maalem.platform.market.orders import links
from maalem.platform.market.orders.states import AskStatus

from . import access, actions, asking, queries, timeline, words
from . import export as exporting
from . import money as figures
from .access import Till
from .forms import GiveBackForm
from .models import AskedRefund

View = Callable[..., HttpResponseBase]
CHARGE = re.compile(r"(ch|py)_[A-Za-z0-9]{4,64}")
TOKEN = re.compile(r"[A-Za-z0-9_-]{16,44}")
ACCOUNTS_MAX = 30


def of_a_till(view: View) -> View:
    """Give `view` the till that the address names, if this person may look into it."""

    @never_cache
    @login_required
    @wraps(view)
    def wrapped(request: HttpRequest, *, whose: str, **kwargs: object) -> HttpResponseBase:
        till = access.open_till(request.user, whose)
        if till is None:
            raise Http404
        return view(request, till=till, **kwargs)

    return wrapped


@never_cache
@login_required
def start(request: HttpRequest) -> HttpResponse:
    """To the first till there is; a kind empty page for somebody who has none."""
    mine = access.tills(request.user)
    if not mine:
        return render(request, "till/none.html")
    return redirect("till:payments", whose=mine[0].slug)


@never_cache
@login_required
def accounts(request: HttpRequest) -> HttpResponse:
    """For officers: which workshop's till to open."""
    if not access.is_officer(request.user):
        raise Http404
    text = " ".join(request.GET.get("q", "").split())[:60]
    found = Artisan.objects.exclude(payments_account="").order_by("slug")
    if text:
        named = Q(name__icontains=text) | Q(slug__icontains=text) | Q(payments_account=text)
        found = found.filter(named)
    till = access.open_till(request.user, access.PLATFORM)
    shown = list(found.exclude(payments_account=None)[:ACCOUNTS_MAX])
    return _page(request, "till/accounts.html", till=till, here="accounts", found=shown, q=text)


@of_a_till
def payments(request: HttpRequest, *, till: Till) -> HttpResponse:
    """The list, narrowed by words, state and days."""
    ask = asking.asked(request.GET)
    known = asking.charge_of(ask.text)
    if known:
        return redirect("till:payment", whose=till.slug, charge=known)
    page = _page(
        request,
        "till/payments.html",
        till=till,
        here="payments",
        ask=ask,
        listing=queries.listing(till, ask),
        choices=words.CHOICES.items(),
        frame=swaps.PART if swaps.wants_part(request) else "till/base.html",
    )
    return swaps.mind_parts(page)


@require_safe
@of_a_till
def export(request: HttpRequest, *, till: Till) -> StreamingHttpResponse:
    """The list as a file, streamed while it is read."""
    rows = queries.every(till, asking.asked(request.GET))
    language = request.LANGUAGE_CODE  # type: ignore[attr-defined]
    answer = StreamingHttpResponse(
        exporting.lines(rows, language=language), content_type="text/csv; charset=utf-8"
    )
    name = f"{till.slug}-{timezone.localdate().isoformat()}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@of_a_till
def money(request: HttpRequest, *, till: Till) -> HttpResponse:
    """What there is, what goes to the bank and when, and the last thirty days."""
    found = figures.money(till) if till.is_open else None
    return _page(request, "till/money.html", till=till, here="money", money=found)


@of_a_till
def payment(request: HttpRequest, *, till: Till, charge: str) -> HttpResponse:
    """One payment with all that happened to it."""
    found = _whole(till, charge)
    if found is None:
        return _page(request, "till/silent.html", till=till, here="payments", status=503)
    return _page(
        request,
        "till/payment.html",
        till=till,
        here="payments",
        whole=found,
        purchase=links.path(found.group.number) if found.group and till.is_platform else "",
        now=timezone.now(),
    )


@of_a_till
def give_back(request: HttpRequest, *, till: Till, charge: str) -> HttpResponse:
    """How much, then "are you sure", then it is asked. Each press is written down once."""
    if not till.may_give_back:
        raise Http404
    token = request.POST.get("token", "")
    if request.method == "POST" and TOKEN.fullmatch(token) and request.POST.get("sure"):
        known = AskedRefund.objects.filter(key=f"till-{token}").first()
        if known:
            return _answered(request, till, row=_same(known, till=till, charge=charge))
    found = _whole(till, charge)
    if found is None:
        return _page(request, "till/silent.html", till=till, here="payments", status=503)
    if not found.left_minor:
        messages.error(request, _("There is nothing left to give back of this payment."))
        return redirect("till:payment", whose=till.slug, charge=charge)
    return _form(request, till, whole=found, token=token)


def _form(request: HttpRequest, till: Till, *, whole: timeline.Whole, token: str) -> HttpResponse:
    charge = whole.story.charge
    posted = request.POST if request.method == "POST" else None
    whole_amount = exporting.amount(whole.left_minor).removesuffix(".00")
    form = GiveBackForm(posted, left_minor=whole.left_minor, initial={"amount": whole_amount})
    context = {"till": till, "here": "payments", "whole": whole, "charge": charge, "form": form}
    if posted is None or not form.is_valid() or request.POST.get("again"):
        return _page(request, "till/give_back.html", **context)
    amount, reason = form.cleaned_data["amount"], form.cleaned_data["reason"]
    if not (posted.get("sure") and TOKEN.fullmatch(token)):
        context |= {"amount_minor": amount, "reason": words.REASONS[reason]}
        return _page(request, "till/sure.html", **context, token=secrets.token_urlsafe(18))
    row = actions.write_down(
        till, charge.id, token=token, amount_minor=amount, reason=reason, by=request.user
    )
    return _answered(request, till, row=row)


def _answered(request: HttpRequest, till: Till, *, row: AskedRefund) -> HttpResponse:
    row = actions.ask(row)
    if row.status == AskStatus.DONE:
        messages.success(request, _("The money is on its way back to the payer."))
    elif row.status == AskStatus.REFUSED:
        messages.error(request, words.REFUSALS.get(row.code, words.REFUSED))
    else:
        messages.warning(
            request,
            _("No answer yet. It may have happened: ask again below, it gives back once only."),
        )
    return redirect("till:payment", whose=till.slug, charge=row.charge)


def _same(row: AskedRefund, *, till: Till, charge: str) -> AskedRefund:
    if (row.account, row.charge) != (till.account, charge):
        raise Http404
    return row


def _whole(till: Till, charge: str) -> timeline.Whole | None:
    """The payment; None where the institution is silent, 404 where it is not this account's."""
    if not till.is_open or not CHARGE.fullmatch(charge):
        raise Http404
    try:
        return timeline.whole(till, charge)
    except errors.Unavailable:
        return None
    except errors.Refused as said:
        raise Http404 from said


def _page(
    request: HttpRequest, template: str, *, status: int = 200, **context: object
) -> HttpResponse:
    return render(request, template, context, status=status)
