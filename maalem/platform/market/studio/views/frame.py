"""What every page of a workshop stands in: who is asking, and for which of her workshops."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from maalem.platform.market.orders.models import Order
from maalem.platform.market.studio import queries
from maalem.platform.market.studio.views.agent import for_her, is_acting

CHOSEN = "studio_workshop"
View = Callable[..., HttpResponse]


def of_a_workshop(view: View) -> View:
    """Give `view` the chosen workshop; a kind empty page to somebody who belongs to none."""

    @never_cache
    @login_required
    @wraps(view)
    def wrapped(request: HttpRequest, **kwargs: object) -> HttpResponse:
        if is_acting(request):
            return for_her(request, view, kwargs)
        mine = queries.workshops(request.user)
        if not mine:
            if kwargs or request.method != "GET":
                raise Http404
            return render(request, "studio/empty.html")
        chosen = request.session.get(CHOSEN)
        request.workshops = mine  # type: ignore[attr-defined]
        artisan = next((one for one in mine if one.slug == chosen), mine[0])
        return view(request, artisan=artisan, **kwargs)

    return wrapped


def page(
    request: HttpRequest, template: str, *, status: int = 200, **context: object
) -> HttpResponse:
    """A page of the chosen workshop, with the others to go to."""
    workshops = request.workshops  # type: ignore[attr-defined]
    return render(request, template, {**context, "workshops": workshops}, status=status)


def phone_of(request: HttpRequest) -> str:
    """The workshop's own telephone: never that of an agent who works for it."""
    acting = getattr(request, "acting", None)
    return str((acting.person if acting else request.user).phone or "")


def sale_of(request: HttpRequest, number: str) -> Order:
    """A sale of one of her workshops. Raises `Http404` for any other."""
    found = queries.sale(request.workshops, number)  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    return found
