"""A buyer's page of one bought line, everybody's list of a piece's reviews, and the report."""

import re

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from maalem.platform.market.catalog import stored
from maalem.platform.market.catalog.piece import Piece
from maalem.platform.market.orders import links
from maalem.platform.market.reviews import queries
from maalem.platform.market.reviews.actions import judge
from maalem.platform.market.reviews.actions.write import Said, first_name, say
from maalem.platform.market.reviews.forms import ReasonForm, ReviewForm, WordsForm
from maalem.platform.market.reviews.models import Review
from maalem.platform.market.reviews.states import Refused, ReviewStatus, Side
from maalem.platform.market.reviews.words import HELD_FOR, REASONS, refusal

NUMBER = re.compile(r"[0-9]{1,18}")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, *, number: str, mark: str, line: int) -> HttpResponse:
    """Write or change the review of one line; whoever holds the order's link may."""
    mine = _mine(number, mark=mark, line=line)
    if request.method != "POST":
        return _page(request, mine, form=_form(mine.review))
    form = ReviewForm(request.POST)
    if not form.is_valid():
        code = "changed_meanwhile" if "seen" in form.errors else "stars"
        return _page(request, mine, form=form, trouble=refusal(code), status=422)
    # Reading photos is work, and what is refused in the end was read all the same.
    limited = request.FILES and ratelimit.consume_or_429(request, action="write_review")
    if limited:
        return limited
    try:
        review = _say(request, mine, form=form)
    except Refused as no:
        # Read anew: what was refused may have been changed by somebody else.
        again = _mine(number, mark=mark, line=line)
        return _page(request, again, form=form, trouble=refusal(no.code), status=422)
    if review.status == ReviewStatus.HELD:
        messages.info(request, _("Thank you. Somebody reads it before everybody can see it."))
    else:
        messages.success(request, _("Thank you. Everybody can read it now."))
    return redirect("reviews:write", number=number, mark=mark, line=line)


def _say(request: HttpRequest, mine: queries.Mine, *, form: ReviewForm) -> Review:
    # Before photos are looked at: nobody without a delivered parcel gets us to read her files.
    if not mine.may_write:
        raise Refused(mine.refusal or "hidden")
    photos = form.taken(request.FILES.getlist("photos"), before=mine.review)
    service = form.cleaned_data["service_stars"]
    said = Said(
        stars=int(form.cleaned_data["stars"]),
        service_stars=int(service) if service else None,
        words=form.cleaned_data["words"],
        page=get_language() or "fr",
        photos=photos,
    )
    seen = form.cleaned_data["seen"]
    return say(mine.order.number, line_id=mine.line.pk, said=said, seen=seen)


@require_POST
def appeal(request: HttpRequest, *, number: str, mark: str, line: int) -> HttpResponse:
    """The buyer asks for a second look at the hiding of her review."""
    mine = _mine(number, mark=mark, line=line)
    if mine.review is None:
        raise Http404
    form = WordsForm(request.POST)
    words = form.cleaned_data["words"] if form.is_valid() else ""
    try:
        judge.appeal(mine.review.pk, side=Side.BUYER, words=words, by="buyer")
    except Refused as no:
        messages.error(request, refusal(no.code))
    else:
        messages.success(request, _("Another officer will look at it and tell you."))
    return redirect("reviews:write", number=number, mark=mark, line=line)


@require_safe
def of_product(request: HttpRequest, slug: str) -> HttpResponse:
    """All published reviews of a piece, the newest first."""
    found = stored.by_slug(slug)
    if found is None or found.status != "published":
        raise Http404
    before = request.GET.get("before", "")
    told, older = queries.of_product(
        found.id, before=int(before) if NUMBER.fullmatch(before) else 0
    )
    return render(
        request,
        "reviews/of_product.html",
        {"piece": Piece(found, now=timezone.now()), "reviews": told, "older": older},
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, review: int) -> HttpResponse:
    """Anybody asks an officer to look at a review, ten times an hour at most."""
    found = queries.published(review) if review < 2**63 else None
    if found is None:
        raise Http404
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        limited = ratelimit.consume_or_429(request, action="report_review")
        if limited is not None:
            return limited
        _report(request, found, reason=form.cleaned_data["reason"])
        return render(request, "reviews/reported.html", {"review": found})
    status = 422 if request.method == "POST" else 200
    return render(request, "reviews/report.html", {"review": found, "form": form}, status=status)


def _report(request: HttpRequest, review: Review, *, reason: str) -> None:
    who = f"person:{request.user.pk}" if request.user.is_authenticated else ""
    who = who or get_adapter().get_client_ip(request)
    reporter = salted_hmac("maalem.reviews.report", who, algorithm="sha256").hexdigest()
    try:
        judge.report(review.pk, reason=reason, reporter=reporter)
    except Review.DoesNotExist as gone:
        raise Http404 from gone


def _mine(number: str, *, mark: str, line: int) -> queries.Mine:
    """The line, or 404 for a wrong mark as for a wrong number: a guess learns nothing."""
    if not links.is_marked(number, given=mark) or line >= 2**63:
        raise Http404
    found = queries.mine(number, line)
    if found is None:
        raise Http404
    return found


def _form(review: Review | None) -> ReviewForm:
    if review is None:
        return ReviewForm(initial={"seen": 0})
    return ReviewForm(
        initial={
            "stars": str(review.stars),
            "service_stars": str(review.service_stars or ""),
            "words": review.words,
            "seen": review.version,
        }
    )


def _page(
    request: HttpRequest,
    mine: queries.Mine,
    *,
    form: ReviewForm,
    trouble: str = "",
    status: int = 200,
) -> HttpResponse:
    group, review = mine.order.group, mine.review
    context = {
        "mine": mine,
        "review": review,
        "form": form,
        "trouble": trouble,
        "why_not": refusal(mine.refusal) if mine.refusal else "",
        "reason": REASONS[mine.ruling.reason] if mine.ruling else "",
        "held_for": [HELD_FOR[one] for one in review.held_for] if review else [],
        "version": review.version if review else 0,
        "group": group,
        "shown_name": first_name(group.name),
        "mark": links.mark(group.number),
        "order_page": links.path(group.number),
    }
    response = render(request, "reviews/write.html", context, status=status)
    # The address is the key, as on the order's own page.
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response
