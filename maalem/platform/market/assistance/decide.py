"""What of a deed can be undone. Pure."""

from collections.abc import Sequence
from typing import Any

from maalem.platform.market.assistance.states import Act

WORDS = ("title", "description", "materials")
_ALWAYS = (*WORDS, "sizes", "deposit", "first photo")
# Taking it back is a matter of the shelf: whatever was said while it was put there stays said.
OF_THE_SHELF = (Act.LISTED, Act.SHELVED)


def can_be_undone(act: str, changes: Sequence[tuple[str, Any]]) -> bool:
    """Whether a deed can be undone: `changes` are (what, was) of the catalogue's rows about it."""
    if act in OF_THE_SHELF:
        return True
    return bool(changes) and all(can_go_back(what, was) for what, was in changes)


def can_go_back(what: str, was: Any) -> bool:
    """Whether this change can be put back: a photo that was dropped is gone, one added is not."""
    if what == "photos":
        return was is None
    if what == "price card":
        return was is not None
    return what in _ALWAYS or what.startswith(("price ", "on hand "))
