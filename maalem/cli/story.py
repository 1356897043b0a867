"""`maalem story WORD`: everything that happened to a payment, in the order in which it did."""

import asyncio
import re
import sys
import textwrap
from typing import TYPE_CHECKING, Any

from maalem.cli.installation import Installation
from maalem.cli.plain import printable
from maalem.cli.verify import books_of

if TYPE_CHECKING:
    from maalem.payments.story import Entry, Story

_NAMES = {
    "payment_intents": "payment",
    "payment_attempts": "attempt",
    "balance_transactions": "balance",
    "checkout_sessions": "session",
    "idempotency_key": "key",
    "transfer_reversals": "reversal",
    "destination_payments": "payment",
    "payout_batch_lines": "bank order",
    "payout_batches": "bank file",
    "bank_lines": "bank line",
    "network_day": "network",
    "dispute_notices": "notice",
    "desk_deeds": "by hand",
    "findings": "finding",
}
_MONEY = {
    *("captured by now", "refunded by now", "reversed by now", "disputed by now"),
    *("fee", "net", "gross", "scheme fee"),
}
# Where money stands, for somebody who does not know our accounts' names.
_WHERE = {
    "rail_card": "the card network owes us",
    "rail_wallet": "the mobile switch owes us",
    "bank": "at our bank",
    "settled": "paid in by the network",
    "payouts": "on its way to her bank",
    "fees": "earned by us",
    "interchange": "interchange, a cost of ours",
    "interchange_due": "interchange that the network will keep",
    "scheme": "networks' fees, a cost of ours",
    "scheme_due": "fees that the network will keep",
    "suspense": "put aside until somebody knows whose it is",
    "bank_costs": "bank charges, a cost of ours",
    "pending": "not yet to be spent",
    "available": "to be spent",
    "reserved": "kept back by a published rule",
    "owed": "owed to us",
}
# What each booking is; a test holds this against the recipes.
_CODES = {
    "charge": "the payer's money is taken",
    "charge_fee": "our fee on it",
    "interchange": "interchange is owed to the issuer's side",
    "interchange_back": "interchange comes back with the refund",
    "interchange_again": "the refund came back, and its interchange is owed again",
    "interchange_netted": "the network keeps the interchange",
    "interchange_accepted": "another interchange than reckoned is accepted",
    "scheme_cleared": "the network's own fee is owed",
    "scheme_netted": "the network keeps its own fee",
    "scheme_accepted": "another fee of the network than reckoned is accepted",
    "network_settled": "the network pays the day",
    "hold": "the issuer holds it for us",
    "hold_replaced": "the hold gives way to a larger one",
    "capture": "what was held is taken",
    "release": "what was held is let go",
    "transfer": "passed on",
    "reversal": "taken back from whom it was passed on to",
    "application_fee": "the platform's fee",
    "application_fee_refund": "the platform gives its fee back",
    "advance": "more left her than she had of it: she owes the rest",
    "availability": "its day has come: it can be spent",
    "owed_settled": "what she owes us is settled",
    "refund_hold": "set aside before the network is asked",
    "refund_hold_freed": "the network has answered: it is no longer set aside",
    "refund_hold_other": "the other one's part is set aside too",
    "refund_hold_other_freed": "the network has answered: the other one's part is no longer either",
    "refund_fee_hold": "our fee on it is set aside to go back",
    "refund_fee_hold_freed": "the network has answered: our fee is no longer set aside",
    "refund": "given back to the payer",
    "refund_fee": "our fee goes back with it",
    "refund_failed": "the refund was refused: what was set aside is free again",
    "refund_fee_failed": "the refund was refused: our fee stays",
    "refund_returned": "the refund came back: the payer's card or wallet was closed",
    "refund_fee_returned": "the refund came back: our fee on it is taken again",
    "dispute_available": "the payer's bank took it back, from what she can spend",
    "dispute_pending": "the payer's bank took it back, from what is not yet to be spent",
    "dispute_owed": "the payer's bank took it back, and she has not enough: she owes it",
    "dispute_fee_available": "our fee for the dispute",
    "dispute_fee_pending": "our fee for the dispute, from what is not yet to be spent",
    "dispute_fee_owed": "our fee for the dispute, which she owes",
    "dispute_reinstated": "the dispute is won: the network pays again",
    "payout": "on its way to her bank",
    "payout_cancel": "the payout is taken back before it was sent",
    "payout_failure": "the bank did not carry the payout out",
    "payout_paid": "our bank has paid it",
    "payout_returned": "her bank sent it back",
    "reserve_hold": "kept back by a published rule",
    "reserve_release": "what was kept back is hers again",
    "suspended": "a line nobody can explain is put aside",
    "explained": "what was put aside is known after all",
    "found_owner": "what was put aside is hers",
    "borne": "what was put aside is ours to bear",
}


def story(word: str, *, as_json: bool = False) -> int:
    """Print the story of a receipt number, an id or an order's number; 1 where there is none."""
    import msgspec

    with books_of(Installation.of_environment()) as books:
        told = {mode: asyncio.run(_told(dsn, word)) for mode, dsn in books.items()}
    found = {mode: each for mode, each in told.items() if each.entries}
    if as_json:
        print(msgspec.json.encode(found).decode())
    else:
        for mode, each in found.items():
            print("\n".join(lines(each, mode=mode)))
    if not found:
        print(f"Nothing goes by {word}.", file=sys.stderr)
    return 0 if found else 1


