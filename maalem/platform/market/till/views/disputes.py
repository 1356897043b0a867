"""What payers' banks want back: the list, one case, and the answer to it."""

import re

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from maalem.platform.ground.gateway import errors
from maalem.platform.market.till import case_words as words
from maalem.platform.market.till import disputes as found_disputes
from maalem.platform.market.till import evidence, export
from maalem.platform.market.till.access import Till
from maalem.platform.market.till.actions import cases
from maalem.platform.market.till.disputes import Open
from maalem.platform.market.till.forms import EvidenceForm

from .frame import found, language_of, of_a_till, page, press, spreadsheet

DISPUTE = re.compile(r"(dp|du)_[A-Za-z0-9]{4,64}")
HERE = "disputes"


@of_a_till
def disputes(request: HttpRequest, *, till: Till) -> HttpResponse:
    """All disputes: those that wait for an answer first."""
    after = request.GET.get("after", "")
    listing = found_disputes.listing(till, after=after if DISPUTE.fullmatch(after) else "")
    return page(request, "till/disputes.html", till=till, here=HERE, listing=listing)


@require_safe
@of_a_till
def export_disputes(request: HttpRequest, *, till: Till) -> StreamingHttpResponse:
    """All disputes as a file."""
    if not till.is_open:
        raise Http404
    rows = export.disputes(found_disputes.every(till), language=language_of(request))
    return spreadsheet(request, till, rows, name="-disputes")


@of_a_till
def dispute(request: HttpRequest, *, till: Till, dispute: str) -> HttpResponse:
    """One case; what is typed here is laid by, and nothing is sent yet."""
    case = _case(till, dispute)
    may = till.may_answer and case.case.dispute.may_be_answered
    if request.method == "POST" and not may:
        raise Http404
    form = _form(request, case) if may else None
    context = {"till": till, "here": HERE, "open": case, "form": form, "token": press(request)}
    if request.method != "POST" or form is None or not form.is_valid():
        return page(request, "till/dispute.html", **context)
    try:
        cases.lay_by(
            till,
            dispute,
            texts=form.said(),
            files=form.uploaded(),
            dropped=form.dropped(),
            token=context["token"],
        )
    except (errors.Unknown, errors.Unavailable):
        messages.warning(request, words.SILENT)
        return page(request, "till/dispute.html", status=503, **context)
    except errors.GatewayError as said:
        messages.error(request, words.REFUSALS.get(said.code, words.REFUSED))
        return page(request, "till/dispute.html", **context)
    if request.POST.get("go_on"):
        return redirect("till:hand_in", whose=till.slug, dispute=dispute)
    messages.success(request, _("Kept. Nothing has been sent to the bank yet."))
    return redirect("till:dispute", whose=till.slug, dispute=dispute)


@of_a_till
def hand_in(request: HttpRequest, *, till: Till, dispute: str) -> HttpResponse:
    """Everything once more, then to the bank."""
    return _for_good(request, till, dispute, template="till/hand_in.html")


@of_a_till
def give_in(request: HttpRequest, *, till: Till, dispute: str) -> HttpResponse:
    """Are you sure that the buyer shall have it?"""
    return _for_good(request, till, dispute, template="till/give_in.html")


def _for_good(request: HttpRequest, till: Till, dispute: str, *, template: str) -> HttpResponse:
    case = _case(till, dispute)
    if not till.may_answer:
        raise Http404
    handing = template == "till/hand_in.html"
    back = redirect("till:dispute", whose=till.slug, dispute=dispute)
    if not case.case.dispute.may_be_answered or (handing and not case.said):
        return back
    token = press(request)
    if request.method != "POST":
        return page(request, template, till=till, here=HERE, open=case, token=token)
    verb = cases.hand_in if handing else cases.give_in
    try:
        verb(till, dispute, token=token, by=request.user)
    except (errors.Unknown, errors.Unavailable):
        messages.warning(request, _("No answer yet. Look again in a moment, then try once more."))
    except errors.GatewayError as said:
        messages.error(request, words.REFUSALS.get(said.code, words.REFUSED))
    else:
        sent = _("Sent. The buyer's bank has your answer.")
        messages.success(request, sent if handing else _("Done. The buyer keeps the money."))
    return back


def _case(till: Till, dispute: str) -> Open:
    if not till.is_open or not DISPUTE.fullmatch(dispute):
        raise Http404
    return found(lambda: found_disputes.opened(till, dispute))


def _form(request: HttpRequest, case: Open) -> EvidenceForm:
    texts, files = evidence.wanted(case.case.dispute)
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    known = {name: text for name, text in case.draft.items() if name in texts}
    return EvidenceForm(*given, texts=texts, files=files, documents=case.documents, initial=known)
