"""Work that arrives while the previous batch is under way goes out together in the next one.

No timer: a lone item goes at once, a crowd shares one commit.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Together(Generic[T, R]):
    """Hands items in batches of up to `most` to `write`, which answers each in its place.

    An answer that is an exception is raised to the one who waits for it; if `write` itself
    raises, everybody of the batch hears of it.
    """

    def __init__(
        self, write: Callable[[Sequence[T]], Awaitable[Sequence[R | Exception]]], *, most: int
    ) -> None:
        self._write, self._most = write, most
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []
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
            batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            answers: Sequence[R | Exception]
            try:
                answers = await self._write([item for item, _ in batch])
            except Exception as trouble:
                answers = [trouble] * len(batch)
            for (_, waiter), answer in zip(batch, answers, strict=True):
                if waiter.done():  # the one who asked has gone away
                    continue
                if isinstance(answer, Exception):
                    waiter.set_exception(answer)
                else:
                    waiter.set_result(answer)
