"""What a money path does its work with: the API without a socket, the jobs, and a clock."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from maalem.kit.clock import FixedClock
from maalem.payments.api.endpoint import Api
from maalem.payments.context import Modes, Payments
from maalem.payments.events.deliver import Deliverer
from maalem.payments.jobs.table import table
from maalem.payments.tests.doorless import request
from maalem.payments.tests.service import SECRET_KEY

TRIES = 100
# Nobody listens to deliveries; whoever has the jobs done counts the books himself afterwards.
SAY_NOTHING = frozenset({"deliveries", "recount", "safeguarding"})
Answer = tuple[int, bytes]


async def post(api: Api, path: str, data: dict[str, str], /, **headers: str) -> Answer:
    """What the API answers to a POST, without a socket in between."""
    words = urlencode(data).encode()
    sent = {"authorization": f"Bearer {SECRET_KEY}", **headers}
    return await request(api, "POST", f"/v1/{path}", words, sent)


@dataclass
class Hands:
    """One process at work on a path. `state` is what the path wants to remember of its objects;
    `tell` hears of each answer the moment it is there."""

    payments: Payments
    clock: FixedClock
    part: str
    state: dict[str, str]
    tell: Callable[[Answer], None] = lambda answer: None
    asked: int = 0
    api: Api = field(default_factory=Api)

    def __post_init__(self) -> None:
        self.api.modes = Modes(self.payments)

    async def ask(
        self, path: str, /, *, of: str = "", by: str = SECRET_KEY, good: int = 200, **data: Any
    ) -> Any:
        """POST as a good client does: the same key at each try, again on 409 and 503.

        `of` is the connected account in whose name it is asked, `by` the key that is shown; `__` in
        a name is a bracket. The idempotency key is the number of the question, so that a second
        process repeats the first one's.
        """
        self.asked += 1
        headers = {
            "idempotency-key": f"{self.part}-{self.asked}",
            "authorization": f"Bearer {by}",
        }
        if of:
            headers["stripe-account"] = of
        sent = {_bracketed(name): str(value) for name, value in data.items()}
        for _ in range(TRIES):
            status, body = await post(self.api, path, sent, **headers)
            if status not in (409, 503):
                break
            await asyncio.sleep(0.05)
        self.tell((status, body))
        assert status == good, (path, status, body)
        return json.loads(body)

    async def jobs(self) -> None:
        """Each job of the worker twice, but for those that would say nothing here."""
        for _ in range(2):
            for job in table(Deliverer()):
                if job.name not in SAY_NOTHING:
                    await job.run(self.payments)

    async def row(self, sql: str, *values: Any) -> Any:
        """The first row of a query."""
        return await self.payments.pool.fetchrow(sql, *values)

    def later(self, to: datetime) -> None:
        """Put the clock there."""
        self.clock.at = to


def _bracketed(name: str) -> str:
    first, *rest = name.split("__")
    return first + "".join(f"[{word}]" for word in rest)
