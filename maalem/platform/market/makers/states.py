"""What was handed over by hand: who has said what of it, and what may follow. See docs/states.md.

A trigger holds the same table (migration 0002 of this room).
"""

from collections.abc import Mapping
from enum import StrEnum


class HandedStatus(StrEnum):
    """Said by the head; the maker confirms it or says that it is not right; the head may undo it
    until the maker has confirmed."""

    SAID = "said"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    UNDONE = "undone"


_S = HandedStatus
HANDED_NEXT: Mapping[str, frozenset[str]] = {
    _S.SAID: frozenset({_S.CONFIRMED, _S.DISPUTED, _S.UNDONE}),
    # She looked again, or they found the slip together.
    _S.DISPUTED: frozenset({_S.CONFIRMED, _S.UNDONE}),
    _S.CONFIRMED: frozenset(),
    _S.UNDONE: frozenset(),
}
TABLES = {"Money handed to a maker": (HandedStatus, HANDED_NEXT)}
# What counts as handed over while nobody has denied it.
COUNTS = (_S.SAID.value, _S.CONFIRMED.value)


class Refused(Exception):
    """It is not done. `code` is one of `words.REFUSALS`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
