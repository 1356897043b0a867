"""The officer's morning: clients' money, what waits, what the bank told. Nothing is done here."""

import re
from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from maalem.platform.ground.gateway import bank_desk
from maalem.platform.market.till import bank
from maalem.platform.market.till.access import Till

from .frame import found, of_a_till, page

HERE = "bank"
FILE, PROOF = re.compile(r"bfl_[A-Za-z0-9]{4,64}"), re.compile(r"sgp_[A-Za-z0-9]{4,64}")
LINE = re.compile(r"bln_[A-Za-z0-9]{4,64}")
View = Callable[..., HttpResponse]


def for_the_bank(view: View) -> View:
    """Only for officers who may see the institution's own account."""

    @require_safe
    @of_a_till
    @wraps(view)
    def wrapped(request: HttpRequest, *, till: Till, **kwargs: str) -> HttpResponse:
        if not till.may_watch_bank:
            raise Http404
        return view(request, till=till, **kwargs)

    return wrapped


@for_the_bank
def morning(request: HttpRequest, *, till: Till) -> HttpResponse:
    """Whether clients' money is there, what waits, and what arrived."""
    seen = found(bank.morning)
    return page(request, "till/morning.html", till=till, here=HERE, seen=seen)


@for_the_bank
def files(request: HttpRequest, *, till: Till) -> HttpResponse:
    """Everything that arrived from the bank, newest first."""
    after = _after(request, FILE)
    shown, next_after = found(lambda: bank.files(after=after))
    context = {"till": till, "here": HERE, "files": shown, "next_after": next_after}
    return page(request, "till/bank_files.html", **context, after=after)


@for_the_bank
def file(request: HttpRequest, *, till: Till, file: str) -> HttpResponse:
    """One file: its days, the lines that nobody has explained, and the others."""
    if not FILE.fullmatch(file):
        raise Http404
    after = _after(request, LINE)
    told = found(lambda: bank.told(file, after=after))
    return page(request, "till/bank_file.html", till=till, here=HERE, told=told, after=after)


@for_the_bank
def proof(request: HttpRequest, *, till: Till, proof: str) -> HttpResponse:
    """One day's proof with every term of both sides."""
    if not PROOF.fullmatch(proof):
        raise Http404
    seen = found(lambda: bank_desk.proof(proof))
    return page(request, "till/proof.html", till=till, here=HERE, proof=seen)


@for_the_bank
def paper(request: HttpRequest, *, till: Till, proof: str, kind: str) -> HttpResponse:
    """Its PDF in the page's language, or its sheet, fetched from the institution."""
    if not PROOF.fullmatch(proof) or kind not in ("pdf", "csv"):
        raise Http404
    seen = found(lambda: bank_desk.proof(proof))
    language = request.LANGUAGE_CODE  # type: ignore[attr-defined]
    link = seen.links.get("csv" if kind == "csv" else f"pdf-{language}") or ""
    if not link:
        raise Http404
    return redirect(link)


def _after(request: HttpRequest, kind: re.Pattern[str]) -> str:
    after = request.GET.get("after", "")
    return after if kind.fullmatch(after) else ""
