"""What was paid, one payment, money back, and what there is."""

import re
import secrets

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from maalem.platform.craft.artisans.models import Artisan
from maalem.platform.ground.gateway import errors
from maalem.platform.ground.site import swaps
from maalem.platform.market.orders import links
from maalem.platform.market.orders.actions.goodwill import TooMuch
from maalem.platform.market.orders.states import AskStatus, Moved, NotAllowed
from maalem.platform.market.till import access, asking, queries, timeline, words
from maalem.platform.market.till import export as exporting
from maalem.platform.market.till import money as figures
from maalem.platform.market.till.access import Till
from maalem.platform.market.till.actions import refunds
from maalem.platform.market.till.chart import first_day
from maalem.platform.market.till.forms import GiveBackForm, ParcelForm
from maalem.platform.market.till.models import AskedRefund

from .frame import TOKEN, language_of, of_a_till, page, spreadsheet

CHARGE = re.compile(r"(ch|py)_[A-Za-z0-9]{4,64}")
ACCOUNTS_MAX = 30


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
    return page(request, "till/accounts.html", till=till, here="accounts", found=shown, q=text)


@of_a_till
def payments(request: HttpRequest, *, till: Till) -> HttpResponse:
    """The list, narrowed by words, state and days."""
    ask = asking.asked(request.GET)
    known = asking.charge_of(ask.text)
    if known:
        return redirect("till:payment", whose=till.slug, charge=known)
    shown = page(
        request,
        "till/payments.html",
        till=till,
        here="payments",
        ask=ask,
        listing=queries.listing(till, ask),
        choices=words.CHOICES.items(),
        frame=swaps.PART if swaps.wants_part(request) else "till/base.html",
    )
    return swaps.mind_parts(shown)


@require_safe
@of_a_till
def export(request: HttpRequest, *, till: Till) -> StreamingHttpResponse:
    """The list as a file, streamed while it is read."""
    rows = queries.every(till, asking.asked(request.GET))
    return spreadsheet(request, till, exporting.lines(rows, language=language_of(request)), name="")


@require_safe
@of_a_till
def export_money(request: HttpRequest, *, till: Till, what: str) -> StreamingHttpResponse:
    """Payouts, or the movements that the picture shows, as a file."""
    if not till.is_open:
        raise Http404
    language = language_of(request)
    if what == "payouts":
        lines = exporting.payouts(figures.every_payout(till), language=language)
    else:
        moved = figures.movements(till, since=first_day(_by(request)))
        lines = exporting.movements(moved, language=language)
    return spreadsheet(request, till, lines, name=f"-{what}")


def _by(request: HttpRequest) -> str:
    return "week" if request.GET.get("by") == "week" else "day"


@of_a_till
def money(request: HttpRequest, *, till: Till) -> HttpResponse:
    """What there is, what goes to the bank and when, and the last weeks as a picture."""
    has = figures.money(till, by=_by(request)) if till.is_open else None
    return page(request, "till/money.html", till=till, here="money", money=has)


@of_a_till
def payment(request: HttpRequest, *, till: Till, charge: str) -> HttpResponse:
    """One payment with all that happened to it."""
    found = _whole(till, charge)
    if found is None:
        return page(request, "till/silent.html", till=till, here="payments", status=503)
    return page(
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
        return page(request, "till/silent.html", till=till, here="payments", status=503)
    if not found.left_minor:
        messages.error(request, _nothing(found))
        return redirect("till:payment", whose=till.slug, charge=charge)
    return _form(request, till, whole=found, token=token)


def _nothing(whole: timeline.Whole) -> str:
    if whole.group is not None and not whole.is_purchase and whole.story.charge.left_minor:
        return _("This payment could not be kept for an order: it goes back by itself.")
    return _("There is nothing left to give back of this payment.")


def _form(request: HttpRequest, till: Till, *, whole: timeline.Whole, token: str) -> HttpResponse:
    charge = whole.story.charge
    posted = request.POST if request.method == "POST" else None
    form = _asked(whole, posted)
    context = {"till": till, "here": "payments", "whole": whole, "charge": charge, "form": form}
    if posted is None or not form.is_valid() or request.POST.get("again"):
        return page(request, "till/give_back.html", **context)
    amount, reason = form.cleaned_data["amount"], form.cleaned_data["reason"]
    if not (posted.get("sure") and TOKEN.fullmatch(token)):
        context |= {"amount_minor": amount, "reason": words.REASONS[reason]}
        if isinstance(form, ParcelForm):
            parcel = form.chosen
            context |= {"parcel": parcel, "all_of_it": amount == parcel.left_minor}
        return page(request, "till/sure.html", **context, token=secrets.token_urlsafe(18))
    if isinstance(form, ParcelForm):
        return _parcel_back(request, till, form=form, charge=charge.id, token=token)
    row = refunds.write_down(
        till, charge.id, token=token, amount_minor=amount, reason=reason, by=request.user
    )
    return _answered(request, till, row=row)


def _asked(whole: timeline.Whole, posted: QueryDict | None) -> GiveBackForm:
    """How much, and of which parcel where it is a purchase of ours."""
    parcels = [one for one in whole.parcels if one.left_minor]
    most = parcels[0].left_minor if len(parcels) == 1 else whole.left_minor
    amount = "" if len(parcels) > 1 else exporting.amount(most).removesuffix(".00")
    if whole.is_purchase:
        return ParcelForm(posted, parcels=parcels, initial={"amount": amount})
    return GiveBackForm(posted, left_minor=whole.left_minor, initial={"amount": amount})


def _parcel_back(
    request: HttpRequest, till: Till, *, form: ParcelForm, charge: str, token: str
) -> HttpResponse:
    said = form.cleaned_data
    try:
        status = refunds.give_back_parcel(
            said["parcel"],
            amount_minor=said["amount"],
            token=token,
            reason=said["reason"],
            by=request.user,
        )
    except (TooMuch, NotAllowed, Moved):
        messages.error(request, _("This purchase has changed meanwhile. Look at it again."))
        return redirect("till:payment", whose=till.slug, charge=charge)
    _tell(request, status, code="")
    return redirect("till:payment", whose=till.slug, charge=charge)


def _answered(request: HttpRequest, till: Till, *, row: AskedRefund) -> HttpResponse:
    row = refunds.ask(row)
    _tell(request, AskStatus(row.status), code=row.code)
    return redirect("till:payment", whose=till.slug, charge=row.charge)


def _tell(request: HttpRequest, status: AskStatus, *, code: str) -> None:
    if status == AskStatus.DONE:
        messages.success(request, _("The money is on its way back to the payer."))
    elif status == AskStatus.REFUSED:
        messages.error(request, words.REFUSALS.get(code, words.REFUSED))
    else:
        messages.warning(
            request,
            _(
                "No answer yet. It may have happened: we ask again by ourselves, and it gives back"
                " once only."
            ),
        )


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
