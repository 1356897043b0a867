"""The buyer's page of a purchase, reached by its unguessable link, without signing in."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from maalem.platform.ground.site.swaps import wants_part
from maalem.platform.market.orders import links, queries
from maalem.platform.market.orders.actions.parcels import confirm_delivery
from maalem.platform.market.orders.states import GroupStatus, NotAllowed


@never_cache
@require_safe
def order(request: HttpRequest, number: str, mark: str) -> HttpResponse:
    """What was bought, the parcels and their way, the address and the amounts.

    A script on the page of an unpaid order asks now and then: nothing new, or load it again.
    """
    purchase = _purchase(number, mark=mark)
    if wants_part(request):
        waits = purchase.group.status == GroupStatus.PENDING_PAYMENT
        return HttpResponse(status=204, headers={} if waits else {"HX-Refresh": "true"})
    return _page(request, "orders/order.html", purchase=purchase)


@never_cache
@require_safe
def receipt(request: HttpRequest, number: str, mark: str) -> HttpResponse:
    """The receipt of a paid purchase, for printing. Made from frozen rows alone."""
    purchase = _purchase(number, mark=mark)
    if purchase.group.paid_at is None:
        return redirect(links.path(number))
    return _page(request, "orders/receipt.html", purchase=purchase)


@require_POST
def received(request: HttpRequest, number: str, mark: str) -> HttpResponse:
    """The buyer says that a parcel has arrived."""
    purchase = _purchase(number, mark=mark)
    wanted = request.POST.get("order", "")
    if wanted not in {parcel.order.number for parcel in purchase.parcels}:
        raise Http404
    try:
        confirm_delivery(wanted, by="buyer")
    except NotAllowed:
        messages.error(request, _("This parcel is not on its way, so it can’t have arrived yet."))
    else:
        messages.success(request, _("Thank you. The workshop now gets its money."))
    return redirect(links.path(number))


def _purchase(number: str, *, mark: str) -> queries.Purchase:
    """The purchase, or 404 for a wrong mark as for a wrong number: a guess learns nothing."""
    if not links.is_marked(number, given=mark):
        raise Http404
    purchase = queries.purchase(number)
    if purchase is None:
        raise Http404
    return purchase


def _page(request: HttpRequest, template: str, *, purchase: queries.Purchase) -> HttpResponse:
    context = {
        "purchase": purchase,
        "group": purchase.group,
        "mark": links.mark(purchase.group.number),
        "language": get_language() or "fr",
    }
    response = render(request, template, context)
    # The address is the key: it is not told to other sites, nor kept by search engines. Not
    # `no-referrer`: browsers then send no origin with the page's own form, and CSRF refuses it.
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response
