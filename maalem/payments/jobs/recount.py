"""Once a night everything is counted again from the primary rows; a difference is found.

It runs in a thread with a connection and an event loop of its own: the other jobs go on meanwhile.
"""

import asyncio
from datetime import timedelta

from maalem.payments.context import Payments
from maalem.payments.ledger.verify import verify
from maalem.payments.settlement.bank.findings import find
from maalem.payments.settlement.days import local

HOUR = 3  # in Morocco: nobody pays, no file goes to the bank
# A count that has not ended by then died with its worker: another begins anew.
GIVEN_UP = timedelta(hours=6)
_BEGIN = """
INSERT INTO recounts AS r (day, begun_at) VALUES ($1, $2)
ON CONFLICT (day) DO UPDATE SET begun_at = excluded.begun_at
WHERE r.found IS NULL AND r.begun_at <= $3
RETURNING day
"""


async def recount(payments: Payments) -> int:
    """Count today's books unless they are counted; returns 0, there is nothing more to do."""
    now = payments.clock.now()
    here = local(now)
    if here.hour < HOUR:
        return 0
    day = here.date()
    if await payments.pool.fetchval(_BEGIN, day, now, now - GIVEN_UP) is None:
        return 0
    report = await asyncio.to_thread(asyncio.run, verify(payments.config.database_url))
    if not report.clean:
        await find(
            payments,
            "books_differ",
            about=f"books/{day}",
            detail=f"the count of {day} found {len(report.findings)}: {report.findings[0]}"[:500],
        )
    await payments.pool.execute(
        "UPDATE recounts SET found = $2 WHERE day = $1", day, len(report.findings)
    )
    return 0
