"""Small things kept in the process for a while: crafts, regions, rendered cards.

Nothing that was read inside a transaction is kept: it may be rolled back. What is kept by a
version needs no end; what has none is read again after some seconds.
"""

import math
import random
import time
from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, Generic, ParamSpec, TypeVar

from django.db import connection
from django.utils import translation

P = ParamSpec("P")
T = TypeVar("T")
_MOST = 6_000


# All that is kept, so that a test can forget it.
EVERY: list["Shelf[Any]"] = []
# Tests run in a transaction that is rolled back; one that tests the keeping sets this.
KEEP_IN_TRANSACTIONS = False


def may_keep() -> bool:
    """Whether what is read now may outlive this request."""
    return KEEP_IN_TRANSACTIONS or not connection.in_atomic_block


def kept(seconds: float) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Keep a function's answers in this process, by its (hashable) arguments and the language."""

    def keep(function: Callable[P, T]) -> Callable[P, T]:
        answers: Shelf[tuple[T]] = Shelf(seconds=seconds)

        @wraps(function)
        def answer(*args: P.args, **kwargs: P.kwargs) -> T:
            if not may_keep():
                return function(*args, **kwargs)
            key = (translation.get_language(), args, tuple(kwargs.items()))
            found = answers.look(key) or answers.put(key, (function(*args, **kwargs),))
            return found[0]

        return answer

    return keep


class Shelf(Generic[T]):
    """Values under their keys, each for about so many seconds: they don't all end at one moment.

    Without `seconds`, for keys that name a version. At its limit the older half goes.
    """

    def __init__(self, *, most: int = _MOST, seconds: float = math.inf) -> None:
        self.most = most
        self.seconds = seconds
        self._kept: dict[Hashable, tuple[float, T]] = {}
        EVERY.append(self)

    def look(self, key: Hashable) -> T | None:
        """What is kept under `key`, or None."""
        found = self._kept.get(key)
        return found[1] if found is not None and found[0] > time.monotonic() else None

    def put(self, key: Hashable, value: T) -> T:
        """Keep `value` and return it."""
        kept = self._kept
        if len(kept) >= self.most:
            for old in list(kept)[: self.most // 2]:
                kept.pop(old, None)
        kept[key] = (time.monotonic() + self.seconds * random.uniform(0.75, 1.25), value)
        return value

    def clear(self) -> None:
        """Forget all of it."""
        self._kept.clear()
