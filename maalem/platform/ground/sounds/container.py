"""What the readers of the containers have in common.

A sound is not made anew, as a picture is: nothing here decodes it. So each reader walks its
container from the first byte to the last, knows each part by name, and blanks every part that is
not needed to hear it: titles, places, dates, pictures, whatever a hostile hand put in between.
"""

from dataclasses import dataclass


class Broken(ValueError):
    """Not a whole container of this kind with a voice alone in it."""


@dataclass(frozen=True)
class Heard:
    """The file without what it said beside its sound, and how long it lasts, where it says so."""

    content: bytes
    length_ms: int | None
