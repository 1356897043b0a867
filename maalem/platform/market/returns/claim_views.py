"""The buyer's pages of a claim: what is wrong, what the workshop answers, what she makes of it."""

from collections.abc import Callable

from allauth.core import ratelimit
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from maalem.platform.market.orders import links
from maalem.platform.market.returns import claim_queries, photos, queries
from maalem.platform.market.returns.actions import claim as claiming
from maalem.platform.market.returns.models import Claim
from maalem.platform.market.returns.models.claim import MOST_PHOTOS
from maalem.platform.market.returns.states import CLAIM_OVER, Kind, Refused
from maalem.platform.market.returns.views import private
from maalem.platform.market.returns.words import CLAIM_STATUSES, KINDS, refusal

_FAR_TOO_LONG = 20_000


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def parcel(request: HttpRequest, *, number: str, mark: str, order: str) -> HttpResponse:
    """Say what is wrong, with photos."""
    found = _parcel(number, mark=mark, order=order)
    if request.method != "POST":
        return _saying(request, found)
    # Reading photos is work, and what is refused in the end was read all the same.
    limited = request.FILES and ratelimit.consume_or_429(request, action="write_review")
    if limited:
        return limited
    try:
        made = claiming.claim(
            found.order.number,
            kind=request.POST.get("kind", ""),
            words=request.POST.get("words", "")[:_FAR_TOO_LONG],
            photos=_photos(request, found),
        )
    except Refused as no:
        again = _parcel(number, mark=mark, order=order)
        return _saying(request, again, trouble=refusal(no.code), status=422)
    messages.success(request, _("The workshop has been told. Its answer will stand here."))
    return redirect("returns:claim", number=number, mark=mark, claim=made.number)


def _photos(request: HttpRequest, found: claim_queries.Claimed) -> list[list[object]]:
    sent = request.FILES.getlist("photos")
    if len(sent) > MOST_PHOTOS:
        raise Refused("too_many_photos")
    # Nobody without an open way to claim gets us to read her files; said again, they were read.
    if found.why_not not in ("", "claim_open"):
        raise Refused(found.why_not)
    return [photos.take(one) for one in sent]


@never_cache
@require_safe
def claim(request: HttpRequest, *, number: str, mark: str, claim: str) -> HttpResponse:
    """How a claim stands, and what she may do about it."""
    found = _claim(number, mark=mark, claim=claim)
    context = {
        "claim": found,
        "order": found.order,
        "group": found.order.group,
        "mark": mark,
        "status": CLAIM_STATUSES[found.status],
        "kind": KINDS[Kind(found.kind)],
        "is_open": found.status not in CLAIM_OVER,
        "may_escalate": claiming.may_escalate(found),
        "workshop": str(found.artisan.workshop),
        "telephone": queries.telephone(found.artisan_id),
        "order_page": links.path(number),
    }
    return private(render(request, "returns/claim.html", context))


@require_POST
def act(request: HttpRequest, *, number: str, mark: str, claim: str) -> HttpResponse:
    """She agrees, asks an officer, sends it first, or claims nothing any more."""
    found = _claim(number, mark=mark, claim=claim)
    tracking = request.POST.get("tracking", "")[:_FAR_TOO_LONG]
    verbs: dict[str, tuple[Callable[[], object], str]] = {
        "agree": (lambda: claiming.agree(found.number), _("Noted. Your money is on its way.")),
        "escalate": (lambda: claiming.escalate(found.number), _("An officer will decide.")),
        "drop": (lambda: claiming.drop(found.number), _("Noted. The claim is over.")),
        "send": (
            lambda: claiming.send_first(found.number, tracking=tracking),
            _("Thank you. The workshop knows that it is on its way."),
        ),
    }
    if request.POST.get("do") not in verbs:
        raise Http404
    verb, done = verbs[request.POST["do"]]
    try:
        verb()
    except Refused as no:
        messages.error(request, refusal(no.code))
    else:
        messages.success(request, done)
    return redirect("returns:claim", number=number, mark=mark, claim=claim)


def _saying(
    request: HttpRequest, found: claim_queries.Claimed, *, trouble: str = "", status: int = 200
) -> HttpResponse:
    number = found.order.group.number
    context = {
        "parcel": found,
        "order": found.order,
        "group": found.order.group,
        "mark": links.mark(number),
        "kinds": [(kind.value, said) for kind, said in KINDS.items()],
        "claims": [(one, CLAIM_STATUSES[one.status]) for one in found.claims],
        "why_not": refusal(found.why_not) if found.why_not else "",
        "trouble": trouble,
        "typed": request.POST,
        "order_page": links.path(number),
    }
    return private(render(request, "returns/claiming.html", context, status=status))


def _parcel(number: str, *, mark: str, order: str) -> claim_queries.Claimed:
    found = claim_queries.parcel(number, order) if links.is_marked(number, given=mark) else None
    if found is None:
        raise Http404
    return found


def _claim(number: str, *, mark: str, claim: str) -> Claim:
    is_marked = links.is_marked(number, given=mark)
    found = claim_queries.of_purchase(number, claim) if is_marked else None
    if found is None:
        raise Http404
    return found
