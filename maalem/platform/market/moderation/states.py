"""What moderators may do to a piece, how it ends, and why it can't be done.

There is no status that moves: a ruling is in force until a `Lift` of it is written, an appeal is
open until its `Verdict` is. All of these rows are written once and never change.
"""

from enum import StrEnum


class Kind(StrEnum):
    """Taken off: nobody buys it until it is lifted. Change asked: it stays where it is."""

    TAKEN_OFF = "taken_off"
    CHANGE_ASKED = "change_asked"


class Because(StrEnum):
    """Why a ruling ended: put right by the workshop, taken back, a second moderator said so, or a
    stricter one took its place.
    """

    PUT_RIGHT = "put_right"
    MISTAKE = "mistake"
    APPEAL = "appeal"
    REPLACED = "replaced"


# What a moderator may say herself when she lifts a ruling.
BY_HAND = (Because.PUT_RIGHT, Because.MISTAKE)


class Refused(Exception):
    """It can't be done; `code` names why, and `words.REFUSALS` says it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
