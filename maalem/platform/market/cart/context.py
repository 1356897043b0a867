"""The figure beside the basket, on every page."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from maalem.platform.market.cart import queries
from maalem.platform.market.cart.visitor import COOKIE, key_of


def cart_count(request: HttpRequest) -> dict[str, object]:
    """`cart_count`: pieces in the visitor's cart. No query for a visitor without a cart."""
    if COOKIE not in request.COOKIES:
        return {"cart_count": 0}
    return {"cart_count": SimpleLazyObject(lambda: queries.count(key_of(request)))}
