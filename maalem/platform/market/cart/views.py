"""The cart's page and its three buttons. Every change is a POST that ends in a redirect."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from maalem.platform.market.cart import queries
from maalem.platform.market.cart.actions import lines
from maalem.platform.market.cart.decide import Trouble
from maalem.platform.market.cart.forms import LineForm
from maalem.platform.market.cart.models import MAX_LINES
from maalem.platform.market.cart.visitor import cart_of, cart_to_fill, remember


@require_GET
def cart(request: HttpRequest) -> HttpResponse:
    """What is in the cart, by seller, with a sentence and a next step for each trouble."""
    found = cart_of(request)
    response = render(request, "cart/cart.html", {"contents": queries.contents(found)})
    if found is not None:
        remember(response, cart=found)
    add_never_cache_headers(response)
    return response


@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Put a thing into the cart, then show the cart."""
    form = LineForm(request.POST)
    if not form.is_valid() or not form.cleaned_data["quantity"]:
        messages.error(request, sentence("unknown"))
        return redirect("cart:cart")
    found = cart_to_fill(request)
    try:
        line = lines.add_line(
            found,
            variant_id=form.cleaned_data["variant"],
            quantity=form.cleaned_data["quantity"],
        )
    except lines.Refused as refusal:
        messages.error(request, sentence(refusal.code, free=refusal.free))
    else:
        title = str(line.variant.product.title)
        messages.success(request, _("“%(title)s” is in your cart.") % {"title": title})
    return remember(redirect("cart:cart"), cart=found)


@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """Set how many of a thing; none takes it out."""
    form = LineForm(request.POST)
    found = cart_of(request)
    if found is None or not form.is_valid():
        messages.error(request, sentence("unknown"))
        return redirect("cart:cart")
    try:
        lines.change_line(
            found,
            variant_id=form.cleaned_data["variant"],
            quantity=form.cleaned_data["quantity"],
        )
    except lines.Refused as refusal:
        messages.error(request, sentence(refusal.code, free=refusal.free))
    return redirect("cart:cart")


@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    """Take a thing out."""
    form = LineForm(request.POST)
    found = cart_of(request)
    if found is not None and form.is_valid():
        lines.remove_line(found, variant_id=form.cleaned_data["variant"])
    return redirect("cart:cart")


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
