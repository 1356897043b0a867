"""My pieces: what is on the shelf, and a new one in three steps."""

from http import HTTPStatus
from pathlib import Path
from uuid import uuid4

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from maalem.platform.craft.artisans.models import Artisan, Maker
from maalem.platform.market.makers.queries import makers_there
from maalem.platform.market.moderation import queries as rulings
from maalem.platform.market.studio import piece_queries, queries
from maalem.platform.market.studio.actions.pieces import list_piece
from maalem.platform.market.studio.cash import VALUES, in_cash
from maalem.platform.market.studio.forms import PieceForm
from maalem.platform.market.studio.views.frame import of_a_workshop, page

_WORKER = Path(__file__).parent.parent / "static" / "studio" / "worker.js"
# The order in which the steps ask, and so the one in which what is wrong is shown.
STEPS = (
    ("photo",),
    ("craft", "maker"),
    ("supply", "on_hand", "making_days", "price", "voice", "tongue"),
)


@of_a_workshop
def mine(request: HttpRequest, *, artisan: Artisan) -> HttpResponse:
    """Every piece of the workshop, the newest first."""
    before = request.GET.get("before", "")
    found = piece_queries.pieces(
        artisan, before=int(before) if queries.NUMBER.fullmatch(before) else 0
    )
    return page(request, "studio/pieces.html", artisan=artisan, pieces=found, here="pieces")


@require_http_methods(["GET", "POST"])
@of_a_workshop
def new(request: HttpRequest, *, artisan: Artisan) -> HttpResponse:
    """A new piece: photo, kind, price. All of it is one form, sent once."""
    crafts = piece_queries.kinds()
    if request.method == "GET":
        there = _makers(request, artisan)
        hers = not hasattr(request, "acting")
        form = PieceForm(initial={"key": uuid4()}, crafts=crafts, makers=there, hers=hers)
        return _ask(request, form, artisan=artisan)
    artisan = _whose(request, artisan)
    form = PieceForm(
        request.POST,
        request.FILES,
        crafts=crafts,
        makers=_makers(request, artisan),
        hers=not hasattr(request, "acting"),
    )
    if not form.is_valid():
        return _refused(form) if _by_outbox(request) else _ask(request, form, artisan=artisan)
    by = f"person:{request.user.pk}"
    key = form.cleaned_data["key"]
    product = list_piece(artisan, key=key, piece=form.piece(), by=by)
    if _by_outbox(request):
        there = reverse("studio:piece", args=[product.slug])
        return JsonResponse({"page": there}, status=HTTPStatus.CREATED)
    return redirect("studio:piece", slug=product.slug)


@of_a_workshop
def piece(request: HttpRequest, *, artisan: Artisan, slug: str) -> HttpResponse:
    """One piece as it stands: its picture, its price in notes, the way to its page."""
    found = piece_queries.piece(artisan, slug)
    if found is None:
        raise Http404
    cash = in_cash(found.price_minor // 100)
    return page(
        request,
        "studio/piece.html",
        artisan=artisan,
        piece=found,
        cash=cash,
        has_makers=bool(makers_there(artisan)),
        ruled=rulings.in_force(found.pk),
        here="pieces",
    )


def _whose(request: HttpRequest, chosen: Artisan) -> Artisan:
    """The workshop that the piece was written for: another may have been chosen since."""
    wanted = request.POST.get("workshop", chosen.slug)
    found = next((one for one in request.workshops if one.slug == wanted), None)  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    return found


def _makers(request: HttpRequest, artisan: Artisan) -> QuerySet[Maker]:
    """Whose hands it may be. Whose the income is, is never an agent's to say."""
    there = makers_there(artisan)
    return there.none() if hasattr(request, "acting") else there


def _by_outbox(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


def _refused(form: PieceForm) -> HttpResponse:
    """What is wrong, for a page that keeps the piece until it is put right."""
    wrong = [str(error) for errors in form.errors.values() for error in errors]
    return JsonResponse({"wrong": wrong}, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def worker(request: HttpRequest) -> HttpResponse:
    """The script that opens the page of a new piece without a network."""
    return HttpResponse(
        _WORKER.read_bytes(),
        content_type="text/javascript; charset=utf-8",
        headers={"Cache-Control": "no-cache", "Service-Worker-Allowed": "/"},
    )


def _ask(request: HttpRequest, form: PieceForm, *, artisan: Artisan) -> HttpResponse:
    wrong = [number for number, names in enumerate(STEPS) if any(n in form.errors for n in names)]
    return page(
        request,
        "studio/new_piece.html",
        status=422 if form.is_bound else 200,
        artisan=artisan,
        form=form,
        kinds=piece_queries.kinds_for(artisan, form.fields["craft"].queryset),  # type: ignore[attr-defined]
        makers=form.fields["maker"].queryset,  # type: ignore[attr-defined]
        kept=form.keep(),
        picture=form.picture,
        step=wrong[0] if wrong else 0,
        values=VALUES,
        here="pieces",
    )
