"""A buyer's papers, by the unguessable link of her purchase."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from maalem.design.press import NotPrinted, print_pdf
from maalem.platform.market.invoices import queries
from maalem.platform.market.invoices.models import Invoice
from maalem.platform.market.invoices.page import FORM, page
from maalem.platform.market.orders import links


@never_cache
@require_safe
def paper(request: HttpRequest, *, number: str, mark: str, pk: int) -> HttpResponse:
    """One paper of the purchase as PDF, in the language of the address."""
    found = queries.of_purchase(number, pk) if links.is_marked(number, given=mark) else None
    if found is None:
        raise Http404
    try:
        return printed(found)
    except NotPrinted:
        messages.error(request, _("This paper could not be printed. Please try again in a moment."))
        return redirect(links.path(number))


def printed(invoice: Invoice) -> HttpResponse:
    """The PDF. Raises `NotPrinted`."""
    language = (get_language() or "fr")[:2]
    response = HttpResponse(
        print_pdf(page(invoice, language=language), form=FORM), content_type="application/pdf"
    )
    name = f"{invoice.content['order']}-{invoice.number}-{language}.pdf"
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "same-origin"
    return response
