"""Lists of the institution in memory: parts of them, and one thing of them."""

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from .errors import Refused


class _Named(Protocol):
    @property
    def id(self) -> str: ...


T = TypeVar("T", bound=_Named)


def part(found: Sequence[T], *, after: str, limit: int) -> tuple[tuple[T, ...], str]:
    """At most `limit` of `found`, from behind `after`; and what to pass for more, if there is."""
    start = next((n + 1 for n, one in enumerate(found) if one.id == after), 0)
    shown = tuple(found[start : start + limit])
    more = start + limit < len(found)
    return shown, shown[-1].id if more else ""


def named(found: Iterable[T], name: str) -> T:
    """The one of that id. Raises Refused."""
    for one in found:
        if one.id == name:
            return one
    raise Refused(f"no such thing: {name}", code="resource_missing")
