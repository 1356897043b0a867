"""Small things kept in the process for a while: crafts, regions, rendered cards.

Nothing that was read inside a transaction is kept: it may be rolled back. What is kept by a
version needs no end; what has none is read again after some seconds.
"""

import time
from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import connection
from django.utils import translation

P = ParamSpec("P")
T = TypeVar("T")
_MOST = 6_000


# All that is kept, so that a test can forget it.
EVERY: list[dict[Hashable, Any]] = []
# Tests run in a transaction that is rolled back; one that tests the keeping sets this.
KEEP_IN_TRANSACTIONS = False


def may_keep() -> bool:
    """Whether what is read now may outlive this request."""
    return KEEP_IN_TRANSACTIONS or not connection.in_atomic_block


def kept(seconds: float) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Keep a function's answers in this process, by its (hashable) arguments and the language."""

    def keep(function: Callable[P, T]) -> Callable[P, T]:
        answers: dict[Hashable, tuple[float, T]] = {}
        EVERY.append(answers)

        @wraps(function)
        def answer(*args: P.args, **kwargs: P.kwargs) -> T:
            if not may_keep():
                return function(*args, **kwargs)
            key = (translation.get_language(), args, tuple(kwargs.items()))
            found = answers.get(key)
            if found is not None and found[0] > time.monotonic():
                return found[1]
            if len(answers) >= _MOST:
                answers.clear()
            fresh = function(*args, **kwargs)
            answers[key] = (time.monotonic() + seconds, fresh)
            return fresh

        return answer

    return keep


class Shelf(dict[Hashable, T]):
    """Values under keys that name their version. At its limit the older half goes."""

    def __init__(self, most: int = _MOST) -> None:
        super().__init__()
        self.most = most
        EVERY.append(self)

    def put(self, key: Hashable, value: T) -> T:
        """Keep `value` and return it."""
        if len(self) >= self.most:
            for old in list(self)[: self.most // 2]:
                self.pop(old, None)
        self[key] = value
        return value
