"""A piece's story told aloud: another recording, another language, or none any more."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from maalem.platform.craft.artisans.models import Artisan
from maalem.platform.market.catalog.actions.edit import tell
from maalem.platform.market.catalog.models import Voice
from maalem.platform.market.studio.views.edit import asked, by_whom, hers, posted
from maalem.platform.market.studio.views.frame import of_a_workshop
from maalem.platform.market.studio.voice_forms import VoiceForm


@require_http_methods(["GET", "HEAD", "POST"])
@of_a_workshop
def voice(request: HttpRequest, *, artisan: Artisan, slug: str) -> HttpResponse:
    """What buyers hear of this piece."""
    product = hers(artisan, slug)
    there = Voice.objects.filter(product=product).first()
    files = request.FILES if request.method == "POST" else None
    form = VoiceForm(posted(request), files, there=there, drops="drop" in request.POST)

    def change() -> None:
        seen = form.cleaned_data["seen"] or ""
        tell(product.pk, sound=form.sound, tongue=form.spoken, seen=seen, by=by_whom(request))

    return asked(
        request,
        "studio/edit_voice.html",
        product=product,
        artisan=artisan,
        bound=[form] if form.is_bound else [],
        change=change,
        form=form,
        there=there,
    )
