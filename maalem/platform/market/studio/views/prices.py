"""My prices, as buyers read them."""

from django.http import HttpRequest, HttpResponse

from maalem.platform.craft.artisans.models import Artisan
from maalem.platform.market.studio import prices as priced
from maalem.platform.market.studio.queries import NUMBER
from maalem.platform.market.studio.views.frame import of_a_workshop, page


@of_a_workshop
def prices(request: HttpRequest, *, artisan: Artisan) -> HttpResponse:
    """What buyers read about my prices."""
    before = request.GET.get("before", "")
    number = int(before) if NUMBER.fullmatch(before) else 0
    found, older = priced.prices(artisan, before=number)
    return page(
        request, "studio/prices.html", artisan=artisan, prices=found, older=older, here="prices"
    )
