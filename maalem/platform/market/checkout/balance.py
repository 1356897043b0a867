"""The balance of what was made to order: to its payment page, back from it, and waiting."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from maalem.platform.ground.gateway.errors import GatewayError
from maalem.platform.market.checkout.sentences import no_page
from maalem.platform.market.checkout.way import SeeOther, asking
from maalem.platform.market.orders import links
from maalem.platform.market.orders.actions import attempts
from maalem.platform.market.orders.models import Order, PaymentAttempt
from maalem.platform.market.orders.states import OrderStatus
from maalem.platform.rows import read

_SHOWN = "WHERE order_id = %s AND session IS NOT NULL ORDER BY number DESC LIMIT 1"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, number: str, mark: str) -> HttpResponse:
    """What is left to pay, and the button; a POST leads to the payment page.

    A payer who turns back on that page comes here, too.
    """
    order = _order(number, mark=mark)
    sentence = ""
    if request.method == "POST":
        try:
            return SeeOther(attempts.payment_page(number))
        except attempts.NotPayable:
            return SeeOther(links.path(order.group.number))
        except GatewayError as trouble:
            sentence = no_page(trouble.code)
    elif not _is_asked(order) or _look(order) == attempts.Page.PAID:
        return redirect(links.path(order.group.number))
    context = {"order": order, "group": order.group, "mark": mark, "sentence": sentence}
    response = render(request, "checkout/balance.html", context, status=503 if sentence else 200)
    if sentence:
        response["Retry-After"] = "30"
    return response


@never_cache
@require_safe
def come_back(request: HttpRequest, number: str, mark: str) -> HttpResponse:
    """Where the payer comes back to: the order, once the institution says that it is paid."""
    order = _order(number, mark=mark)
    if not _is_asked(order):
        return redirect(links.path(order.group.number))
    page = _look(order)
    if page == attempts.Page.PAID:
        return redirect(links.path(order.group.number))
    again = links.path(number, to="checkout:balance")
    if page == attempts.Page.OVER:
        return redirect(again)
    return asking(request, group=order.group, again=again)


def _is_asked(order: Order) -> bool:
    waits = order.status == OrderStatus.TO_PREPARE and order.ready_at is not None
    return waits and order.owes_minor > 0


def _look(order: Order) -> attempts.Page:
    for attempt in read(PaymentAttempt, _SHOWN, [order.pk]):
        return attempts.look(attempt)
    return attempts.Page.OVER


def _order(number: str, *, mark: str) -> Order:
    """The parcel with its group, or 404 for a wrong mark as for a wrong number."""
    if not links.is_marked(number, given=mark):
        raise Http404
    order = Order.objects.select_related("group").filter(number=number).first()
    if order is None or not order.balance_minor:
        raise Http404
    return order
