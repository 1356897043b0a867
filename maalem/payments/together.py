"""Work that arrives while the previous batch is under way goes out together in the next one.

No timer: a lone item goes at once, a crowd shares one round trip and one commit.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Generic, TypeVar

C = TypeVar("C")
T = TypeVar("T")
R = TypeVar("R")

# Batches on one connection before somebody else may have it: lending costs as much as a payment.
TURNS_MAX = 64


class Together(Generic[C, T, R]):
    """Hands items in batches of up to `most` to `write`, which answers each in its place.

    `write` gets what `lend` lends, a connection, and keeps it while there is more to write. An
    answer that is an exception is raised to the one who waits for it; if `write` itself raises,
    everybody of the batch hears of it.
    """

    def __init__(
        self,
        write: Callable[[C, Sequence[T]], Awaitable[Sequence[R | Exception]]],
        *,
        lend: Callable[[], AbstractAsyncContextManager[C]],
        most: int,
    ) -> None:
        self._write, self._lend, self._most = write, lend, most
        self._waiting: deque[tuple[T, asyncio.Future[R]]] = deque()
        self._task: asyncio.Task[None] | None = None

    async def submit(self, item: T) -> R:
        """The answer to `item`."""
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[R] = loop.create_future()
        self._waiting.append((item, waiter))
        if self._task is None or self._task.done():
            self._task = loop.create_task(self._drain())
        return await waiter

    async def _drain(self) -> None:
        while self._waiting:
            batch: list[tuple[T, asyncio.Future[R]]] = []
            try:
                async with self._lend() as connection:
                    for _ in range(TURNS_MAX):
                        batch = self._next()
                        if not batch:
                            break
                        answers = await self._write(connection, [item for item, _ in batch])
                        _tell(batch, answers)
                        batch = []
            except BaseException as trouble:
                # The connection may be what is broken: the next batch gets another.
                lost = batch or self._next()
                for _, waiter in lost:
                    if not waiter.done():
                        waiter.set_exception(trouble)
                if not isinstance(trouble, Exception):
                    raise

    def _next(self) -> list[tuple[T, "asyncio.Future[R]"]]:
        return [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]


def _tell(batch: Sequence[tuple[T, "asyncio.Future[R]"]], answers: Sequence[R | Exception]) -> None:
    for (_, waiter), answer in zip(batch, answers, strict=True):
        if (
            waiter.done()
        ):  # the one who asked has gone away; what was asked for is done all the same
            continue
        if isinstance(answer, Exception):
            waiter.set_exception(answer)
        else:
            waiter.set_result(answer)
