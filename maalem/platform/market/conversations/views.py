"""The buyer's page of a conversation about a parcel. The link is the key."""

from uuid import uuid4

from allauth.core import ratelimit
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from maalem.platform.market.conversations import queries
from maalem.platform.market.conversations.actions.say import like, say
from maalem.platform.market.conversations.forms import said_in
from maalem.platform.market.conversations.models import Entry
from maalem.platform.market.conversations.states import Refused, Side
from maalem.platform.market.conversations.words import refusal
from maalem.platform.market.orders import links


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def parcel(request: HttpRequest, *, number: str, mark: str, order: str) -> HttpResponse:
    """How the piece comes along, and what the two say about it."""
    thread = _thread(number, mark=mark, order=order)
    if request.method != "POST":
        return _page(request, thread)
    limited = ratelimit.consume_or_429(request, action="write_word")
    if limited:
        return limited
    try:
        if "like" in request.POST:
            _like(order, pk=request.POST["like"])
        else:
            key, said = said_in(request, thread=thread)
            say(order, key=key, said=said, by=None)
            messages.success(request, _("Thank you. The workshop has been told."))
    except Refused as no:
        # Read anew: what was refused may have been changed by the other side.
        again = _thread(number, mark=mark, order=order)
        return _page(request, again, trouble=refusal(no.code), status=422)
    return redirect("conversations:parcel", number=number, mark=mark, order=order)


def _like(order: str, *, pk: str) -> None:
    if not pk.isascii() or not pk.isdecimal() or len(pk) > 18:
        raise Http404
    try:
        like(order, entry=int(pk))
    except Entry.DoesNotExist as gone:
        raise Http404 from gone


def _thread(number: str, *, mark: str, order: str) -> queries.Thread:
    """The conversation, or 404 for a wrong mark as for a wrong number: a guess learns nothing."""
    found = queries.of_purchase(number, order) if links.is_marked(number, given=mark) else None
    if found is None:
        raise Http404
    return found


def _page(
    request: HttpRequest, thread: queries.Thread, *, trouble: str = "", status: int = 200
) -> HttpResponse:
    group = thread.order.group
    context = {
        "thread": thread,
        "order": thread.order,
        "group": group,
        "mark": links.mark(group.number),
        "side": Side.BUYER,
        "key": uuid4(),
        "closed": refusal(thread.why_closed) if thread.why_closed else "",
        "trouble": trouble,
        "typed": request.POST,
        "order_page": links.path(group.number),
    }
    response = render(request, "conversations/parcel.html", context, status=status)
    # The address is the key, as on the order's own page.
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response
