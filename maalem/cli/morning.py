"""`maalem morning`: everything that waits for a person, with the words to type about it."""

import asyncio
import json
from typing import Any, NamedTuple

from maalem.cli.installation import Installation
from maalem.cli.plain import printable
from maalem.cli.verify import books_of

SHOWN_MAX = 5


class Waiting(NamedTuple):
    """One kind of thing: what it is, what to type, and a line for each."""

    what: str
    type: str
    lines: list[str]


# What it is, what to type about it, and a query whose rows are lines of text, the oldest first.
_ASKED = (
    (
        "findings that nobody has closed",
        "maalem findings",
        "SELECT kind || '  ' || about || '  ' || detail FROM findings WHERE status = 'open'"
        " ORDER BY found_at",
    ),
    (
        "lines of the bank without an explanation",
        "maalem bank",
        "SELECT booked_on || '  ' || amount || '  ' || bank_reference FROM bank_lines"
        " WHERE status = 'unmatched' ORDER BY booked_on, id",
    ),
    (
        "lines in suspense",
        "maalem bank",
        "SELECT l.booked_on || '  ' || l.amount || '  ' || d.note FROM bank_lines l"
        " JOIN desk_deeds d ON d.id = l.matched_to WHERE l.matched_as = 'suspense' ORDER BY 1",
    ),
    (
        "deeds that wait for a second officer",
        "maalem approve",
        "SELECT id || '  ' || kind || '  ' || about || '  by ' || officer FROM desk_deeds"
        " WHERE status = 'proposed' ORDER BY created_at",
    ),
    (
        "payouts that wait for officers",
        "POST /v1/payouts/{id}/approve",
        "SELECT id || '  ' || amount || ' ' || currency FROM payouts p WHERE status = 'pending'"
        " AND approvals < approvals_needed ORDER BY created_at",
    ),
    (
        "files that the bank has not answered for an hour",
        "call the bank",
        "SELECT name || '  ' || status FROM payout_batches WHERE status IN ('drafted', 'sent')"
        " AND created_at < now() - interval '1 hour' ORDER BY created_at",
    ),
    (
        "notices of disputes that nothing could be made of",
        "maalem disputes",
        "SELECT id || '  ' || kind || '  ' || original FROM dispute_notices"
        " WHERE status = 'waiting' AND created_at < now() - interval '10 minutes' ORDER BY told_at",
    ),
    (
        "disputes whose last day is near",
        "the till, or /v1/disputes",
        "SELECT id || '  ' || amount || ' ' || currency || '  until ' || due_by::date FROM disputes"
        " WHERE status IN ('needs_response', 'warning_needs_response')"
        " AND due_by < now() + interval '3 days' ORDER BY due_by",
    ),
    (
        "payments without an answer for an hour",
        "maalem story",
        "SELECT intent_id || '  asked at ' || asked_at::timestamp(0) FROM payment_attempts"
        " WHERE status IN ('sent', 'unknown') AND asked_at < now() - interval '1 hour'"
        " ORDER BY asked_at",
    ),
    (
        "refunds without an answer for an hour",
        "maalem story",
        "SELECT id || '  asked at ' || asked_at::timestamp(0) FROM refunds"
        " WHERE status = 'pending' AND asked_at < now() - interval '1 hour' ORDER BY asked_at",
    ),
)


def morning() -> int:
    """Print what waits in each mode's books; 1 where anything does."""
    something = False
    with books_of(Installation.of_environment()) as books:
        for mode, dsn in books.items():
            print(f"{mode} mode:")
            waiting = asyncio.run(_asked(dsn))
            for each in waiting:
                _show(each)
            something = something or bool(waiting)
            if not waiting:
                print("  nothing waits for you")
    print("Are the books right? maalem verify")
    return 1 if something else 0


def _show(each: Waiting) -> None:
    print(f"  {each.what}: {len(each.lines)}   ({each.type})")
    for line in each.lines[:SHOWN_MAX]:
        print(f"    {printable(line)}")
    if len(each.lines) > SHOWN_MAX:
        print(f"    and {len(each.lines) - SHOWN_MAX} more")


async def _asked(dsn: str) -> list[Waiting]:
    import asyncpg

    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            found = [await _money(connection), await _residues(connection)]
            for what, words, query in _ASKED:
                rows = await connection.fetch(query)
                found.append(Waiting(what, words, [row[0] for row in rows]))
    finally:
        await connection.close()
    return [each for each in found if each.lines]


async def _money(connection: Any) -> Waiting:
    row = await connection.fetchrow(
        "SELECT day, difference, explained FROM safeguarding_proofs"
        " ORDER BY day DESC, created_at DESC LIMIT 1"
    )
    lines = []
    if row is None:
        lines.append("no proof was made yet")
    elif row["difference"]:
        terms = ", ".join(one["term"] for one in json.loads(row["explained"]))
        lines.append(f"{row['day']}: {row['difference']:,} too much or too little; {terms}")
    return Waiting("clients' money is not proved to be there", "maalem safeguarding", lines)


async def _residues(connection: Any) -> Waiting:
    from maalem.payments.settlement.bank.clearing import residues

    lines = [
        f"{one.account}: {one.unexplained:,} of {one.balance:,} {one.currency}"
        for one in await residues(connection)
        if one.unexplained
    ]
    return Waiting("clearing accounts that are not explained", "maalem clearing", lines)
