"""The cart's page and its three buttons.

A change is a POST that ends in a redirect to the cart; where a script asks, it ends in the part of
the page that changed. What is refused is said in the same words either way.
"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from maalem.platform.ground.rates.shown import shown_to
from maalem.platform.ground.site.swaps import frame, wants_part
from maalem.platform.market.cart import queries
from maalem.platform.market.cart.actions import lines
from maalem.platform.market.cart.decide import Trouble
from maalem.platform.market.cart.forms import LineForm
from maalem.platform.market.cart.models import MAX_LINES, PRESS_LENGTH, Cart
from maalem.platform.market.cart.visitor import cart_of, cart_to_fill, remember

REFUSED = 422


@require_GET
def cart(request: HttpRequest) -> HttpResponse:
    """What is in the cart, by seller, with a sentence and a next step for each trouble."""
    return _page(request, cart=cart_of(request))


@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Put a thing into the cart, then show the cart, or only say so where a script asks."""
    form = LineForm(request.POST)
    if not form.is_valid() or not form.cleaned_data["quantity"]:
        return _added(request, cart=cart_of(request), refused=sentence("unknown"))
    found = cart_to_fill(request)
    try:
        added = lines.add_line(
            found,
            variant_id=form.cleaned_data["variant"],
            quantity=form.cleaned_data["quantity"],
            press=request.headers.get("X-Press", "")[:PRESS_LENGTH],
        )
    except lines.Refused as refusal:
        return _added(request, cart=found, refused=sentence(refusal.code, free=refusal.free))
    said = _("“%(title)s” is in your cart.") % {"title": added.title}
    return _added(request, cart=found, said=said)


@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """Set how many of a thing; none takes it out."""
    form = LineForm(request.POST)
    found = cart_of(request)
    if found is None or not form.is_valid():
        return _changed(request, cart=found, refused=sentence("unknown"))
    try:
        lines.change_line(
            found,
            variant_id=form.cleaned_data["variant"],
            quantity=form.cleaned_data["quantity"],
        )
    except lines.Refused as refusal:
        return _changed(request, cart=found, refused=sentence(refusal.code, free=refusal.free))
    return _changed(request, cart=found)


@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    """Take a thing out."""
    form = LineForm(request.POST)
    found = cart_of(request)
    if found is not None and form.is_valid():
        lines.remove_line(found, variant_id=form.cleaned_data["variant"])
    return _changed(request, cart=found)


def _page(request: HttpRequest, *, cart: Cart | None, status: int = 200) -> HttpResponse:
    contents = queries.contents(cart)
    context = {
        "contents": contents,
        "cart_count": contents.pieces,
        "frame": frame(request),
        "shown": shown_to(request),
    }
    response = render(request, "cart/cart.html", context, status=status)
    if cart is not None:
        remember(response, cart=cart)
    add_never_cache_headers(response)
    return response


def _changed(request: HttpRequest, *, cart: Cart | None, refused: str = "") -> HttpResponse:
    if refused:
        messages.error(request, refused)
    if wants_part(request):
        return _page(request, cart=cart, status=REFUSED if refused else 200)
    return redirect("cart:cart")


def _added(
    request: HttpRequest, *, cart: Cart | None, said: str = "", refused: str = ""
) -> HttpResponse:
    if wants_part(request):
        context = {
            "sentence": refused or said,
            "refused": bool(refused),
            "cart_count": queries.count(cart.key) if cart is not None else 0,
        }
        status = REFUSED if refused else 200
        response = render(request, "cart/added.html", context, status=status)
    else:
        tell = messages.error if refused else messages.success
        tell(request, refused or said)
        response = redirect("cart:cart")
    return response if cart is None else remember(response, cart=cart)


def sentence(code: str, *, free: int | None = None) -> str:
    """A refusal in words that say what to do next."""
    if code == Trouble.TOO_FEW and free is not None:
        return ngettext(
            "Only %(free)d is left. Choose a smaller quantity.",
            "Only %(free)d are left. Choose a smaller quantity.",
            free,
        ) % {"free": free}
    return {
        "full": _("A cart holds %(most)d different things. Order these first, then come back.")
        % {"most": MAX_LINES},
        Trouble.WITHDRAWN: _(
            "The workshop no longer sells this piece. Its other pieces are there."
        ),
        Trouble.SELLER_CLOSED: _("This workshop can’t take orders yet. Please come back later."),
        Trouble.SOLD_OUT: _(
            "This piece is sold, or somebody is paying for it right now. Try again in half an hour."
        ),
    }.get(code, _("We couldn’t find that piece. Please choose it again from its page."))
