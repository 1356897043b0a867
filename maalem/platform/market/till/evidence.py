"""What helps in a dispute, by what the payer told her bank: fields, and what we know already."""

from collections.abc import Mapping

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from maalem.platform.ground.gateway.records import Dispute
from maalem.platform.market.orders.models import Order, OrderGroup
from maalem.platform.market.orders.words import spoken

from .access import Till
from .words import Word

FILE_MAX = 5 * 2**20
LONG = frozenset(
    {
        "product_description",
        "refund_refusal_explanation",
        "duplicate_charge_explanation",
        "cancellation_rebuttal",
        "shipping_address",
        "uncategorized_text",
    }
)
TEXTS: dict[str, Word] = {
    "product_description": _("What was bought"),
    "customer_name": _("The buyer's name"),
    "customer_email_address": _("The buyer's e-mail"),
    "shipping_address": _("Where it was sent"),
    "shipping_carrier": _("Who carried it"),
    "shipping_tracking_number": _("The parcel's number"),
    "shipping_date": _("The day it left"),
    "refund_refusal_explanation": _("Why nothing was given back"),
    "duplicate_charge_explanation": _("Why these are two purchases and not one paid twice"),
    "cancellation_rebuttal": _("Why the order stood"),
    "uncategorized_text": _("Anything else the bank should know"),
}
FILES: dict[str, Word] = {
    "shipping_documentation": _("The carrier's slip"),
    "customer_signature": _("The buyer's signature for the parcel"),
    "customer_communication": _("Messages between you and the buyer"),
    "receipt": _("The receipt or the bill"),
    "refund_policy": _("Your rules about giving back"),
    "duplicate_charge_documentation": _("The papers of both purchases"),
    "uncategorized_file": _("Another photo or paper"),
}
_PARCEL = (
    *("product_description", "customer_name", "shipping_address", "shipping_carrier"),
    *("shipping_tracking_number", "shipping_date"),
)
_SENT = ("shipping_documentation", "customer_signature", "customer_communication")
_STRANGE = (
    (*_PARCEL, "customer_email_address"),
    ("shipping_documentation", "customer_communication", "receipt"),
)
_USUAL = (_PARCEL, ("customer_communication", "receipt"))
_BY_REASON: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "product_not_received": (_PARCEL, _SENT),
    "fraudulent": _STRANGE,
    "unrecognized": _STRANGE,
    "product_unacceptable": (
        ("product_description", "customer_name", "refund_refusal_explanation"),
        ("customer_communication", "receipt"),
    ),
    "duplicate": (
        ("product_description", "duplicate_charge_explanation"),
        ("duplicate_charge_documentation", "receipt"),
    ),
    "credit_not_processed": (
        ("product_description", "refund_refusal_explanation"),
        ("refund_policy", "customer_communication"),
    ),
    "subscription_canceled": (
        ("product_description", "cancellation_rebuttal"),
        ("customer_communication", "refund_policy"),
    ),
}


def wanted(dispute: Dispute) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The texts and the documents to ask for: what helps, and what is there already."""
    texts, files = _BY_REASON.get(dispute.reason, _USUAL)
    there = dispute.evidence
    texts = (*texts, "uncategorized_text")
    files = (*files, "uncategorized_file")
    more = tuple(name for name in TEXTS if name in there and name not in texts)
    papers = tuple(name for name in FILES if name in there and name not in files)
    return (*texts, *more), (*files, *papers)


def known(till: Till, group: OrderGroup | None) -> dict[str, str]:
    """What our own orders can say, so that nobody has to type it."""
    if group is None:
        return {}
    parcels = group.orders.prefetch_related("lines").order_by("position")
    if till.artisan is not None:
        parcels = parcels.filter(artisan_id=till.artisan.pk)
    orders = list(parcels)
    language = get_language() or "fr"
    lines = [
        f"{line.quantity} × {spoken(line.title, language=language)}"
        for order in orders
        for line in order.lines.all()
    ]
    days = [one.dispatched_at for one in orders if one.dispatched_at]
    said = {
        "product_description": "\n".join([group.number, *lines]),
        "customer_name": group.name,
        "customer_email_address": group.email,
        "shipping_address": _address(group, language=language),
        "shipping_carrier": _joined(orders, "carrier"),
        "shipping_tracking_number": _joined(orders, "tracking"),
        "shipping_date": timezone.localtime(min(days)).date().isoformat() if days else "",
    }
    return {name: text for name, text in said.items() if text}


def _address(group: OrderGroup, *, language: str) -> str:
    at = group.address
    if "commune_name" in at:
        commune = spoken(at["commune_name"], language=language)
        region = spoken(at.get("region_name", {}), language=language)
        relay = spoken(at["relay"]["name"], language=language) if "relay" in at else ""
        parts = [relay, at.get("quarter", ""), at.get("landmark", ""), commune, region]
    else:
        city = " ".join(filter(None, [at.get("postcode", ""), at.get("city", "")]))
        parts = [*at.get("lines", []), city]
    return "\n".join([group.name, *filter(None, parts), group.country])


def _joined(orders: list[Order], name: str) -> str:
    return ", ".join(dict.fromkeys(filter(None, (getattr(one, name) for one in orders))))
