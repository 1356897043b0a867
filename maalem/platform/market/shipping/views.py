"""What one piece costs to a buyer's door, before anything is in a cart."""

from datetime import date, timedelta

from babel import Locale, UnknownLocaleError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.http import require_safe

from maalem.platform.ground.rates.shown import shown_to
from maalem.platform.market.catalog.models import Product
from maalem.platform.market.catalog.states import Status, Supply
from maalem.platform.market.shipping import carriage, countries
from maalem.platform.market.shipping.border import at_the_border, things


@require_safe
def delivered(request: HttpRequest, slug: str) -> HttpResponse:
    """Price, carriage and what the border takes, for one piece sent to `?to=` (a country)."""
    rows = Product.objects.select_related("artisan")
    piece = rows.filter(slug=slug, status=Status.PUBLISHED).first()
    if piece is None or piece.price_from_minor is None:
        raise Http404
    language, today = get_language() or "fr", timezone.localdate()
    names = countries.names(language)
    to = request.GET.get("to", "") or _likely(request)
    to = to if to in names else countries.HOME
    shipping_minor = carriage.shipping(
        countries.zone(to), weight_g=carriage.weigh([(piece.weight_g, 1)]), on=today
    )
    made = piece.supply == Supply.MADE_TO_ORDER
    context = {
        "piece": piece,
        "to": to,
        "country": countries.name(to, language=language),
        "countries": names,
        "home": countries.name(countries.HOME, language=language),
        "shipping_minor": shipping_minor,
        "total_minor": piece.price_from_minor + shipping_minor,
        "leaves_by": carriage.leaves_by(
            [piece.making_days if made else None], ordered_on=_begins(piece) if made else today
        ),
        "border": at_the_border(
            things([(piece.hs_code, piece.price_from_minor)]),
            destination=to,
            shipping_minor=shipping_minor,
            on=today,
        ),
        "shown": shown_to(request),
    }
    return render(request, "shipping/delivered.html", context)


def _begins(piece: Product) -> date:
    """When it can be begun: today, or after the months in which its workshop is full."""
    today, full = timezone.localdate(), piece.artisan.full_until
    return max(today, full + timedelta(days=1)) if full else today


def _likely(request: HttpRequest) -> str:
    """The country that the browser's languages name (`en-US`), or none."""
    for tag, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        try:
            territory = Locale.parse(tag, sep="-").territory
        except (ValueError, UnknownLocaleError):
            continue
        if territory:
            return territory
    return ""
