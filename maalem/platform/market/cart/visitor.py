"""Whose cart it is: a guest's by a signed cookie, somebody's own once they sign in."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from maalem.platform.market.cart import queries
from maalem.platform.market.cart.actions.lines import claim, make_cart
from maalem.platform.market.cart.models import Cart

COOKIE = "maalem_cart"
SALT = "maalem.cart"
KEPT_FOR_S = 90 * 24 * 3600


def key_of(request: HttpRequest) -> str:
    """The key in the visitor's cookie, empty without a cookie that we signed."""
    return request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=KEPT_FOR_S)


def cart_of(request: HttpRequest) -> Cart | None:
    """The visitor's cart, or None. After signing in, the guest's cart becomes the person's."""
    key = key_of(request)
    cart = queries.find(key) if key else None
    person = request.user if request.user.is_authenticated else None
    if person is None:
        # Signed out on a shared telephone: the person's cart is not the next one's to see.
        return cart if cart is not None and cart.person_id is None else None
    if cart is not None and cart.person_id is None:
        return claim(cart, person=person)
    if cart is not None and cart.person_id == person.pk:
        return cart
    return Cart.objects.filter(person=person).first()


def cart_to_fill(request: HttpRequest) -> Cart:
    """The visitor's cart, made if there is none; call `remember` on the answer."""
    person = request.user if request.user.is_authenticated else None
    return cart_of(request) or make_cart(person=person)


def remember(response: HttpResponse, *, cart: Cart) -> HttpResponse:
    """Set the cookie that finds `cart` again."""
    response.set_signed_cookie(
        COOKIE,
        cart.key,
        salt=SALT,
        max_age=KEPT_FOR_S,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
