"""Open many cards in one round trip and one commit of the access log.

Loans that are asked for while others are being written wait for the next turn together, so that
a thousand payments a second do not mean a thousand commits of the log. Each is still one line.
"""

from collections.abc import Sequence
from typing import Any

from maalem.payments.db import Connection, Pool
from maalem.payments.together import Together

MOST_AT_ONCE = 100
_OPEN = """
SELECT w.place, o.sealed, o.key_id, o.exp_month, o.exp_year
FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS w (token, why, place)
LEFT JOIN LATERAL vault.open(w.token, w.why) AS o ON true
"""


class Loans:
    """Hands out sealed cards, each loan logged before the card is seen."""

    def __init__(self, pool: Pool) -> None:
        self._together: Together[Connection, tuple[str, str], Any] = Together(
            _open_all, lend=pool.acquire, most=MOST_AT_ONCE
        )

    async def open(self, token: str, *, why: str) -> Any:
        """The row of a card (sealed, key_id, exp_month, exp_year), or None if there is none."""
        return await self._together.submit((token, why))


async def _open_all(connection: Connection, wanted: Sequence[tuple[str, str]]) -> list[Any]:
    rows = await connection.fetch(_OPEN, [token for token, _ in wanted], [why for _, why in wanted])
    by_place = {row["place"]: row for row in rows if row["sealed"] is not None}
    return [by_place.get(place) for place in range(1, len(wanted) + 1)]
