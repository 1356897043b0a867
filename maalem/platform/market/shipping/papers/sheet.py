"""A parcel's declaration as data: JSON for a program, CSV for a spreadsheet. Columns stay."""

import csv
import io
import json

from maalem.kit.sheets import harmless
from maalem.platform.market.shipping.papers.records import Content, Parcel, Party

# New columns go to the end: whoever reads these by position goes on reading.
COLUMNS = (
    *("parcel", "line", "description_fr", "description_en", "hs_code", "origin", "quantity"),
    *("net_weight_g", "value", "currency", "destination", "tracking"),
)


def as_json(parcel: Parcel) -> bytes:
    """The declaration with whole minor units and grams; what is not known is null."""
    told = {
        "parcel": parcel.number,
        "date": parcel.on.isoformat(),
        "form": parcel.form.value,
        "tracking": str(parcel.tracking) if parcel.tracking else None,
        "sender": _party(parcel.sender),
        "addressee": _party(parcel.addressee),
        "category": "sale_of_goods",
        "currency": parcel.currency,
        "value_minor": parcel.value_minor,
        "postage_minor": parcel.shipping_minor,
        "gross_weight_g": parcel.gross_g,
        "net_weight_g": parcel.net_g,
        "contents": [_content(content) for content in parcel.contents],
    }
    return (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode()


def as_csv(parcel: Parcel) -> bytes:
    """One row for each kind of piece (RFC 4180, UTF-8 with its mark, CRLF)."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for place, content in enumerate(parcel.contents, start=1):
        whole, cents = divmod(content.value_minor, 100)
        writer.writerow(
            [
                parcel.number,
                place,
                harmless(content.said.get("fr", "")),
                harmless(content.said.get("en", "")),
                content.code,
                content.origin,
                content.quantity,
                "" if content.net_g is None else content.net_g,
                f"{whole}.{cents:02d}",
                parcel.currency,
                parcel.addressee.country,
                str(parcel.tracking or ""),
            ]
        )
    return ("\ufeff" + out.getvalue()).encode()


def _content(content: Content) -> dict[str, object]:
    return {
        "description": dict(content.said),
        "hs_code": content.code or None,
        "origin": content.origin,
        "quantity": content.quantity,
        "net_weight_g": content.net_g,
        "value_minor": content.value_minor,
    }


def _party(party: Party) -> dict[str, object]:
    return {
        "name": party.name,
        "address": list(party.lines),
        "country": party.country,
        "phone": party.phone or None,
        "email": party.email or None,
    }
