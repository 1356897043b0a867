"""Make a dictionary from what a database holds: `python -m maalem.payments.packed.train DSN FILE`.

The database should have seen every kind of event and answer, as it has after the tests.
"""

import asyncio
import sys
from pathlib import Path
from typing import Any

import asyncpg
import zstandard

from maalem.payments.packed import unpack

SIZE = 16 * 1024
PER_KIND = 200
_EVENTS = """
SELECT data FROM (
    SELECT data, row_number() OVER (PARTITION BY type) AS place FROM events
) AS e WHERE place <= $1
"""
_ANSWERS = """
SELECT body FROM (
    SELECT body, row_number() OVER (PARTITION BY status, left(object_id, 3)) AS place
    FROM idempotency_keys WHERE done
) AS k WHERE place <= $1
"""


async def samples(dsn: str) -> list[bytes]:
    """Texts of each kind of event and of each kind of answer."""
    connection = await asyncpg.connect(dsn)
    try:
        rows = [
            row for query in (_EVENTS, _ANSWERS) for row in await connection.fetch(query, PER_KIND)
        ]
    finally:
        await connection.close()
    return [unpack(row[0]) for row in rows]


def main() -> None:
    """Train, write, say what it brings."""
    dsn, file = sys.argv[1:]
    texts = asyncio.run(samples(dsn))
    dictionary = zstandard.train_dictionary(SIZE, list[Any](texts))
    Path(file).write_bytes(dictionary.as_bytes())
    packer = zstandard.ZstdCompressor(level=3, dict_data=dictionary)
    before, after = (
        sum(map(len, some)) / len(texts) for some in (texts, map(packer.compress, texts))
    )
    sys.stdout.write(f"{len(texts)} texts: {before:,.0f} bytes each, packed {after:,.0f}\n")


if __name__ == "__main__":
    main()
