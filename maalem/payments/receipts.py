"""Receipt numbers: short, unique, easy to read out, and they don't tell how many there are."""

import asyncio

from maalem.kit.ids import SPOKEN, spoken
from maalem.payments.db import Pool

BLOCK = 10_000
_ALL = len(SPOKEN) ** 8
# Any factor without a common divisor with 21 visits every number once; this one jumps about.
_STRIDE, _OFFSET = 23_375_811_437, 12_345_678_901


def receipt_number(place: int) -> str:
    """The receipt number at `place` of the one long row of them, such as `7K3D-92QF`."""
    if not 0 <= place < _ALL:
        raise ValueError("there are no more receipt numbers")
    return spoken((place * _STRIDE + _OFFSET) % _ALL)


class Receipts:
    """This process's numbers, taken from the database ten thousand at a time."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._next = self._end = 0
        self._lock = asyncio.Lock()

    async def take(self) -> str:
        """A number that nobody else has. Those of a process that ended are lost: they are many."""
        while self._next == self._end:
            async with self._lock:
                if self._next == self._end:
                    block: int = await self._pool.fetchval("SELECT nextval('receipt_blocks')")
                    self._next, self._end = block * BLOCK, (block + 1) * BLOCK
        self._next += 1
        return receipt_number(self._next - 1)
