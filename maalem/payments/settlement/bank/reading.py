"""What every file of the bank is read with: amounts, days, signs. Refusals are a closed list."""

import re
from datetime import UTC, date, datetime

from maalem.payments.rails.bank.xml import Node, NotReadable, read

_AMOUNT = re.compile(r"\d{1,15}(?:\.\d{1,5})?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MESSAGE = re.compile(r"urn:iso:std:iso:20022:tech:xsd:((pain|camt)\.\d{3}\.\d{3}\.\d{2})")
REFUSALS = {
    "too_large": "the file is larger than a bank's file is",
    "not_xml": "the file is not XML",
    "forbidden_construct": "the file uses a part of XML that is not accepted",
    "not_a_bank_file": "the file is none of the messages that are read here",
    "element_missing": "an element that must be there is missing",
    "bad_value": "a value can't be what it says it is",
    "bad_amount": "an amount is not a whole number of minor units",
    "bad_day": "a day is no day of the calendar",
    "currency_differs": "an amount is in another currency than the account",
    "not_our_account": "the file is about an account that is not ours",
    "balances_do_not_add_up": "opening balance and entries don't make the closing balance",
    "details_do_not_add_up": "the details of an entry don't make its amount",
    "entry_without_reference": "an entry has no reference of the bank, so it can't be told apart",
    "reference_used_twice": "two entries of the file have the same reference of the bank",
    "entry_contradicts": "an entry that was told before is told differently now",
    "message_contradicts": "a message of the same number was read before with another content",
}


class FileRefused(Exception):
    """Nothing of the file is taken over; `word` is one of `REFUSALS`."""

    def __init__(self, word: str, detail: str = "") -> None:
        assert word in REFUSALS, word
        super().__init__(f"{word}: {detail}" if detail else word)
        self.word = word
        self.detail = detail


def message(content: bytes) -> tuple[str, Node]:
    """The message's name, such as `camt.053.001.08`, and the element below `Document`."""
    try:
        root = read(content)
    except NotReadable as problem:
        raise FileRefused(problem.word, problem.detail) from None
    found = _MESSAGE.fullmatch(root.space)
    if root.name != "Document" or found is None or len(root.children) != 1:
        raise FileRefused("not_a_bank_file", f"{root.space[:80]} {root.name[:40]}")
    return found.group(1), root.children[0]


def need(node: Node, path: str, *, longest: int = 140) -> str:
    """The text at `path`; refused where there is none, or one longer than can be kept."""
    text = node.get(path)
    if text is None:
        raise FileRefused("element_missing", f"{node.name}/{path}")
    if len(text) > longest:
        raise FileRefused("bad_value", f"{node.name}/{path} has {len(text)} letters")
    return text


def want(node: Node, path: str, *, longest: int = 140) -> str | None:
    """The text at `path`, cut to `longest`, or None."""
    text = node.get(path)
    return text[:longest] if text is not None else None


def need_node(node: Node, path: str) -> Node:
    """The element at `path`."""
    found = node.find(path)
    if found is None:
        raise FileRefused("element_missing", f"{node.name}/{path}")
    return found


def amount(node: Node, *, currency: str) -> int:
    """The minor units of an element such as `<Amt Ccy="MAD">12.34</Amt>`, not negative."""
    told = node.attributes.get("Ccy", "").lower()
    if told != currency:
        raise FileRefused("currency_differs", f"{told or 'none'} for {currency}")
    return minor(node.text)


def minor(text: str) -> int:
    """Decimal text as whole minor units (two places); more places must be zeros."""
    plain = text.strip()
    if not plain.isascii() or not _AMOUNT.fullmatch(plain):
        raise FileRefused("bad_amount", plain[:40])
    whole, _, part = plain.partition(".")
    if part[2:].strip("0"):
        raise FileRefused("bad_amount", plain[:40])
    return int(whole) * 100 + int(part[:2].ljust(2, "0"))


def sign(node: Node) -> int:
    """1 for what comes in, -1 for what goes out."""
    told = need(node, "CdtDbtInd")
    if told not in ("CRDT", "DBIT"):
        raise FileRefused("bad_value", f"CdtDbtInd {told[:20]}")
    return 1 if told == "CRDT" else -1


def day(node: Node, path: str) -> date:
    """The day at `path`, which is a choice of a day (`Dt`) and a time (`DtTm`)."""
    found = need_node(node, path)
    text = (found.get("Dt") or found.get("DtTm") or "")[:10]
    if not text.isascii() or not _DAY.fullmatch(text):
        raise FileRefused("bad_day", text)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise FileRefused("bad_day", text) from None


def moment(text: str | None) -> datetime | None:
    """A time of the file in UTC; without a zone it is taken for UTC. None if it is none."""
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
