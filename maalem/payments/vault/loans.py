"""Open many cards in one round trip and one commit of the access log.

Loans that are asked for while others are being written wait for the next turn together, so that
a thousand payments a second do not mean a thousand commits of the log. Each is still one line.
"""

import asyncio
from typing import Any

import asyncpg

MOST_AT_ONCE = 100
_OPEN = """
SELECT w.place, o.sealed, o.key_id, o.exp_month, o.exp_year
FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS w (token, why, place)
LEFT JOIN LATERAL vault.open(w.token, w.why) AS o ON true
"""


class Loans:
    """Hands out sealed cards, each loan logged before the card is seen."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._waiting: list[tuple[str, str, asyncio.Future[Any]]] = []
        self._task: asyncio.Task[None] | None = None

    async def open(self, token: str, *, why: str) -> Any:
        """The row of a card (sealed, key_id, exp_month, exp_year), or None if there is none."""
        waiter: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append((token, why, waiter))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._serve())
        return await waiter

    async def _serve(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
            try:
                rows = await self._pool.fetch(
                    _OPEN, [token for token, _, _ in batch], [why for _, why, _ in batch]
                )
            except Exception as problem:  # each waiter hears of it; none may wait for ever
                for _, _, waiter in batch:
                    if not waiter.done():
                        waiter.set_exception(problem)
                continue
            by_place = {row["place"]: row for row in rows if row["sealed"] is not None}
            for place, (_, _, waiter) in enumerate(batch, start=1):
                if not waiter.done():
                    waiter.set_result(by_place.get(place))
