"""What somebody typed above the list, as questions to the institution and to our own orders.

People know an order's number, a receipt's, an amount, the last four digits of a card, a name or an
address. Nothing that was typed becomes a part of a query unquoted.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from django.db.models import Q
from django.utils import timezone

from maalem.platform.market.orders.models import Order, OrderGroup

from .access import Till
from .states import CHOICES

GROUPS_MAX = 6
_ID = re.compile(r"(ch|py)_[A-Za-z0-9]{4,64}")
_RECEIPT = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}")
_AMOUNT = re.compile(r"([0-9]{1,9})(?:[.,]([0-9]{1,2}))?")
_LAST4 = re.compile(r"[0-9]{4}")
_UNITS = re.compile(r"\s|mad\b|dhs?\b|درهم|د\.م\.?", re.IGNORECASE)
# Digits as they are typed in the East, and the spaces that amounts are copied with.
_WESTERN = str.maketrans("٠١٢٣٤٥٦٧٨٩٫", "0123456789,")
_NAME_MIN = 3
_TEXT_MAX = 120
_CURSOR = re.compile(r"[A-Za-z0-9_\-]{1,120}")


@dataclass(frozen=True)
class Asked:
    """The form above the list: words, a state out of `CHOICES`, two days, and where to go on."""

    text: str = ""
    state: str = ""
    since: date | None = None
    until: date | None = None
    after: str = ""

    @property
    def is_narrowed(self) -> bool:
        return bool(self.text or self.state or self.since or self.until)

    @property
    def from_second(self) -> int:
        """The first second that is asked for, 0 where there is none."""
        return _second(self.since) if self.since else 0

    @property
    def to_second(self) -> int:
        """The first second that is not asked for any more, 0 where there is none."""
        return _second(self.until + timedelta(days=1)) if self.until else 0

    @property
    def as_address(self) -> str:
        """The same question as an address, without the place in the list."""
        days = {"from": self.since, "to": self.until}
        asked = {"q": self.text, "state": self.state}
        asked |= {name: day.isoformat() for name, day in days.items() if day}
        return urlencode({name: value for name, value in asked.items() if value})


def asked(given: Mapping[str, str]) -> Asked:
    """What an address asks; what can't be read is left out."""
    state, after = given.get("state", ""), given.get("after", "")
    return Asked(
        text=" ".join(given.get("q", "").split())[:_TEXT_MAX],
        state=state if state in CHOICES else "",
        since=_day(given.get("from", "")),
        until=_day(given.get("to", "")),
        after=after if _CURSOR.fullmatch(after) else "",
    )


def charge_of(text: str) -> str:
    """The payment's own id, where that was typed."""
    return text if _ID.fullmatch(text) else ""


def amount_of(text: str) -> int | None:
    """`1 250,00 MAD`, `1250` or `١٢٥٠` as centimes; None for what is no amount."""
    bare = _UNITS.sub("", text.translate(_WESTERN))
    hit = _AMOUNT.fullmatch(bare)
    return int(hit[1]) * 100 + int((hit[2] or "0").ljust(2, "0")) if hit else None


def alternatives(text: str, *, till: Till) -> list[str]:
    """Clauses of Stripe's query language, of which one must hold; orders are not among them."""
    clauses = []
    amount = amount_of(text)
    plain = text.translate(_WESTERN)
    if amount is not None:
        clauses.append(f"amount:{amount}")
    if _LAST4.fullmatch(plain):
        clauses.append(f'payment_method_details.card.last4:"{plain}"')
    if _RECEIPT.fullmatch(plain.upper()):
        clauses.append(f'receipt_number:"{plain.upper()}"')
    if till.is_officer and "@" in text:
        clauses.append(f"billing_details.email:{_quoted(text)}")
    elif till.is_officer and amount is None and len(text) >= _NAME_MIN:
        clauses.append(f"billing_details.name~{_quoted(text)}")
    return clauses


def groups(text: str, *, till: Till) -> list[str]:
    """The numbers of our own purchases that the words may mean, the newest first, and of those
    parcels in them whose balance is a payment of its own."""
    number, amount = text.upper(), amount_of(text)
    if till.artisan is None:
        wanted = Q(number=number) | Q(orders__number=number)
        wanted |= Q(email__iexact=text) if "@" in text else Q()
        if amount is None and len(text) >= _NAME_MIN:
            wanted |= Q(name__icontains=text)
        rows = OrderGroup.objects.filter(wanted).order_by("-pk").distinct()
        numbers = list(rows.values_list("number", flat=True)[:GROUPS_MAX])
        balances = Order.objects.filter(group__number__in=numbers, balance_minor__gt=0)
        return [*numbers, *balances.values_list("number", flat=True)]
    wanted = Q(number=number) | Q(group__number=number)
    if amount is not None:
        wanted |= Q(seller_net_minor=amount)
    elif len(text) >= _NAME_MIN and " " not in text:
        # A seller is told a buyer's first name only: no other part of it may be felt for.
        wanted |= Q(group__name__iexact=text) | Q(group__name__istartswith=f"{text} ")
    rows = Order.objects.filter(wanted, artisan_id=till.artisan.pk).order_by("-pk")
    found = rows.values_list("group__number", "number", "balance_minor")[:GROUPS_MAX]
    return [one for group, order, later in found for one in ((group, order) if later else (group,))]


def everything(ask: Asked) -> str:
    """The filters as one query: all of them hold. The words are asked apart."""
    clauses = [f"created>={ask.from_second}"]
    if ask.to_second:
        clauses.append(f"created<{ask.to_second}")
    if ask.state == "failed":
        clauses.append('status:"failed"')
    elif ask.state == "disputed":
        clauses.append('disputed:"true"')
    elif ask.state in ("paid", "back"):
        clauses.append('status:"succeeded"')
    return " AND ".join(clauses)


def _quoted(text: str) -> str:
    return '"' + re.sub(r'(["\\])', r"\\\1", text) + '"'


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _second(day: date) -> int:
    """When the day begins here; days that no clock reaches are taken for the epoch."""
    try:
        return max(0, int(timezone.make_aware(datetime.combine(day, time())).timestamp()))
    except (OverflowError, ValueError):
        return 0
