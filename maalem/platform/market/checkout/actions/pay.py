"""From a cart to a payment page: close what else is waiting, place the order, open the page."""

from typing import Any

from maalem.platform.market.cart.models import Cart
from maalem.platform.market.checkout.actions.place import OtherPending, Refused, place_order
from maalem.platform.market.orders.actions import attempts
from maalem.platform.market.orders.actions.expire import call_off
from maalem.platform.market.orders.models import OrderGroup, PaymentAttempt
from maalem.platform.market.orders.states import LIVE_ATTEMPTS


class PaidMeanwhile(Exception):
    """The earlier purchase of this cart turned out to be paid: show that one."""

    def __init__(self, number: str) -> None:
        super().__init__(number)
        self.number = number


def place(*, cart: Cart, agreed: str, language: str, person: Any = None) -> OrderGroup:
    """`place_order`, after closing a purchase of the same cart that was changed since.

    Raises `Refused` (also `waiting`: the earlier payment page gives no answer), `PaidMeanwhile`.
    """
    try:
        return place_order(cart=cart, agreed=agreed, language=language, person=person)
    except OtherPending as other:
        give_up(other.number, by="buyer")
        return place_order(cart=cart, agreed=agreed, language=language, person=person)


def give_up(number: str, *, by: str) -> None:
    """Cancel an unpaid group for good: first its page is closed, then its pieces are free.

    Raises `PaidMeanwhile`, or `Refused("waiting")` without an answer; then it stays as it is.
    """
    group = OrderGroup.objects.get(number=number)
    for attempt in PaymentAttempt.objects.filter(group=group, status__in=LIVE_ATTEMPTS):
        page = attempts.close(attempt)
        if page == attempts.Page.PAID:
            raise PaidMeanwhile(number)
        if page != attempts.Page.OVER:
            raise Refused("waiting")
    call_off(number, by=by)
