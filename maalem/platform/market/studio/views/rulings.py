"""What a moderator ruled about my piece, and my one answer to it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from maalem.platform.craft.artisans.models import Artisan
from maalem.platform.market.moderation.actions.appeal import appeal
from maalem.platform.market.moderation.forms import AnswerForm
from maalem.platform.market.moderation.models import Ruling
from maalem.platform.market.moderation.states import Refused
from maalem.platform.market.moderation.words import refusal
from maalem.platform.market.studio.views.frame import of_a_workshop


@require_POST
@of_a_workshop
def answer(request: HttpRequest, *, artisan: Artisan, slug: str) -> HttpResponse:
    """Ask another moderator to look at the ruling that her page showed."""
    form = AnswerForm(request.POST)
    about = form.cleaned_data["about"] if form.is_valid() else 0
    hers = {"product__slug": slug, "product__artisan_id": artisan.pk}
    if not Ruling.objects.filter(pk=about, **hers).exists():
        raise Http404
    try:
        appeal(about, words=form.cleaned_data["words"], by=request.user)
    except Refused as no:
        messages.error(request, refusal(no.code))
    else:
        messages.success(request, _("Thank you. Another moderator looks at it and tells you."))
    return redirect("studio:piece", slug=slug)
