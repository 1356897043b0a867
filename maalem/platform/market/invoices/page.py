"""The texts of a paper, written out in one language: invoice.typ only places them."""

from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from maalem.platform.market.invoices.models import Invoice
from maalem.platform.market.invoices.words import CAUSES, NUMBERS
from maalem.platform.market.orders.words import spoken
from maalem.platform.market.shipping.papers.page import amount, country, directed

FORM = "platform/market/invoices/invoice.typ"


def page(invoice: Invoice, *, language: str) -> dict[str, Any]:
    """What is printed in `language` (fr, ar, en), out of the frozen content alone."""
    content = invoice.content
    with override(language):
        return {
            "language": language,
            "direction": "rtl" if language == "ar" else "ltr",
            "title": _("Credit note") if invoice.is_credit else _("Invoice"),
            "period": date_format(invoice.on, "j F Y"),
            "number": invoice.number,
            "made": [invoice.on.year, invoice.on.month, invoice.on.day],
            "facts": _facts(invoice),
            "notes": [_("Amounts in dirhams (MAD)")],
            "page_of": _("Page {page} of {pages}"),
            "parties": [
                _seller(content["seller"], language=language),
                _buyer(content["buyer"], language=language),
            ],
            "heads": [_("What"), _("Pieces"), _("Price of one"), _("VAT"), _("Price")],
            "rows": [_line(line, content, language=language) for line in content["lines"]]
            if not invoice.is_credit
            else [],
            "came": [_came(line, language=language) for line in content["lines"]]
            if invoice.is_credit
            else [],
            "tax_heads": [_("VAT"), _("Without VAT"), _("VAT in it"), _("With VAT")],
            "taxes": [_tax(tax, language=language) for tax in content["taxes"]],
            "sums": _sums(invoice, language=language),
            "says": _says(invoice, language=language),
        }


def rate(tax: dict[str, Any], *, language: str) -> str:
    """`20 %`, or that it is exempt."""
    if tax["is_exempt"]:
        return _("exempt")
    whole, rest = divmod(tax["rate_bps"], 100)
    point = "." if language == "en" else ","
    shown = f"{whole}{point}{rest:02}".rstrip("0") if rest else str(whole)
    return f"{shown}%" if language == "en" else f"{shown}\u00a0%"


def _facts(invoice: Invoice) -> list[dict[str, str]]:
    content = invoice.content
    facts = [(_("Number"), invoice.number), (_("Date"), invoice.on.strftime("%d/%m/%Y"))]
    if invoice.is_credit:
        of = content["of"]
        day = date.fromisoformat(of["on"]).strftime("%d/%m/%Y")
        facts.append((_("Takes back of invoice"), f"{of['number']} ({day})"))
    facts.append((_("Order"), content["order"]))
    return [{"label": label, "value": value, "direction": "ltr"} for label, value in facts]


def _seller(seller: dict[str, Any], *, language: str) -> dict[str, Any]:
    name, legal = spoken(seller["name"], language=language), seller["legal_name"]
    lines = [legal] if legal and legal != name else []
    lines += [seller["address"], spoken(seller["place"], language=language)]
    return {
        "head": _("Seller"),
        "name": directed(name),
        "lines": [directed(line) for line in lines if line],
        "country": country("MA", language=language),
        "numbers": [[str(NUMBERS[kind]), number] for kind, number in seller["numbers"].items()],
    }


def _buyer(buyer: dict[str, Any], *, language: str) -> dict[str, Any]:
    lines = buyer["lines"][language]
    # Abroad the last line is the country, which stands on its own.
    lines = lines if buyer["country"] == "MA" else lines[:-1]
    return {
        "head": _("Buyer"),
        "name": directed(buyer["name"]),
        "lines": [directed(line) for line in lines],
        "country": country(buyer["country"], language=language),
        "numbers": [],
    }


def _line(line: dict[str, Any], content: dict[str, Any], *, language: str) -> dict[str, str]:
    tax = next(tax for tax in content["taxes"] if tax["rule"] == line["rule"])
    return {
        "said": _named(line, language=language),
        "quantity": str(line["quantity"]),
        "unit": amount(line["unit_minor"], language=language),
        "rate": rate(tax, language=language),
        "value": amount(line["total_minor"], language=language),
    }


def _came(line: dict[str, Any], *, language: str) -> str:
    return f"{line['quantity']} × {_named(line, language=language)}"


def _named(line: dict[str, Any], *, language: str) -> str:
    title = spoken(line["title"], language=language)
    label = spoken(line["label"] or {}, language=language)
    return f"{title} ({label})" if label else title


def _tax(tax: dict[str, Any], *, language: str) -> list[str]:
    total, vat = tax["total_minor"], tax["vat_minor"]
    figures = [amount(one, language=language) for one in (total - vat, vat, total)]
    return [rate(tax, language=language), *figures]


def _sums(invoice: Invoice, *, language: str) -> list[list[str]]:
    content, total, vat = invoice.content, invoice.total_minor, invoice.vat_minor
    sums = []
    if not invoice.is_credit:
        carriage = content["carriage_minor"]
        sums += [(_("Goods"), total - carriage), (_("Carriage"), carriage)]
    sums += [
        (_("Total without VAT"), total - vat),
        (_("VAT"), vat),
        (_("Taken back, with VAT") if invoice.is_credit else _("Total with VAT"), total),
    ]
    return [[label, amount(minor, language=language)] for label, minor in sums]


def _says(invoice: Invoice, *, language: str) -> list[str]:
    content = invoice.content
    exempt = [tax["says"][language] for tax in content["taxes"] if tax["is_exempt"]]
    said = [f"{words}." for words in exempt]
    if invoice.is_credit:
        return [str(CAUSES[invoice.cause]), *said]
    for paid in content["payments"]:
        day = date.fromisoformat(paid["on"])
        said.append(
            _("Paid on {day} through Maalem: {amount} MAD, reference {reference}.").format(
                day=date_format(day, "j F Y"),
                amount=amount(paid["amount_minor"], language=language),
                reference=paid["reference"],
            )
        )
    return [*said, _("Issued by Maalem for the seller, in whose name and series of numbers it is.")]
