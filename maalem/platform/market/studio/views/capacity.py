"""How many pieces made to order my workshop takes on in a month."""

from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from maalem.platform.craft.artisans.models import Artisan
from maalem.platform.market.orders.actions.limit import take_on
from maalem.platform.market.orders.capacity import taken_by
from maalem.platform.market.studio.forms import CapacityForm
from maalem.platform.market.studio.views.frame import of_a_workshop, page

MONTHS = 4


@require_http_methods(["GET", "HEAD", "POST"])
@of_a_workshop
def capacity(request: HttpRequest, *, artisan: Artisan) -> HttpResponse:
    """What is taken on in the months to come; so many a month, or as many as are ordered."""
    form = CapacityForm(*([request.POST] if request.method == "POST" else []), artisan=artisan)
    if form.is_bound and ("none" in request.POST or form.is_valid()):
        pieces = None if "none" in request.POST else form.cleaned_data["pieces"]
        take_on(artisan.pk, pieces=pieces)
        messages.success(request, _("Noted. What was promised before stays promised."))
        return redirect("studio:capacity")
    today = timezone.localdate()
    taken = taken_by([artisan.pk], on=today).get(artisan.pk, {})
    return page(
        request,
        "studio/capacity.html",
        status=422 if form.is_bound else 200,
        artisan=artisan,
        form=form,
        limit=artisan.monthly_capacity,
        months=[(month, taken.get(month, 0)) for month in _months(today)],
        here="pieces",
    )


def _months(today: date) -> list[date]:
    found = [today.replace(day=1)]
    while len(found) < MONTHS:
        found.append((found[-1] + timedelta(days=31)).replace(day=1))
    return found
