"""Test or live: which of the two books is being written, told once, where work enters.

The edge, the payer's pages and the workers say it by `working`; whatever shows an object reads it
by `livemode`. Nothing is live unless it was said to be. See docs/decisions/0008-two-books.md.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_live: ContextVar[bool] = ContextVar("live", default=False)

livemode = _live.get


@contextmanager
def working(*, live: bool) -> Iterator[None]:
    """What is done inside the block, and the tasks that it starts, belong to that mode."""
    token = _live.set(live)
    try:
        yield
    finally:
        _live.reset(token)
