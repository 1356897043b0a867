"""The artisan's side: my sales, my money. Every page is of the chosen workshop only."""

import re

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from maalem.platform.craft.artisans.models import Artisan
from maalem.platform.market.conversations import queries as conversations
from maalem.platform.market.conversations.actions.say import may_show_stage
from maalem.platform.market.conversations.decide import TALKING
from maalem.platform.market.conversations.states import Side
from maalem.platform.market.inspections import queries as inspections
from maalem.platform.market.inspections.words import STATUSES
from maalem.platform.market.orders.actions.parcels import NotPaid, dispatch, say_ready
from maalem.platform.market.orders.states import Moved, NotAllowed
from maalem.platform.market.orders.words import place_of
from maalem.platform.market.studio import queries
from maalem.platform.market.studio.actions.money import look_up
from maalem.platform.market.studio.beginning import beginning
from maalem.platform.market.studio.forms import HandedOverForm
from maalem.platform.market.studio.views.frame import CHOSEN, of_a_workshop, page, sale_of

CURSOR = re.compile(r"[A-Za-z0-9_]{1,64}")


@of_a_workshop
def sales(request: HttpRequest, *, artisan: Artisan) -> HttpResponse:
    """My sales: what to do now first."""
    before = request.GET.get("before", "")
    found = queries.sales(artisan, before=int(before) if queries.NUMBER.fullmatch(before) else 0)
    return page(
        request,
        "studio/sales.html",
        artisan=artisan,
        sales=found,
        beginning=[] if hasattr(request, "acting") else beginning(artisan),
        here="sales",
    )


@of_a_workshop
def order(request: HttpRequest, *, artisan: Artisan, number: str) -> HttpResponse:
    """One sale: what, for whom, where to, and the one thing to do next.

    A link in a message may lead to another of her workshops than the chosen one: that is fine.
    """
    found = sale_of(request, number)
    stand = inspections.stand(found)
    last = conversations.last_words([found.pk]).get(found.pk)
    return page(
        request,
        "studio/order.html",
        stand=stand,
        stand_said=STATUSES[stand.last.status] if stand.last else "",
        artisan=next(one for one in request.workshops if one.pk == found.artisan_id),  # type: ignore[attr-defined]
        order=found,
        last=last,
        is_asked=last is not None and last.side == Side.BUYER and found.status in TALKING,
        may_show_stage=may_show_stage(found),
        first_name=queries.first_name(found.group.name),
        place=place_of(found.group.address, country=found.group.country),
        form=HandedOverForm(),
        here="sales",
    )


@require_POST
@of_a_workshop
def handed_over(request: HttpRequest, *, artisan: Artisan, number: str) -> HttpResponse:
    """The parcel is with the carrier."""
    found = sale_of(request, number)
    form = HandedOverForm(request.POST)
    if not inspections.stand(found).may_be_handed_over:
        messages.error(request, _("This parcel goes by the hub, which sends it."))
    elif form.is_valid():
        _dispatch(request, number=number, form=form)
    return redirect("studio:order", number=number)


@require_POST
@of_a_workshop
def ready(request: HttpRequest, *, artisan: Artisan, number: str) -> HttpResponse:
    """What was made to order is ready: the buyer is asked for the balance."""
    sale_of(request, number)
    try:
        say_ready(number, by=f"person:{request.user.pk}")
    except (NotAllowed, Moved):
        messages.error(request, _("This sale has changed meanwhile. Look at it again below."))
    else:
        messages.success(request, _("Thank you. We have asked the buyer for the balance."))
    return redirect("studio:order", number=number)


def _dispatch(request: HttpRequest, *, number: str, form: HandedOverForm) -> None:
    try:
        dispatch(
            number,
            by=f"person:{request.user.pk}",
            carrier=form.cleaned_data["carrier"],
            tracking=form.cleaned_data["tracking"],
        )
    except NotPaid:
        messages.error(request, _("The balance is not paid yet. Don’t hand it over before it is."))
    except (NotAllowed, Moved):
        messages.error(request, _("This sale has changed meanwhile. Look at it again below."))
    else:
        messages.success(request, _("Thank you. We have told the buyer that it is on its way."))


@of_a_workshop
def money(request: HttpRequest, *, artisan: Artisan) -> HttpResponse:
    """My money: what is mine, what is still to come, and where each dirham comes from."""
    after = request.GET.get("after", "")
    found = look_up(artisan, after=after if CURSOR.fullmatch(after) else "")
    held = queries.held(artisan)
    return page(request, "studio/money.html", artisan=artisan, money=found, held=held, here="money")


@require_POST
@of_a_workshop
def choose(request: HttpRequest, *, artisan: Artisan) -> HttpResponse:
    """Go on with another of my workshops."""
    wanted = request.POST.get("workshop", "")
    if any(one.slug == wanted for one in request.workshops):  # type: ignore[attr-defined]
        request.session[CHOSEN] = wanted
    return redirect("studio:sales")
