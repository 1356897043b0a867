"""The one button: show prices in this money."""

from urllib.parse import urlsplit

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from maalem.platform.ground.rates.models import CURRENCIES
from maalem.platform.ground.rates.shown import CHARGED, remember


# Without a token, so that a page which is the same for everybody stays so. All that another site
# could do with it is to show somebody prices in euros.
@csrf_exempt
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Remember the money in this browser and go back to the page."""
    currency = request.POST.get("currency", "")
    if currency not in {CHARGED, *CURRENCIES}:
        raise BadRequest
    return remember(HttpResponseRedirect(_back(request)), currency=currency)


def _back(request: HttpRequest) -> str:
    """The address that the visitor sees: a script may have changed it since the page was made."""
    seen = urlsplit(request.headers.get("Referer", ""))
    ways = [request.POST.get("next", ""), "/"]
    if seen.netloc == request.get_host():
        ways.insert(0, seen.path + (f"?{seen.query}" if seen.query else ""))
    return next(way for way in ways if url_has_allowed_host_and_scheme(way, allowed_hosts=None))
