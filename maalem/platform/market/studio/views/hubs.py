"""A parcel that goes by a hub: announced, or sent by the workshop itself after all."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from maalem.platform.craft.artisans.models import Artisan
from maalem.platform.market.inspections.actions import bring
from maalem.platform.market.inspections.states import Refused
from maalem.platform.market.inspections.words import refusal
from maalem.platform.market.studio.views.frame import of_a_workshop, sale_of


@require_POST
@of_a_workshop
def to_hub(request: HttpRequest, *, artisan: Artisan, number: str) -> HttpResponse:
    """I bring it to this hub; or I send it myself."""
    sale_of(request, number)
    by = f"person:{request.user.pk}"
    try:
        if "withdraw" in request.POST:
            bring.withdraw(number, by=by)
        else:
            bring.announce(number, hub=request.POST.get("hub", "")[:40], by=by)
            messages.success(request, _("Thank you. The hub knows that it comes."))
    except Refused as refused:
        messages.error(request, refusal(refused.code))
    return redirect("studio:order", number=number)
