"""Cart, then details and delivery, then review and pay: three screens, none needs a script."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_safe

from maalem.platform.market.cart import queries as carts
from maalem.platform.market.cart.models import Cart
from maalem.platform.market.cart.visitor import cart_of
from maalem.platform.market.checkout import forms, queries, shown
from maalem.platform.market.checkout.actions.draft import write_draft
from maalem.platform.market.checkout.actions.pay import PaidMeanwhile, place
from maalem.platform.market.checkout.actions.place import Refused
from maalem.platform.market.checkout.models import Draft
from maalem.platform.market.checkout.sentences import refusal
from maalem.platform.market.checkout.way import to_payment
from maalem.platform.market.orders import links
from maalem.platform.market.shipping import countries

HOME, RELAY, ABROAD = "morocco", "relay", "abroad"
# The map changes by a migration only.
PLACES_KEPT_S = 24 * 3600


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest) -> HttpResponse:
    """Who gets the parcels and where. `?to=abroad` shows the form for other countries.

    `?to=relay&region=05` shows the relay points of a region, where there are some today.
    """
    cart = cart_of(request)
    pieces = carts.count(cart.key) if cart is not None else 0
    if cart is None or not pieces:
        return redirect("cart:cart")
    language = get_language() or "fr"
    draft = queries.draft_of(cart) if request.method != "POST" else None
    regions = forms.relay_regions(language)
    to = _where(request, draft=draft, relays=bool(regions))
    region = _region(request, draft=draft, regions=regions) if to == RELAY else ""
    form = _form(request, to=to, region=region, draft=draft)
    if request.method == "POST" and form.is_valid():
        write_draft(cart, values=form.values())
        return redirect("checkout:review")
    context = {
        "form": form,
        "to": to,
        "language": language,
        "cart_count": pieces,
        "regions": regions,
        "region": region,
    }
    return render(request, "checkout/details.html", context, status=422 if form.errors else 200)


def _form(
    request: HttpRequest, *, to: str, region: str, draft: Draft | None
) -> forms.HomeForm | forms.AbroadForm | forms.RelayForm:
    given = request.POST if request.method == "POST" else None
    known = forms.initial(draft, language=get_language() or "fr")
    if to == RELAY:
        near = draft.commune if draft else None
        offered = queries.relays_of(region, near=near) if region else []
        return forms.RelayForm(given, initial=known, offered=offered)
    kind = forms.AbroadForm if to == ABROAD else forms.HomeForm
    return kind(given, initial=known)


@cache_control(public=True, max_age=PLACES_KEPT_S)
@require_safe
def communes(request: HttpRequest) -> HttpResponse:
    """Places for what was typed so far, as options of a list. The same for everybody."""
    language = get_language() or "fr"
    places = [
        (queries.commune_name(place, language=language), place)
        for place in queries.suggested(request.GET.get("commune", "")[:120])
    ]
    return HttpResponse(render_to_string("checkout/places.html", {"places": places}))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest) -> HttpResponse:
    """Everything once more, and the button that orders and leads to the payment page."""
    cart = cart_of(request)
    if request.method == "POST" and cart is not None:
        return _order(request, cart=cart)
    if cart is None:
        return redirect("cart:cart")
    return _show_review(request, cart=cart, before=shown.Shown())


def _order(request: HttpRequest, *, cart: Cart) -> HttpResponse:
    before = shown.open_seal(request.POST.get("shown", ""))
    try:
        group = place(
            cart=cart,
            agreed=before.agreed,
            language=(get_language() or "fr")[:5],
            person=request.user if request.user.is_authenticated else None,
        )
    except PaidMeanwhile as paid:
        return redirect(links.path(paid.number))
    except Refused as refused:
        if refused.code == "empty":
            return redirect("cart:cart")
        if refused.code == "no_draft":
            return redirect("checkout:checkout")
        if refused.code == "relay":
            return _another_relay(request)
        return _show_review(request, cart=cart, before=before, refused=refused.code)
    return to_payment(request, number=group.number)


def _show_review(
    request: HttpRequest, *, cart: Cart, before: shown.Shown, refused: str = ""
) -> HttpResponse:
    contents = carts.contents(cart)
    if not contents.parcels:
        return redirect("cart:cart")
    draft = queries.draft_of(cart)
    if draft is None:
        return redirect("checkout:checkout")
    if contents.stops:
        messages.error(request, refusal("lines"))
        return redirect("cart:cart")
    plan = queries.plan_of(contents, draft=draft)
    if queries.relay_is_shut(draft, plan=plan):
        return _another_relay(request)
    context = {
        "cart_count": contents.pieces,
        "plan": plan,
        "draft": draft,
        "country": countries.name(draft.country, language=get_language() or "fr"),
        "shown": shown.seal(plan),
        "differences": list(shown.differences(before, plan=plan)),
        "before": before,
        "refused": refusal(refused) if refused else "",
    }
    return render(request, "checkout/review.html", context, status=409 if refused else 200)


def _another_relay(request: HttpRequest) -> HttpResponse:
    """Told before anything is paid: what was chosen has closed."""
    messages.error(request, refusal("relay"))
    return redirect("checkout:checkout")


def _where(request: HttpRequest, *, draft: Draft | None, relays: bool) -> str:
    given = request.POST.get("to") or request.GET.get("to")
    if given in (HOME, ABROAD) or (given == RELAY and relays):
        return str(given)
    if draft is None or given == RELAY:
        return HOME
    if draft.relay and relays:
        return RELAY
    return ABROAD if draft.country != countries.HOME else HOME


def _region(request: HttpRequest, *, draft: Draft | None, regions: list[tuple[str, str]]) -> str:
    """The region whose relay points are shown: chosen, hers, or the only one; else none yet."""
    codes = [code for code, _name in regions]
    hers = draft.commune.province.region_id if draft and draft.commune else ""
    asked = request.POST.get("region") or request.GET.get("region") or hers
    if asked in codes:
        return str(asked)
    return codes[0] if len(codes) == 1 else ""
