"""Test or live: which of the two books is being written, told once, where work enters.

The edge, the payer's pages and the workers say it by `Working`; whatever shows an object reads it
by `livemode`. Nothing is live unless it was said to be. See docs/decisions/0008-two-books.md.
"""

from contextvars import ContextVar

_live: ContextVar[bool] = ContextVar("live", default=False)

livemode = _live.get


class Working:
    """`with Working(live=…):` what is done inside, and the tasks that it starts, are of that mode.

    A class of its own, because every request passes here: a generator would cost twice as much.
    """

    __slots__ = ("_live", "_token")

    def __init__(self, *, live: bool) -> None:
        self._live = live

    def __enter__(self) -> None:
        self._token = _live.set(self._live)

    def __exit__(self, *_: object) -> None:
        _live.reset(self._token)
