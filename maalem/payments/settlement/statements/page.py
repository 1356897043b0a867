"""A statement as what stands on its page: every text written out, the template only places it."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from maalem.payments.settlement.statements.records import Account, Entry, Statement
from maalem.payments.settlement.statements.words import WORDS, Words

_FIXED, _ISOLATE, _END = "\u00a0", "\u2066", "\u2069"
# Digits in groups, with what leads them: +212 6…, MA64 0115 …, G-2026-000117.
_GROUPS = re.compile(r"(?:\+|\b[A-Z]{1,4}-?)?\d[\d]*(?:[ /.-]\d+)+")
# The ledger's own English in front of what was refunded; the line's kind says it in her language.
_REFUND = re.compile(r"^REFUND FOR CHARGE(?: \((.*)\))?$")
_CHARGEBACK = {"Chargeback withdrawal for ": "dispute", "Chargeback reversal for ": "dispute_won"}
_TO_THE_BANK = frozenset({"payout", "payout_cancel", "payout_failure"})


def page(statement: Statement, account: Account, *, language: str) -> dict[str, Any]:
    """The page's texts in `language` (fr, ar, en), for statement.typ."""
    words, said = WORDS[language], WORDS[language].said
    currency = statement.currency
    start, end = statement.period_start, statement.period_end
    return {
        "language": language,
        "direction": words.direction,
        "title": said["title"],
        "period": said["period"].format(start=words.day(start), end=words.day(end)),
        "facts": _facts(statement, words),
        "notes": [
            said["made"].format(day=words.day(statement.created_at.date())),
            said["in_currency"].format(currency=words.currencies.get(currency, currency.upper())),
        ],
        "figures": _figures(statement, account, words=words),
        "heads": {name: said[name] for name in ("date", "movement", "gross", "fee", "net")}
        | {name: said[name] for name in ("balance", "count", "by_kind", "lines", "total")},
        "kinds": _kinds(account, words, currency=currency),
        "rows": [_row(entry, words, currency=currency) for entry in account.entries],
        "opens": [said["opens"], words.amount(account.opening, currency)],
        "closes": [said["closes"], words.amount(account.closing, currency)],
        "nothing": said["nothing"],
        "proof": said["proof"],
        "page_of": said["page"],
        "account": statement.account_id,
        "made": list(statement.created_at.timetuple()[:3]),
    }


def told(text: str) -> str:
    """A merchant's own words, with nothing in them torn apart.

    Telephones, order numbers, RIBs and IBANs, which are digits in groups, run left to right in a
    sentence of any language and stay on one line.
    """
    text = " ".join(_REFUND.sub(r"\1", text).split()).replace("•••• ", f"••••{_FIXED}")
    return _GROUPS.sub(lambda found: f"{_ISOLATE}{found.group().replace(' ', _FIXED)}{_END}", text)


def of_kind(entry: Entry) -> tuple[str, str]:
    """What a line is, and what there is to say of it: not what the ledger calls it in English."""
    for words, kind in _CHARGEBACK.items():
        if entry.type == "adjustment" and entry.description.startswith(words):
            return kind, ""
    if entry.description == entry.type.replace("_", " ").upper():
        return entry.type, entry.bank
    return entry.type, entry.description


def first_strong(text: str) -> str:
    """The direction of a text by its first letter that has one, as browsers' `dir=auto`."""
    for letter in text:
        side = unicodedata.bidirectional(letter)
        if side in ("R", "AL"):
            return "rtl"
        if side == "L":
            return "ltr"
    return "ltr"


def _facts(statement: Statement, words: Words) -> list[dict[str, str]]:
    """The holder's own facts. Numbers and addresses run left to right in every language."""
    name = statement.holder.get("name") or statement.account_id
    facts = [{"label": words.said["holder"], "value": name, "direction": first_strong(name)}]
    for label, value in (
        ("account", statement.account_id),
        ("number", statement.id),
        ("phone", _telephone(statement.holder.get("phone"))),
        ("email", statement.holder.get("email")),
    ):
        if value:
            facts.append({"label": words.said[label], "value": value, "direction": "ltr"})
    return facts


def _telephone(number: str | None) -> str | None:
    """`+212 6 61 00 01 01`; other numbers stay as they were given."""
    if not number or not number.startswith("+212") or len(number) != 13:
        return number
    pairs = [number[place : place + 2] for place in range(5, 13, 2)]
    return "\u00a0".join([number[:4], number[4], *pairs])


def _figures(statement: Statement, account: Account, *, words: Words) -> list[list[str]]:
    """Before, what came, what went, what the bank got, after: they add up, and are seen to."""
    moved = [entry for entry in account.entries if entry.type not in _TO_THE_BANK]
    came = sum(entry.net for entry in moved if entry.net > 0)
    went = sum(entry.net for entry in moved if entry.net < 0)
    bank = sum(entry.net for entry in account.entries if entry.type in _TO_THE_BANK)
    said, eve = words.said, statement.period_start - timedelta(days=1)
    amounts = {
        said["opening"].format(day=words.short_day(eve)): account.opening,
        said["came"]: came,
        said["went"]: went,
        said["paid_out"]: bank,
        said["closing"].format(day=words.short_day(statement.period_end)): account.closing,
    }
    return [[label, words.amount(amount, statement.currency)] for label, amount in amounts.items()]


def _kinds(account: Account, words: Words, *, currency: str) -> list[list[str]]:
    """Each kind of movement with its number and sums, and all of them together."""
    by_kind: dict[str, list[Entry]] = {}
    for entry in account.entries:
        by_kind.setdefault(of_kind(entry)[0], []).append(entry)
    rows = [
        [words.type(kind), *_sums(entries, words, currency=currency)]
        for kind, entries in sorted(by_kind.items(), key=lambda item: words.type(item[0]))
    ]
    return [*rows, [words.said["total"], *_sums(account.entries, words, currency=currency)]]


def _sums(entries: Sequence[Entry], words: Words, *, currency: str) -> list[str]:
    sums = (
        sum(entry.gross for entry in entries),
        -sum(entry.fee for entry in entries),
        sum(entry.net for entry in entries),
    )
    return [str(len(entries)), *(words.amount(amount, currency) for amount in sums)]


def _row(entry: Entry, words: Words, *, currency: str) -> dict[str, Any]:
    amounts = (entry.gross, -entry.fee, entry.net, entry.balance)
    kind, description = of_kind(entry)
    text = told(description)
    return {
        "date": words.short_day(entry.at.date()),
        "kind": words.type(kind),
        "text": text,
        "direction": first_strong(text),
        "reference": entry.source,
        "amounts": [words.amount(amount, currency) for amount in amounts],
        "fee": bool(entry.fee),
    }
