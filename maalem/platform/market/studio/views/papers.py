"""Papers for this parcel: what is missing, the customs code of each thing, and what is printed."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from maalem.platform.craft.artisans.models import Artisan
from maalem.platform.market.orders.models import Order
from maalem.platform.market.shipping.actions import classify, weigh
from maalem.platform.market.shipping.papers import page as texts
from maalem.platform.market.shipping.papers import sheet
from maalem.platform.market.shipping.papers.press import NotPrinted, print_paper
from maalem.platform.market.studio import papers, queries
from maalem.platform.market.studio.paper_forms import DeclaredForm, PackedForm
from maalem.platform.market.studio.views.frame import of_a_workshop, page, phone_of, sale_of

INVOICES = {"invoice-fr": "fr", "invoice-ar": "ar", "invoice-en": "en"}
DATA = {
    "json": (sheet.as_json, "application/json"),
    "csv": (sheet.as_csv, "text/csv; charset=utf-8"),
}


@require_safe
@of_a_workshop
def parcel(request: HttpRequest, *, artisan: Artisan, number: str) -> HttpResponse:
    """What this parcel needs, and its papers."""
    order = sale_of(request, number)
    if order.status not in queries.OPEN:
        messages.info(request, _("This sale is over: its parcel needs no papers any more."))
        return redirect("studio:order", number=number)
    packed = PackedForm(request.GET or None)
    return _show(request, order, found=_gather(request, order, packed=packed), packed=packed)


@require_POST
@of_a_workshop
def piece(request: HttpRequest, *, artisan: Artisan, number: str, position: int) -> HttpResponse:
    """She confirms or corrects a thing's customs code, and says what it weighs."""
    order = sale_of(request, number)
    packed = PackedForm(request.GET or None)
    found = _gather(request, order, packed=packed)
    one = next((one for one in found.pieces if one.line.position == position), None)
    if one is None or not one.may_change or order.status not in queries.OPEN:
        raise Http404
    form = DeclaredForm(request.POST, piece=one)
    if not form.is_valid():
        return _show(request, order, found=found, packed=packed, wrong=form)
    _say(request, one, form=form)
    messages.success(request, _("Thank you. The papers now say so."))
    # What she said of the packed parcel stays on the page.
    query = f"?{packed.query()}" if packed.query() else ""
    return redirect(f"{reverse('studio:papers', args=[number])}{query}#piece-{position}")


@require_safe
@of_a_workshop
def paper(
    request: HttpRequest, *, artisan: Artisan, number: str, name: str, kind: str
) -> HttpResponse:
    """One paper: form, label or an invoice as PDF, the declaration as JSON or CSV."""
    order = sale_of(request, number)
    if order.status not in queries.OPEN:
        raise Http404
    found = _gather(request, order, packed=PackedForm(request.GET or None))
    if name != "label" and not (found.parcel.goes_abroad and found.is_ready):
        messages.info(request, _("Something is still missing for this paper."))
        return redirect("studio:papers", number=number)
    try:
        body, content_type = _made(found, name=name, kind=kind)
    except NotPrinted:
        messages.error(request, _("This paper could not be printed. Please try again in a moment."))
        return redirect("studio:papers", number=number)
    response = HttpResponse(body, content_type=content_type)
    response["Content-Disposition"] = f'inline; filename="{number}-{name}.{kind}"'
    response["X-Robots-Tag"] = "noindex"
    return response


def _show(
    request: HttpRequest,
    order: Order,
    *,
    found: papers.Papers,
    packed: PackedForm,
    wrong: DeclaredForm | None = None,
) -> HttpResponse:
    """The page; `wrong` is a piece's form that was sent with something wrong in it."""
    forms = [
        (piece, wrong if wrong and wrong.piece is piece else DeclaredForm(piece=piece))
        for piece in found.pieces
    ]
    return page(
        request,
        "studio/papers.html",
        artisan=_seller(request, order),
        order=order,
        papers=found,
        pieces=forms,
        packed=packed,
        query=packed.query(),
        wrong=wrong,
        here="sales",
    )


def _made(found: papers.Papers, *, name: str, kind: str) -> tuple[bytes, str]:
    if name == "declaration" and kind in DATA:
        write, content_type = DATA[kind]
        return write(found.parcel), content_type
    if kind != "pdf":
        raise Http404
    if name == "form":
        body = print_paper(texts.form(found.parcel), form=found.parcel.form)
    elif name == "label":
        body = print_paper(texts.label(found.parcel), form="label")
    elif name in INVOICES:
        told: dict[str, Any] = texts.invoice(found.parcel, language=INVOICES[name])
        body = print_paper(told, form="invoice")
    else:
        raise Http404
    return body, "application/pdf"


def _say(request: HttpRequest, one: papers.Piece, *, form: DeclaredForm) -> None:
    product_id = one.line.product_id
    assert product_id is not None
    code, weight_g = form.cleaned_data["code"], form.cleaned_data["weight_g"]
    if code:
        by = f"person:{request.user.pk}"
        classify(product_id, code=code, suggested=one.suggestion.code, by=by)
    if weight_g:
        weigh(product_id, weight_g=weight_g)


def _gather(request: HttpRequest, order: Order, *, packed: PackedForm) -> papers.Papers:
    packed.is_valid()
    found = papers.gather(
        order,
        artisan=_seller(request, order),
        phone=phone_of(request),
        on=timezone.localdate(),
        gross_g=packed.cleaned("gross_g"),
        tracking=packed.cleaned("tracking"),
    )
    gross_g, net_g = found.parcel.gross_g, found.parcel.net_g
    if gross_g and net_g and gross_g < net_g:
        packed.add_error("gross_g", _("A packed parcel can’t weigh less than what is in it."))
        return replace(found, parcel=replace(found.parcel, gross_g=None))
    return found


def _seller(request: HttpRequest, order: Order) -> Artisan:
    """The workshop that sold, which may be another of hers than the chosen one."""
    return next(one for one in request.workshops if one.pk == order.artisan_id)  # type: ignore[attr-defined]
