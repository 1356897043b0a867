"""Payments that a rule let through and put aside: a person finds them good, or gives them back."""

import re

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from maalem.platform.ground.gateway import desk, errors
from maalem.platform.market.till import queries
from maalem.platform.market.till.access import Till
from maalem.platform.market.till.actions import reviews as judging

from .frame import found, of_a_till, page, press

REVIEW = re.compile(r"prv_[A-Za-z0-9]{4,64}")
HERE = "reviews"


@of_a_till
def reviews(request: HttpRequest, *, till: Till) -> HttpResponse:
    """The queue."""
    if not till.may_judge:
        raise Http404
    queue = found(lambda: queries.queue(till))
    return page(request, "till/reviews.html", till=till, here=HERE, queue=queue)


@of_a_till
def review(request: HttpRequest, *, till: Till, review: str) -> HttpResponse:
    """One payment of the queue, with the reason for which it was put aside."""
    if not till.may_judge or not REVIEW.fullmatch(review):
        raise Http404
    seen = found(lambda: queries.reviewed(till, review))
    context = {"till": till, "here": HERE, "seen": seen, "token": press(request)}
    return page(request, "till/review.html", **context, reasons=judging.WHY_NOT.items())


@require_POST
@of_a_till
def judge(request: HttpRequest, *, till: Till, review: str) -> HttpResponse:
    """Good, or given back with a reason."""
    if not till.may_judge or not REVIEW.fullmatch(review):
        raise Http404
    good, why = request.POST.get("do") == "approve", request.POST.get("why", "")
    if not good and why not in judging.WHY_NOT:
        messages.error(request, _("Say why."))
        return redirect("till:review", whose=till.slug, review=review)
    row = found(lambda: desk.review(review, account=till.account))
    try:
        if good:
            judging.approve(till, row, token=press(request), by=request.user)
        else:
            judging.refuse(till, row, why=why, token=press(request), by=request.user)
    except (errors.Unknown, errors.Unavailable):
        messages.warning(request, _("No answer yet. Look again in a moment, then try once more."))
    except errors.GatewayError:
        messages.error(request, _("This can't be done any more: look at the payment."))
    else:
        messages.success(
            request, _("Noted.") if good else _("The money is on its way back to the payer.")
        )
    return redirect("till:reviews", whose=till.slug)
