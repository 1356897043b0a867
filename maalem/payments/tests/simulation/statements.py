"""Every statement that goes to PostgreSQL waits for its turn, on whatever connection.

What has to be undone when a process dies is not asked for: the server rolls back by itself.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from asyncpg.connection import Connection

from maalem.payments.tests.simulation.stepped import Schedule

_VERBS = ("execute", "_execute", "_executemany")
_WORDS = re.compile(r"\s+")
_SHOWN = 60


@contextmanager
def watched(schedule: Schedule) -> Iterator[None]:
    """Within, statements wait for turns of `schedule`."""
    before = {name: getattr(Connection, name) for name in _VERBS}

    def waiting(verb: Any, *, whole: bool) -> Any:
        async def run(self: Any, query: Any, *args: Any, **named: Any) -> Any:
            if whole and args:  # it goes on through `_execute`
                return await verb(self, query, *args, **named)
            text = query if isinstance(query, str) else query.query
            if not text.startswith("ROLLBACK"):
                await schedule.turn(_shown(text))
            with schedule.doing(self.get_server_pid()):
                return await verb(self, query, *args, **named)

        return run

    for name, verb in before.items():
        setattr(Connection, name, waiting(verb, whole=name == "execute"))
    try:
        yield
    finally:
        for name, verb in before.items():
            setattr(Connection, name, verb)


@lru_cache(maxsize=4096)
def _shown(text: str) -> str:
    return _WORDS.sub(" ", text).strip()[:_SHOWN]
