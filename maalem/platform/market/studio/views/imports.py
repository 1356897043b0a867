"""A workshop's pieces out of its own spreadsheet: the file, how far it is, and what is wrong."""

import csv
import io
from collections.abc import Iterable, Iterator

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from maalem.kit.sheets import harmless
from maalem.platform.craft.artisans.models import Artisan
from maalem.platform.market.imports import columns, queries, words
from maalem.platform.market.imports.actions.take import take
from maalem.platform.market.imports.models import Import
from maalem.platform.market.imports.sheets import MOST_BYTES
from maalem.platform.market.imports.states import FileFault, Unusable
from maalem.platform.market.studio.views.frame import of_a_workshop, page

_BOM = "\ufeff"


@require_http_methods(["GET", "HEAD", "POST"])
@of_a_workshop
def imports(request: HttpRequest, *, artisan: Artisan) -> HttpResponse:
    """The files that came in, and a new one."""
    wrong = ""
    if request.method == "POST":
        try:
            found = _take(request, artisan)
        except Unusable as trouble:
            wrong = words.of_file(trouble, language=_language())
        else:
            return redirect("studio:import", number=found.pk)
    return page(
        request,
        "studio/imports.html",
        status=422 if wrong else 200,
        artisan=artisan,
        imports=queries.imports_of(artisan),
        kinds=queries.kinds(),
        wrong=wrong,
        here="pieces",
    )


@require_safe
@of_a_workshop
def one(request: HttpRequest, *, artisan: Artisan, number: int) -> HttpResponse:
    """How far a file is, and its lines that were not taken in."""
    found = _found(artisan, number)
    language = _language()
    wrong = [
        (
            line,
            [(words.column_name(name, language=language), words.of_cell(fault), cell)
             for name, fault, cell in line.faults],
        )
        for line in queries.wrong_lines(found)
    ]  # fmt: skip
    return page(
        request,
        "studio/import.html",
        artisan=artisan,
        found=found,
        progress=queries.progress(found),
        wrong=wrong,
        is_done=queries.is_done(found),
        here="pieces",
    )


@require_safe
@of_a_workshop
def wrong_lines(request: HttpRequest, *, artisan: Artisan, number: int) -> HttpResponse:
    """The lines that were not taken in, as a file to mend and send again."""
    found = _found(artisan, number)
    return as_csv(_wrong_rows(found, language=_language()), name=f"maalem-{number}")


@require_safe
@of_a_workshop
def model(request: HttpRequest, *, artisan: Artisan) -> HttpResponse:
    """A sheet with our columns and nothing else."""
    return as_csv([columns.model_sheet(_language())], name="maalem")


def _take(request: HttpRequest, artisan: Artisan) -> Import:
    sent = request.FILES.get("file")
    if sent is None:
        raise Unusable(FileFault.EMPTY)
    if (sent.size or 0) > MOST_BYTES:
        raise Unusable(FileFault.TOO_HEAVY)
    by = f"person:{request.user.pk}"
    return take(artisan, content=sent.read(), name=sent.name or "", by=by)


def _wrong_rows(found: Import, *, language: str) -> Iterator[list[str]]:
    def said(name: str) -> str:
        return words.column_name(name, language=language)

    yield [*(said(name) if name else "" for name in found.columns), _("What is wrong")]
    for line in queries.wrong_lines(found, most=None):
        why = "; ".join(f"{said(name)}: {words.of_cell(fault)}" for name, fault, _c in line.faults)
        yield [*line.cells, why]


def as_csv(rows: Iterable[list[str]], *, name: str) -> HttpResponse:
    """A file for a spreadsheet, whole: what streams is written when the language is put away."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return HttpResponse(
        _BOM + out.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def _found(artisan: Artisan, number: int) -> Import:
    found = queries.one_of(artisan, number)
    if found is None:
        raise Http404
    return found


def _language() -> str:
    return (get_language() or "fr")[:2]
