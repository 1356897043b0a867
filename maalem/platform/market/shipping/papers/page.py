"""The texts that stand on each paper, written out: the templates only place them.

The post's forms are in French and English, the languages of the Universal Postal Union; the
invoice is in the person's language or in the country's of arrival.
"""

import unicodedata
from datetime import date
from typing import Any

from babel import Locale
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from maalem.platform.market.shipping import code128, hs
from maalem.platform.market.shipping.papers.records import HOME, Content, Parcel, Party

POSTAL = ("fr", "en")
_NARROW = "\u202f"


def form(parcel: Parcel) -> dict[str, Any]:
    """CN22 or CN23, whichever goes with the parcel."""
    return {
        "language": "fr",
        "form": parcel.form.value.upper(),
        "number": parcel.number,
        "sender": _party(parcel.sender),
        "addressee": _party(parcel.addressee),
        "rows": [_row(content) for content in parcel.contents],
        "value": amount(parcel.value_minor, language="fr"),
        "shipping": amount(parcel.shipping_minor, language="fr"),
        "currency": parcel.currency,
        "net": kilos(parcel.net_g),
        "gross": kilos(parcel.gross_g),
        "day": parcel.on.strftime("%d/%m/%Y"),
        "made": _made(parcel.on),
        **_barred(parcel),
    }


def label(parcel: Parcel) -> dict[str, Any]:
    """Who sends to whom, with the number's bars."""
    return {
        "language": "fr",
        "number": parcel.number,
        "sender": _party(parcel.sender),
        "addressee": _party(parcel.addressee),
        "gross": kilos(parcel.gross_g),
        "made": _made(parcel.on),
        **_barred(parcel),
    }


def invoice(parcel: Parcel, *, language: str) -> dict[str, Any]:
    """The invoice for customs in `language` (fr, ar, en)."""
    with override(language):
        day = date_format(parcel.on, "j F Y")
        total = parcel.value_minor + parcel.shipping_minor
        return {
            "language": language,
            "direction": "rtl" if language == "ar" else "ltr",
            "title": _("Invoice for customs"),
            "period": day,
            "facts": _facts(parcel, language=language),
            "notes": [_("Amounts in dirhams (MAD)")],
            "page_of": _("Page {page} of {pages}"),
            "made": _made(parcel.on),
            "number": parcel.number,
            "parties": [
                _told(_("Sender"), parcel.sender, language=language),
                _told(_("Addressee"), parcel.addressee, language=language),
            ],
            "heads": [_("Contents"), _("Customs code"), _("Origin"), _("Pieces"), _("Value")],
            "rows": [_line(content, language=language) for content in parcel.contents],
            "sums": [
                [_("Goods"), amount(parcel.value_minor, language=language)],
                [_("Carriage"), amount(parcel.shipping_minor, language=language)],
                [_("Total"), amount(total, language=language)],
            ],
            "says": [
                *_made_here(parcel),
                _("Duties and taxes of the country of arrival are not in these amounts."),
                _("This paper is for customs. It does not stand for the tax invoice."),
            ],
            "signed": _("Date and signature of the sender"),
        }


def amount(minor: int, *, language: str) -> str:
    """`3 200,00`, or `3,200.00` in English."""
    whole, cents = divmod(minor, 100)
    grouped, point = (f"{whole:,}", ".") if language == "en" else (f"{whole:_}", ",")
    return f"{grouped.replace('_', _NARROW)}{point}{cents:02d}"


def kilos(grams: int | None) -> str:
    """`4,250` kilograms, as the forms want them; empty where nobody weighed."""
    if grams is None:
        return ""
    whole, rest = divmod(grams, 1_000)
    return f"{whole},{rest:03d}"


def country(code: str, *, language: str) -> str:
    """A country's name, or its code where the language has none."""
    return Locale.parse(language).territories.get(code, code)


def description(content: Content) -> str:
    """What a thing is, in French and in English where it has both words."""
    both = dict.fromkeys(content.said[code] for code in POSTAL if content.said.get(code))
    return " / ".join(both) or next(iter(content.said.values()), "")


def _row(content: Content) -> dict[str, str]:
    return {
        "said": description(content),
        "quantity": str(content.quantity),
        "net": kilos(content.net_g),
        "value": amount(content.value_minor, language="fr"),
        "code": hs.shown(content.code) if content.code else "",
        "origin": content.origin,
    }


def _line(content: Content, *, language: str) -> dict[str, str]:
    words = content.said.get(language) or description(content)
    return _row(content) | {
        "said": words,
        "origin": country(content.origin, language=language),
        "value": amount(content.value_minor, language=language),
    }


def _party(party: Party) -> dict[str, Any]:
    named = dict.fromkeys(country(party.country, language=code).upper() for code in POSTAL)
    return {
        "name": party.name,
        "lines": list(party.lines),
        "country": " / ".join(named),
        "phone": party.phone,
        "email": party.email,
    }


def _told(head: str, party: Party, *, language: str) -> dict[str, Any]:
    return {
        **_party(party),
        "head": head,
        "name": directed(party.name),
        "lines": [directed(line) for line in party.lines],
        "country": country(party.country, language=language),
    }


def _made_here(parcel: Parcel) -> list[str]:
    """The sender's word on the origin, where all of it is from here."""
    here = all(content.origin == HOME for content in parcel.contents)
    return [_("The goods named here were made in Morocco.")] if here else []


def directed(text: str) -> dict[str, str]:
    """A text and the way it runs, by its first letter that has one: "12 rue" runs to the right."""
    sides = (unicodedata.bidirectional(letter) for letter in text)
    first = next((side for side in sides if side in ("L", "R", "AL")), "L")
    return {"said": text, "direction": "ltr" if first == "L" else "rtl"}


def _facts(parcel: Parcel, *, language: str) -> list[dict[str, str]]:
    facts = [(_("Number"), parcel.number), (_("Made on"), parcel.on.strftime("%d/%m/%Y"))]
    if parcel.tracking:
        facts.append((_("Tracking number"), parcel.tracking.spoken))
    if parcel.gross_g:
        unit = "كغ" if language == "ar" else "kg"
        facts.append((_("Weight as packed"), f"{kilos(parcel.gross_g)} {unit}"))
    return [{"label": label, "value": value, "direction": "ltr"} for label, value in facts]


def _barred(parcel: Parcel) -> dict[str, Any]:
    number = parcel.tracking
    return {
        "tracking": number.spoken if number else "",
        "bars": [list(bar) for bar in code128.bars(str(number))] if number else [],
        "modules": code128.width(str(number)) if number else 0,
    }


def _made(day: date) -> list[int]:
    return [day.year, day.month, day.day]
