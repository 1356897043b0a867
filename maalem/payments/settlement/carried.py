"""What a scheduled payout takes with it: said when it is decided, asked for afterwards.

A line belongs to the first scheduled payout that was decided when it was available
(sql/0403_carried.sql). A payout by hand takes a sum and no lines, as at Stripe.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from maalem.payments.db import Connection
from maalem.payments.ledger.balances import Balance, balance
from maalem.payments.settlement.records import Schedule


class Cut(NamedTuple):
    """A balance at a moment, and which of its lines make it up: available by `until`, what came in
    not after `young_after`, which together are worth `young`."""

    has: Balance
    until: datetime | None
    young_after: datetime | None
    young: int


_UNTIL = """
SELECT max(greatest(available_on, created_at)) FROM balance_transactions
WHERE account_id = $1 AND currency = $2 AND status = 'available'
"""
_YOUNG = """
SELECT coalesce(sum(net), 0)::bigint FROM balance_transactions
WHERE account_id = $1 AND currency = $2 AND status = 'available' AND net > 0
  AND type IN ('charge', 'payment') AND created_at > $3
"""


async def cut(
    connection: Connection, owner: str, *, currency: str, plan: Schedule, least: int, now: datetime
) -> Cut:
    """What `owner` has for a scheduled payout, read in one moment.

    `least` is the shortest of all delays in days: a schedule with a longer one leaves out what
    came in since.
    """
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        has = await balance(connection, owner)
        until = await connection.fetchval(_UNTIL, owner, currency)
        if plan.delay_days <= least:
            return Cut(has, until, None, 0)
        young_after = now - timedelta(days=plan.delay_days)
        young = await connection.fetchval(_YOUNG, owner, currency, young_after)
        return Cut(has, until, young_after, int(young))
