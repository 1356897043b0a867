"""What a story is made of."""

from typing import Any

import msgspec


class Entry(msgspec.Struct, kw_only=True, frozen=True):
    """One thing that happened. `details` are what there is to say of it, by name.

    `moment` says what of the object's life it is (answered, closed); None is its beginning.
    """

    at: str
    kind: str
    id: str
    account: str | None = None
    moment: str | None = None
    details: dict[str, Any] = {}


class Held(msgspec.Struct, kw_only=True, frozen=True):
    """What the story's bookings leave on one account, in the direction in which it grows."""

    owner: str
    kind: str
    currency: str
    amount: int


class Run(msgspec.Struct, kw_only=True, frozen=True):
    """Which code a process of the service ran from a moment on."""

    at: str
    role: str
    version: str


class Story(msgspec.Struct, kw_only=True):
    """Entries in the order of their times. `objects` are the ids that it is about."""

    word: str
    objects: list[str]
    entries: list[Entry]
    accounts: dict[str, str]
    books: list[Held] = []
    runs: list[Run] = []
    cut: bool = False
