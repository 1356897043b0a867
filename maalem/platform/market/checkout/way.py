"""The pages between an order and its money: to the payment page, back from it, and waiting."""

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from maalem.platform.ground.gateway.errors import GatewayError
from maalem.platform.ground.site.swaps import frame
from maalem.platform.market.checkout.sentences import no_page
from maalem.platform.market.orders import links, queries
from maalem.platform.market.orders.actions import attempts
from maalem.platform.market.orders.models import OrderGroup, PaymentAttempt
from maalem.platform.market.orders.states import GroupStatus
from maalem.platform.rows import read

SEE_OTHER = 303
# How often the waiting page asks by itself: quickly at first, then slower, for some minutes.
TURNS, QUICK_TURNS = 30, 5
QUICK_S, SLOW_S = 3, 8


class SeeOther(HttpResponse):
    """Go there with a GET, whatever brought you here."""

    status_code = SEE_OTHER

    def __init__(self, address: str) -> None:
        super().__init__()
        self["Location"] = address


def to_payment(request: HttpRequest, *, number: str) -> HttpResponse:
    """Redirect to the group's payment page; without one, a sentence and a button."""
    try:
        return SeeOther(attempts.payment_page(number))
    except attempts.NotPayable:
        return SeeOther(links.path(number))
    except GatewayError as trouble:
        return _try_again(request, number=number, sentence=no_page(trouble.code), status=503)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, number: str, mark: str) -> HttpResponse:
    """The button that tries again; a POST leads to the payment page."""
    group = _group(number, mark=mark)
    if request.method == "POST":
        return to_payment(request, number=number)
    if group.status != GroupStatus.PENDING_PAYMENT:
        return redirect(links.path(number))
    return _try_again(request, number=number)


@never_cache
@require_safe
def come_back(request: HttpRequest, number: str, mark: str) -> HttpResponse:
    """Where the payer comes back to: the order, once the institution says that it is paid.

    The webhook may have been faster or may never come; this asks for itself and does the same.
    """
    group = _group(number, mark=mark)
    page = attempts.Page.UNKNOWN
    if group.status == GroupStatus.PENDING_PAYMENT:
        page = _look(group)
        if page == attempts.Page.PAID:
            return redirect(links.path(number))
        group.refresh_from_db()
    if group.status != GroupStatus.PENDING_PAYMENT:
        return redirect(links.path(number))
    if page == attempts.Page.OVER:
        return redirect(links.path(number, to="checkout:pay"))
    return asking(request, group=group, again=links.path(number, to="checkout:pay"))


@never_cache
@require_safe
def back(request: HttpRequest, number: str, mark: str) -> HttpResponse:
    """The payer turned back on the payment page: the pieces stay held until the time is over."""
    group = _group(number, mark=mark)
    if group.status == GroupStatus.PENDING_PAYMENT and _look(group) == attempts.Page.PAID:
        return redirect(links.path(number))
    group.refresh_from_db()
    if group.status != GroupStatus.PENDING_PAYMENT:
        return redirect(links.path(number))
    return _try_again(request, number=number, turned_back=True)


def asking(request: HttpRequest, *, group: OrderGroup, again: str) -> HttpResponse:
    """The page that waits for the institution's word; `again` leads whoever has not paid to it."""
    turn = _turn(request)
    context = {
        "group": group,
        "mark": links.mark(group.number),
        "again": again,
        "next_turn": turn + 1 if turn < TURNS else 0,
        "pause_s": QUICK_S if turn < QUICK_TURNS else SLOW_S,
        "frame": frame(request),
    }
    return render(request, "checkout/asking.html", context)


def _look(group: OrderGroup) -> attempts.Page:
    shown = (
        "WHERE group_id = %s AND order_id IS NULL AND session IS NOT NULL"
        " ORDER BY number DESC LIMIT 1"
    )
    for attempt in read(PaymentAttempt, shown, [group.pk]):
        return attempts.look(attempt)
    return attempts.Page.OVER


def _try_again(
    request: HttpRequest,
    *,
    number: str,
    sentence: str = "",
    status: int = 200,
    turned_back: bool = False,
) -> HttpResponse:
    group = OrderGroup.objects.get(number=number)
    held_until: datetime = group.expires_at
    context = {
        "group": group,
        "mark": links.mark(number),
        "sentence": sentence,
        "turned_back": turned_back,
        "held_until": held_until,
    }
    response = render(request, "checkout/pay.html", context, status=status)
    if status == 503:
        response["Retry-After"] = "30"
    return response


def _turn(request: HttpRequest) -> int:
    given = request.GET.get("turn", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 4 else 0


def _group(number: str, *, mark: str) -> OrderGroup:
    if not links.is_marked(number, given=mark):
        raise Http404
    group = queries.find(number)
    if group is None:
        raise Http404
    return group
