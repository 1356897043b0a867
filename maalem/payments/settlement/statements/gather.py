"""Read a period's lines at one moment, and prove them against the ledger before they are told."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from typing import Any

from maalem.kit.clock import MOROCCO
from maalem.payments.context import Payments
from maalem.payments.errors import BadRequest
from maalem.payments.settlement.statements.records import Account, Entry

ENTRIES_MAX, DAYS_MAX = 20_000, 366
# A payment that is being written as its day ends carries that day's time: let it arrive.
GRACE = timedelta(hours=1)
_LINES = """
    SELECT b.id, b.created_at, b.available_on, b.type, b.source_id, b.amount, b.fee, b.net,
        coalesce(b.description, concat_ws(' ', e.bank_name, '•••• ' || e.last4), '') AS description,
        concat_ws(' ', e.bank_name, '•••• ' || e.last4) AS bank
    FROM balance_transactions b
    LEFT JOIN payouts p ON p.id = b.source_id
        AND b.type IN ('payout', 'payout_cancel', 'payout_failure')
    LEFT JOIN external_accounts e ON e.id = p.destination_id
    WHERE b.account_id = $1 AND b.currency = $2 AND b.created_at >= $3 AND b.created_at < $4
    ORDER BY b.created_at, b.id LIMIT $5
"""
# Before the period, after it, and all that the ledger has: of the same moment.
_AROUND = """
    SELECT coalesce(sum(net) FILTER (WHERE created_at < $3), 0)::bigint AS before,
        coalesce(sum(net) FILTER (WHERE created_at >= $4), 0)::bigint AS after,
        (SELECT coalesce(sum(credits_posted - debits_posted), 0)::bigint FROM ledger.accounts
         WHERE owner = $1 AND currency = $2 AND kind IN ('pending', 'available', 'owed')) AS kept
    FROM balance_transactions WHERE account_id = $1 AND currency = $2
"""


class DoesNotAddUp(Exception):
    """Opening and lines do not give what the ledger has: no statement is made of such books."""


async def gather(
    payments: Payments, account_id: str, /, *, currency: str, start: date, end: date
) -> Account:
    """The account's lines from `start` to `end` (both days count, as the institution's days).

    Raises `BadRequest` for a period that is not over or too long, `DoesNotAddUp` for books that
    do not agree with the ledger.
    """
    first, after = bounds(start, end, now=payments.clock.now())
    what = (account_id, currency, first, after)
    async with (
        payments.pool.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        rows = await connection.fetch(_LINES, *what, ENTRIES_MAX + 1)
        around = await connection.fetchrow(_AROUND, *what)
    if len(rows) > ENTRIES_MAX:
        raise BadRequest(
            f"The period has more than {ENTRIES_MAX} lines: choose a shorter one.",
            param="period_end",
        )
    return proved(_entries(rows, opening=around["before"]), around=around)


def bounds(start: date, end: date, *, now: datetime) -> tuple[datetime, datetime]:
    """The period's first moment and the first after it. Raises `BadRequest`."""
    if end < start:
        raise BadRequest("The period ends before it starts.", param="period_end")
    if (end - start).days >= DAYS_MAX:
        raise BadRequest(f"A period has at most {DAYS_MAX} days.", param="period_end")
    first, after = (
        datetime.combine(day, time(), MOROCCO) for day in (start, end + timedelta(days=1))
    )
    if after + GRACE > now:
        raise BadRequest(
            "The period is not over. A statement can be made an hour after its last day.",
            param="period_end",
        )
    return first, after


def proved(entries: Sequence[Entry], *, around: Any) -> Account:
    """Opening and lines are the closing balance, and with all that came later what the ledger has.

    Raises `DoesNotAddUp`.
    """
    opening = around["before"]
    closing = around["kept"] - around["after"]
    if opening + sum(entry.net for entry in entries) != closing:
        raise DoesNotAddUp(f"{opening} and the lines are not {closing}")
    if any(entry.gross - entry.fee != entry.net for entry in entries):
        raise DoesNotAddUp("a line's parts are not its net amount")
    return Account(opening, closing, tuple(entries))


def _entries(rows: Sequence[Any], *, opening: int) -> list[Entry]:
    balances = list(accumulate((row["net"] for row in rows), initial=opening))[1:]
    return [
        Entry(
            id=row["id"],
            at=row["created_at"].astimezone(MOROCCO),
            available_on=row["available_on"].astimezone(MOROCCO),
            type=row["type"],
            source=row["source_id"],
            description=row["description"],
            gross=row["amount"],
            fee=row["fee"],
            net=row["net"],
            balance=balance,
            bank=row["bank"],
        )
        for row, balance in zip(rows, balances, strict=True)
    ]