def lines(told: "Story", *, mode: str = "test") -> list[str]:
    """The story for a terminal: a line for each thing that happened, and what it says below."""
    made = [f"{told.word} ({mode} mode): {len(told.objects)} objects, times in UTC"]
    entries = [(entry.at, _lines_of(entry, told.accounts)) for entry in told.entries]
    began = entries[0][0] if entries else ""
    for run in told.runs:
        what = f"the {run.role} runs version {run.version}"
        if run.at <= began:
            made.append(f"then {what}, since {run.at[:19].replace('T', ' ')}")
        else:
            entries.append((run.at, [_timed(run.at, "version", what)]))
    day = ""
    for at, each in sorted(entries, key=lambda one: one[0]):
        if at[:10] != day:
            day = at[:10]
            made.append(day)
        made += each
    if told.cut:
        made.append("… and more: ask by a narrower word")
    return [printable(line) for line in made + _books(told)]


def _lines_of(entry: "Entry", accounts: dict[str, str]) -> list[str]:
    head = _timed(entry.at, _kind(entry), _head(entry, accounts))
    return [head, *(" " * 29 + more for more in _more(entry, accounts))]


def _timed(at: str, kind: str, what: str) -> str:
    return f"  {at[11:23]:<12}  {kind:<11}  {what}".rstrip()


def _books(told: "Story") -> list[str]:
    """What the bookings of the story come to, account by account."""
    if not told.books:
        booked = any(entry.kind == "ledger" for entry in told.entries)
        return ["It left nothing in the books."] if booked else []
    made = ["What it left in the books:"]
    for held in told.books:
        whose = _WHERE.get(held.kind, held.kind.replace("_", " "))
        if held.owner != "house":
            whose = f"{told.accounts.get(held.owner, held.owner)}, {whose}"
        made.append(f"{money(held.amount, held.currency):>20}  {whose}")
    return made


def _kind(entry: "Entry") -> str:
    plain = entry.kind.removesuffix("s").replace("_", " ")
    return _NAMES.get(entry.kind, plain)


def _head(entry: "Entry", accounts: dict[str, str]) -> str:
    says = dict(entry.details)
    amount = money(says["amount"], says.get("currency") or "mad") if "amount" in says else ""
    if entry.kind == "event":
        return f"{says['type']}  {says['object']}"
    if entry.kind == "ledger":
        sides = f"{_account(says['debit'], accounts)} → {_account(says['credit'], accounts)}"
        held = " (held)" if says["posting"] == "pending" else ""
        if says["posting"] == "void":
            amount = "what was held"
        return f"{amount}{held}  {sides}  no. {says['number']}"
    if entry.kind == "idempotency_key":
        return f"{says['key']}  answered {says['answered']}  {says['request_id']}"
    owner = accounts.get(entry.account or "") if entry.moment is None else None
    status = says.get("status")
    if status and entry.moment is None:
        status = f"now {status}"
    parts = (entry.id, entry.moment, amount, status, owner)
    return "  ".join(str(part) for part in parts if part)


def _more(entry: "Entry", accounts: dict[str, str]) -> list[str]:
    says = entry.details
    if entry.kind == "idempotency_key":
        return []
    if entry.kind == "ledger":
        return [f"{words_of(says['code'])} ({says['code']}), of {entry.id}"]
    apart = {"amount", "currency", "status", "metadata", "deliveries", "object"}
    if entry.kind == "event":
        apart |= {"type", "idempotency_key"}  # the key is told by itself
    told = [
        f"to {accounts.get(value, value)}"
        if name == "destination_id"
        else f"{name.replace('_', ' ')} {_said(name, value, says)}"
        for name, value in says.items()
        if name not in apart
    ]
    given = says.get("metadata") or {}
    told += [f"{name}={value}" for name, value in given.items()]
    made = textwrap.wrap(", ".join(told), 100, break_on_hyphens=False, break_long_words=False)
    for sent in says.get("deliveries", ()):
        answer = f"answered {sent['answered']}" if sent["answered"] else sent["error"] or ""
        when = (sent["delivered_at"] or "")[:19]
        tries = f"to {sent['endpoint']}: {sent['status']} after {sent['attempts']} tries"
        made.append(f"{tries} {answer} {when}".rstrip())
    return made


def _said(name: str, value: Any, says: dict[str, Any]) -> Any:
    """Money as money, moments to the second, everything else as it is."""
    if name in _MONEY and isinstance(value, int):
        return money(value, says.get("currency") or "mad")
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.+]+", value):
        return value[:19].replace("T", " ")
    return value


def words_of(code: str) -> str:
    """What a booking is, for somebody who does not know its code."""
    if code.endswith("_freed"):
        return "the network has answered: what was set aside is free again"
    return _CODES.get(code, code.replace("_", " "))


def _account(side: list[str], accounts: dict[str, str]) -> str:
    owner, kind = side
    return kind if owner == "house" else f"{accounts.get(owner, owner)} {kind}"


def money(minor: Any, currency: str) -> str:
    """`123456` mad as `1,234.56 MAD`."""
    sign, whole = ("-", -minor) if minor < 0 else ("", minor)
    return f"{sign}{whole // 100:,}.{whole % 100:02d} {currency.upper()}"


async def _told(dsn: str, word: str) -> "Story":
    import asyncpg

    from maalem.payments import story as stories

    connection = await asyncpg.connect(dsn)
    try:
        return await stories.tell(connection, word)
    finally:
        await connection.close()
