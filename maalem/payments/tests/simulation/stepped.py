"""An event loop in which one thing happens at a time, and a seed says which.

Whoever is about to do something that others can see (send a statement, ask a network, post an
event) asks for a turn and waits. When nothing is left to do, no callback and no statement under
way, the seed picks the next turn. Time in the loop stands still until nothing else can happen, or
until the seed lets the next timer ring.
"""

import asyncio
import hashlib
import random
import selectors
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

# After so long it is looked whether statements wait for others' locks, or are only slow.
LOOK_AFTER_S, STUCK_S = 0.01, 20.0
TIMER_EVERY = 24
# In place of a server's process: what is under way there is no statement.
ELSEWHERE = 0
BEGINNING_S = 1e6


class Stuck(AssertionError):
    """Nobody can go on, and somebody waits."""


@dataclass(eq=False)
class Owner:
    """In whose name something is done. A dead one does nothing any more, a free one needs no
    turns: what it does is one step."""

    name: str
    free: bool = False
    alive: bool = True
    under_way: int = 0
    tasks: "dict[asyncio.Task[Any], None]" = field(default_factory=dict)


NOBODY = Owner("nobody", free=True)
OWNER: ContextVar[Owner] = ContextVar("owner", default=NOBODY)


@contextmanager
def named(owner: Owner) -> Iterator[None]:
    """What is begun within is done in the name of `owner`."""
    token = OWNER.set(owner)
    try:
        yield
    finally:
        OWNER.reset(token)


@dataclass(slots=True)
class Turn:
    """Somebody who waits to go on."""

    owner: Owner
    what: str
    granted: asyncio.Future[None]


class Schedule:
    """The turns that are asked for, and what was granted so far."""

    def __init__(self, *, blocked: Callable[[list[int]], bool] = lambda pids: False) -> None:
        self.waiting: list[Turn] = []
        self.under_way: list[int] = []
        self.blocked = blocked
        self.begin(random.Random(0))

    def begin(self, chooser: random.Random) -> None:
        """A new history."""
        assert not self.waiting, [f"{turn.owner.name}: {turn.what}" for turn in self.waiting]
        self._chooser = chooser
        self.log: list[str] = []
        self.steps = 0

    async def turn(self, what: str) -> None:
        """Wait until the seed lets the present owner do `what`."""
        owner = OWNER.get()
        if not owner.alive:
            raise asyncio.CancelledError
        if owner.free:
            return
        mine = Turn(owner, what, asyncio.get_running_loop().create_future())
        self.waiting.append(mine)
        try:
            await mine.granted
        except asyncio.CancelledError:
            if mine in self.waiting:
                self.waiting.remove(mine)
            raise

    def grant(self) -> bool:
        """Let one who waits go on; False where nobody waits."""
        while self.waiting:
            mine = self.waiting.pop(self._chooser.randrange(len(self.waiting)))
            if not mine.granted.done():
                self.steps += 1
                self.note(f"{mine.owner.name}: {mine.what}")
                mine.granted.set_result(None)
                return True
        return False

    def lets_time_pass(self) -> bool:
        """Whether a timer rings though others could go on."""
        return self._chooser.randrange(TIMER_EVERY) == 0

    def note(self, words: str) -> None:
        """Write down what happens."""
        self.log.append(words)

    def digest(self) -> str:
        """The same for two runs that did the same in the same order."""
        return hashlib.blake2b("\n".join(self.log).encode(), digest_size=8).hexdigest()

    @contextmanager
    def doing(self, pid: int) -> Iterator[None]:
        """A statement is on its way to the server's process `pid`."""
        owner = OWNER.get()
        self.under_way.append(pid)
        owner.under_way += 1
        try:
            yield
        finally:
            self.under_way.remove(pid)
            owner.under_way -= 1


class _Select:
    """A selector that is asked only when no callback is left, and that gives the next turn."""

    def __init__(self, loop: "SteppedLoop") -> None:
        self._loop = loop
        self._inner = selectors.DefaultSelector()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def select(self, timeout: float | None = None) -> list[Any]:
        """What the loop asks when it has nothing to do; `timeout` is its nearest timer."""
        if timeout is not None and timeout <= 0:
            return []
        schedule = self._loop.schedule
        if events := self._inner.select(0):
            return events
        if schedule.under_way:
            return self._answered()
        if schedule.waiting and not (timeout is not None and schedule.lets_time_pass()):
            schedule.grant()
            return []
        if timeout is not None:
            self._loop.pass_time()
            return []
        return self._from_outside()

    def _answered(self) -> list[Any]:
        """Wait for an answer, unless all that are waited for wait for somebody's next turn."""
        schedule, began = self._loop.schedule, monotonic()
        while monotonic() - began < STUCK_S:
            if events := self._inner.select(LOOK_AFTER_S):
                return events
            if schedule.waiting and schedule.blocked(schedule.under_way):
                schedule.note("  somebody waits for a lock")
                schedule.grant()
                return []
        raise Stuck("a statement has no answer")

    def _from_outside(self) -> list[Any]:
        """A connection being opened, say."""
        if events := self._inner.select(STUCK_S):
            return events
        raise Stuck("nobody can go on")


class SteppedLoop(asyncio.SelectorEventLoop):
    """See the top of the file. Its time is virtual: seconds since it began."""

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule
        self._passed = BEGINNING_S
        super().__init__(_Select(self))  # type: ignore[arg-type]
        self.set_task_factory(_owned)

    def time(self) -> float:
        """Seconds that have passed for those in the loop."""
        return self._passed

    def begin_anew(self) -> None:
        """Each history begins at the same time of the loop, with nobody waiting for a timer."""
        left = [timer for timer in self._scheduled if not timer.cancelled()]  # type: ignore[attr-defined]
        assert not left, left
        self._passed = BEGINNING_S

    def pass_time(self) -> None:
        """Go on to the next timer."""
        when = self._scheduled[0].when()  # type: ignore[attr-defined]
        self._passed = max(self._passed, when)


def _owned(
    loop: asyncio.AbstractEventLoop, doing: Coroutine[Any, Any, Any], **more: Any
) -> asyncio.Task[Any]:
    task, owner = asyncio.Task(doing, loop=loop, **more), OWNER.get()
    owner.tasks[task] = None
    task.add_done_callback(lambda done: owner.tasks.pop(done, None))
    return task


def start(owner: Owner, doing: Callable[[], Coroutine[Any, Any, Any]]) -> asyncio.Task[Any]:
    """Begin `doing` in the name of `owner`."""
    with named(owner):
        return asyncio.get_running_loop().create_task(doing())
