"""The moderators' pages: what is new or changed, one piece with all that was ruled, the rulings."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from maalem.platform.market.catalog.models import Product
from maalem.platform.market.moderation import queries, reasons
from maalem.platform.market.moderation.actions import appeal as appealing
from maalem.platform.market.moderation.actions import look
from maalem.platform.market.moderation.actions import rule as ruling
from maalem.platform.market.moderation.forms import AnswerForm, RuleForm
from maalem.platform.market.moderation.models import MOST_NOTE, Appeal, Ruling
from maalem.platform.market.moderation.states import BY_HAND, Kind, Refused
from maalem.platform.market.moderation.words import ENDED, refusal

View = Callable[..., HttpResponse]
_FURTHEST = 10_000


def for_moderators(view: View) -> View:
    """Only for those with the right; for anybody else there is nothing here."""

    @never_cache
    @login_required
    @wraps(view)
    def wrapped(request: HttpRequest, **kwargs: int) -> HttpResponse:
        if not queries.is_moderator(request.user) or kwargs.get("product", 0) >= 2**63:
            raise Http404
        return view(request, **kwargs)

    return wrapped


@require_safe
@for_moderators
def waiting(request: HttpRequest) -> HttpResponse:
    """Answers that wait, then what is new or changed since somebody last looked."""
    given = request.GET.get("before", "")
    before = int(given) if given.isascii() and given.isdigit() and len(given) < 6 else 0
    found, older = queries.waiting(before=min(before, _FURTHEST))
    context = {"waiting": found, "older": older, "appeals": queries.appeals()}
    return render(request, "moderation/desk.html", context)


@require_safe
@for_moderators
def case(request: HttpRequest, product: int) -> HttpResponse:
    """One piece: what it says, what changed since the last look, what was ruled."""
    found = queries.case(product, reader=request.user)
    if found is None:
        raise Http404
    context = {
        "case": found,
        "product": found.product,
        "most": MOST_NOTE,
        "off": _reasons(Kind.TAKEN_OFF),
        "asked": _reasons(Kind.CHANGE_ASKED),
        "ends": [(one.value, ENDED[one]) for one in BY_HAND],
    }
    return render(request, "moderation/case.html", context)


def _reasons(kind: Kind) -> list[tuple[str, str, str]]:
    language = get_language() or "fr"
    today = reasons.in_force(timezone.localdate())
    return [(one.code, one.said(language), one.basis) for one in today if kind in one.kinds]


@require_POST
@for_moderators
def looked(request: HttpRequest, product: int) -> HttpResponse:
    """Nothing is wrong with it."""
    said = _sent(RuleForm(request.POST))

    def verb() -> object:
        return look.looked(product, read=_read(said), by=request.user)

    return _done(request, product, verb, done=_("Noted."))


@require_POST
@for_moderators
def rule(request: HttpRequest, product: int) -> HttpResponse:
    """Off the shelf, or a change is asked for."""
    said = _sent(RuleForm(request.POST))
    verb = ruling.take_off if said["do"] == Kind.TAKEN_OFF else ruling.ask_change

    def judge() -> object:
        return verb(
            product,
            reason=said["reason"],
            note=said["words"],
            read=_read(said),
            by=request.user,
        )

    return _done(request, product, judge, done=_("Noted. The workshop is told."))


@require_POST
@for_moderators
def lift(request: HttpRequest, product: int) -> HttpResponse:
    """A ruling ends."""
    said = _sent(AnswerForm(request.POST))

    def verb() -> object:
        # A number of another piece is nobody's here.
        Ruling.objects.get(pk=said["about"], product_id=product)
        return ruling.lift(said["about"], because=said["do"], by=request.user)

    return _done(request, product, verb, done=_("Noted. The workshop is told."))


@require_POST
@for_moderators
def decide(request: HttpRequest, product: int) -> HttpResponse:
    """Another moderator decides about an answer."""
    said = _sent(AnswerForm(request.POST))

    def verb() -> object:
        Appeal.objects.get(pk=said["about"], ruling__product_id=product)
        return appealing.decide(said["about"], grant=said["do"] == "grant", by=request.user)

    return _done(request, product, verb, done=_("Noted. The workshop is told."))


def _read(said: dict[str, Any]) -> look.Read:
    return look.Read(version=said["seen"], change=said["newest"])


def _sent(form: RuleForm | AnswerForm) -> dict[str, Any]:
    """What a page of ours sends; anything else was made by nobody's page."""
    if not form.is_valid():
        raise Http404
    return form.cleaned_data


def _done(
    request: HttpRequest, product: int, verb: Callable[[], object], *, done: str
) -> HttpResponse:
    try:
        verb()
    except (Product.DoesNotExist, Ruling.DoesNotExist, Appeal.DoesNotExist) as nothing:
        raise Http404 from nothing
    except Refused as no:
        messages.error(request, refusal(no.code))
        return redirect("moderation:case", product=product)
    messages.success(request, done)
    return redirect("moderation:desk")
