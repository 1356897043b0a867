"""A payout by hand: how much, "are you sure", and taken back while it has not left."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from maalem.platform.ground.gateway import desk, errors
from maalem.platform.ground.people.fresh import fresh_sign_in
from maalem.platform.market.till.access import Till
from maalem.platform.market.till.actions import banks
from maalem.platform.market.till.bank_forms import PayOutForm
from maalem.platform.market.till.models import Deed
from maalem.platform.market.till.words import NOT_PAID_OUT, NOT_PAID_OUT_ANYHOW

from .banks import PAYOUT
from .frame import found, of_a_till, page, press


@of_a_till
@fresh_sign_in
def pay_out(request: HttpRequest, *, till: Till) -> HttpResponse:
    """How much goes to the bank now; asked once more before it goes."""
    if not (till.may_pay_out and till.is_open):
        raise Http404
    has = found(lambda: desk.holdings(till.account))
    posted, token = request.POST or None, press(request)
    if posted is not None and posted.get("sure"):
        # What was sent already is no longer free: the same press is asked with its own amount.
        form = PayOutForm(posted, free_minor=max(has.available_minor, 10**12))
    else:
        form = PayOutForm(posted, free_minor=max(has.available_minor, 0))
    context = {"till": till, "here": "money", "has": has, "form": form, "token": token}
    is_right = posted is not None and form.is_valid()
    if not is_right or request.POST.get("again"):
        return page(request, "till/pay_out.html", **context)
    amount_minor = form.cleaned_data["amount"]
    if not request.POST.get("sure"):
        return page(request, "till/pay_out.html", **context, sure_minor=amount_minor)
    try:
        made = banks.pay_out(till, amount_minor=amount_minor, token=token, by=request.user)
    except (errors.Unknown, errors.Unavailable):
        messages.warning(
            request, _("No answer yet. Look at “Money and bank” before you try again.")
        )
        return page(request, "till/pay_out.html", **context, sure_minor=amount_minor, status=503)
    except errors.GatewayError as no:
        form.add_error("amount", str(NOT_PAID_OUT.get(no.code, NOT_PAID_OUT_ANYHOW)))
        return page(request, "till/pay_out.html", **context)
    messages.success(request, _("It goes with the next file to the bank."))
    return redirect("till:payout", whose=till.slug, payout=made.id)


@require_POST
@of_a_till
@fresh_sign_in
def call_back(request: HttpRequest, *, till: Till, payout: str) -> HttpResponse:
    """Take back what was asked for here and has not left."""
    asked = Deed.objects.filter(account=till.account, kind="payout_asked", about=payout)
    if not till.may_pay_out or not PAYOUT.fullmatch(payout) or not asked.exists():
        raise Http404
    try:
        banks.call_back(till, payout, token=press(request), by=request.user)
    except (errors.Unknown, errors.Unavailable):
        messages.warning(request, _("No answer yet. Look again in a moment, then try once more."))
    except errors.GatewayError as no:
        messages.error(request, NOT_PAID_OUT.get(no.code, NOT_PAID_OUT_ANYHOW))
    else:
        messages.success(request, _("Taken back: the money is free again."))
    return redirect("till:payout", whose=till.slug, payout=payout)
