"""`maalem story WORD`: everything that happened to a payment, in the order in which it did."""

import asyncio
import sys
from typing import TYPE_CHECKING, Any

from maalem.cli.installation import Installation
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
    day = ""
    for entry in told.entries:
        if entry.at[:10] != day:
            day = entry.at[:10]
            made.append(day)
        head = f"  {entry.at[11:23]:<12}  {_kind(entry):<11}  {_head(entry, told.accounts)}"
        made += [head.rstrip(), *(" " * 29 + more for more in _more(entry, told.accounts))]
    if told.cut:
        made.append("… and more: ask by a narrower word")
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
        kept = "" if says["posting"] == "posted" else f" ({says['posting']})"
        return f"{amount}  {sides}  {says['code']}{kept}  no. {says['number']}"
    if entry.kind == "idempotency_key":
        return f"{says['key']}  answered {says['answered']}  {says['request_id']}"
    parts = (entry.id, amount, says.get("status"), accounts.get(entry.account or ""))
    return "  ".join(str(part) for part in parts if part)


def _more(entry: "Entry", accounts: dict[str, str]) -> list[str]:
    if entry.kind in ("ledger", "idempotency_key"):
        return [f"of {entry.id}"] if entry.kind == "ledger" else []
    apart = {"amount", "currency", "status", "metadata", "deliveries", "object"}
    if entry.kind == "event":
        apart.add("type")
    says = [f"{name} {value}" for name, value in entry.details.items() if name not in apart]
    given = entry.details.get("metadata") or {}
    says += [f"{name}={value}" for name, value in given.items()]
    made = [", ".join(says)] if says else []
    for sent in entry.details.get("deliveries", ()):
        answer = f"answered {sent['answered']}" if sent["answered"] else sent["error"] or ""
        when = (sent["delivered_at"] or "")[:19]
        tries = f"to {sent['endpoint']}: {sent['status']} after {sent['attempts']} tries"
        made.append(f"{tries} {answer} {when}".rstrip())
    return made


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
