"""My workshop: what buyers see of it, and what it still lacks."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from maalem.platform.craft.artisans import actions
from maalem.platform.craft.artisans.models import Artisan
from maalem.platform.market.studio.views.frame import of_a_workshop, page
from maalem.platform.market.studio.workshop_forms import WorkshopForm


@require_http_methods(["GET", "HEAD", "POST"])
@of_a_workshop
def workshop(request: HttpRequest, *, artisan: Artisan) -> HttpResponse:
    """A photo, where it is, and its story: asked for on one page, each one when she likes."""
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = WorkshopForm(*sent, words=actions.words_of(artisan))
    wrong = ""
    if form.is_bound and form.is_valid():
        photo, by = form.cleaned_data["photo"], f"person:{request.user.pk}"
        try:
            seen = form.cleaned_data["seen"] or {}
            actions.introduce(artisan.pk, words=form.words(), seen=seen, by=by)
        except actions.ChangedMeanwhile:
            wrong = _late()
        else:
            if photo is not None:
                actions.portray(artisan.pk, path=photo.path, tone=photo.tone, by=by)
            messages.success(request, _("Changed."))
            return redirect("studio:sales")
    return page(
        request,
        "studio/workshop.html",
        status=409 if wrong else 422 if form.is_bound else 200,
        artisan=artisan,
        form=form,
        wrong=wrong,
        here="sales",
    )


def _late() -> str:
    return _(
        "Somebody has changed this meanwhile. Open the page again to see what stands there now."
    )
