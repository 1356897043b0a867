"""What my workshop shows and says to the buyer of a sale, and what she says to it."""

from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from maalem.platform.craft.artisans.models import Artisan
from maalem.platform.market.conversations import queries as conversations
from maalem.platform.market.conversations.actions.say import say
from maalem.platform.market.conversations.forms import said_in
from maalem.platform.market.conversations.states import Refused, Side
from maalem.platform.market.conversations.words import STAGES, refusal
from maalem.platform.market.studio.queries import first_name
from maalem.platform.market.studio.views.frame import of_a_workshop, page, sale_of


@require_http_methods(["GET", "HEAD", "POST"])
@of_a_workshop
def conversation(request: HttpRequest, *, artisan: Artisan, number: str) -> HttpResponse:
    """Show how a piece comes along, ask, answer."""
    found = sale_of(request, number)
    thread = conversations.of(found)
    if request.method != "POST":
        return _page(request, thread)
    try:
        key, said = said_in(request, thread=thread)
        say(number, key=key, said=said, by=request.user)
    except Refused as no:
        # Read anew: what was refused may have been changed by the buyer.
        again = conversations.of(sale_of(request, number))
        return _page(request, again, trouble=refusal(no.code), status=422)
    messages.success(request, _("Sent. We have told the buyer."))
    return redirect("studio:conversation", number=number)


def _page(
    request: HttpRequest, thread: conversations.Thread, *, trouble: str = "", status: int = 200
) -> HttpResponse:
    order = thread.order
    return page(
        request,
        "studio/conversation.html",
        status=status,
        artisan=next(one for one in request.workshops if one.pk == order.artisan_id),  # type: ignore[attr-defined]
        order=order,
        thread=thread,
        side=Side.WORKSHOP,
        other=first_name(order.group.name),
        stages=STAGES.items(),
        key=uuid4(),
        closed=refusal(thread.why_closed) if thread.why_closed else "",
        trouble=trouble,
        typed=request.POST,
        here="sales",
    )
