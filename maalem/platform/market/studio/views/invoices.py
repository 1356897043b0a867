"""My invoices, month by month, and how my workshop is taxed."""

from collections.abc import Iterator
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from maalem.design.press import NotPrinted
from maalem.platform.craft.artisans.models import Artisan
from maalem.platform.market.invoices import queries
from maalem.platform.market.invoices.models import Invoice
from maalem.platform.market.invoices.views import printed
from maalem.platform.market.studio.invoice_forms import IdentityForm
from maalem.platform.market.studio.views.frame import of_a_workshop, page
from maalem.platform.market.studio.views.imports import as_csv


@require_safe
@of_a_workshop
def invoices(request: HttpRequest, *, artisan: Artisan) -> HttpResponse:
    """The months, and the papers of the chosen one or the last."""
    months = queries.months(artisan)
    first = _month(request.GET.get("month", "")) or (months[0].first if months else None)
    return page(
        request,
        "studio/invoices.html",
        artisan=artisan,
        identity=queries.identity(artisan),
        waiting=queries.waiting(artisan),
        months=months,
        first=first,
        papers=queries.in_month(artisan, first) if first else [],
        here="money",
    )


@require_safe
@of_a_workshop
def paper(request: HttpRequest, *, artisan: Artisan, pk: int) -> HttpResponse:
    """One of my papers as PDF."""
    found = queries.of_workshop(artisan, pk)
    if found is None:
        raise Http404
    try:
        return printed(found)
    except NotPrinted:
        messages.error(request, _("This paper could not be printed. Please try again in a moment."))
        return redirect("studio:invoices")


@require_safe
@of_a_workshop
def sheet(request: HttpRequest, *, artisan: Artisan, month: str) -> HttpResponse:
    """A month's papers for a spreadsheet."""
    first = _month(month)
    if first is None:
        raise Http404
    return as_csv(_rows(queries.in_month(artisan, first)), name=f"{artisan.slug}-{month}")


@require_http_methods(["GET", "HEAD", "POST"])
@of_a_workshop
def identity(request: HttpRequest, *, artisan: Artisan) -> HttpResponse:
    """How I am taxed, and my numbers: they stand on every invoice from now on."""
    last = queries.identity(artisan)
    form = IdentityForm(*([request.POST] if request.method == "POST" else []), last=last)
    if form.is_bound and form.is_valid() and form.save(artisan, by=f"person:{request.user.pk}"):
        messages.success(request, _("Noted. Invoices of sales that waited are made in a moment."))
        return redirect("studio:invoices")
    status = 422 if form.is_bound else 200
    return page(
        request, "studio/identity.html", status=status, artisan=artisan, form=form, here="money"
    )


def _month(text: str) -> date | None:
    try:
        found = date.fromisoformat(f"{text}-01") if len(text) == len("2026-11") else None
    except ValueError:
        return None
    return found


def _rows(papers: list[Invoice]) -> Iterator[list[str]]:
    yield [_("Number"), _("Date"), _("Sale"), _("Without VAT"), _("VAT"), _("With VAT")]
    for one in papers:
        sign = -1 if one.is_credit else 1
        total, vat = sign * one.total_minor, sign * one.vat_minor
        figures = [_plain(minor) for minor in (total - vat, vat, total)]
        yield [one.number, one.on.isoformat(), one.order.number, *figures]


def _plain(minor: int) -> str:
    return f"{'-' if minor < 0 else ''}{abs(minor) // 100}.{abs(minor) % 100:02}"
