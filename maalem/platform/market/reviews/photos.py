"""Photos of a review: taken in as all pictures are, refused in this room's words."""

from typing import IO, Any

from maalem.platform.ground.pictures import intake
from maalem.platform.ground.pictures.intake import Fault
from maalem.platform.market.reviews.states import Refused

Kept = list[Any]  # path, width, height, tone: as it stands in the row

_CODES = {
    Fault.EMPTY: "not_a_photo",
    Fault.NO_PICTURE: "not_a_photo",
    Fault.TOO_HEAVY: "photo_too_big",
    Fault.TOO_LARGE: "photo_too_big",
    Fault.TOO_SMALL: "photo_too_small",
}


def take(file: IO[bytes]) -> Kept:
    """Keep one photo; the same photo sent again is the same file. Raises `Refused`."""
    try:
        kept = intake.take(file, folder="reviews")
    except intake.Unusable as trouble:
        raise Refused(_CODES[trouble.fault]) from trouble
    return [kept.path, kept.width, kept.height, kept.tone]
