"""The photo of what came back: taken in as all pictures are, refused in this room's words."""

from typing import IO

from maalem.platform.ground.pictures import intake
from maalem.platform.ground.pictures.intake import Fault
from maalem.platform.market.returns.states import Refused

_CODES = {
    Fault.EMPTY: "not_a_photo",
    Fault.NO_PICTURE: "not_a_photo",
    Fault.TOO_HEAVY: "photo_too_big",
    Fault.TOO_LARGE: "photo_too_big",
    Fault.TOO_SMALL: "photo_too_small",
}


def take(file: IO[bytes]) -> list[object]:
    """Keep one photo: its path, width, height and tone. Raises `Refused`."""
    try:
        kept = intake.take(file, folder="returns")
    except intake.Unusable as trouble:
        raise Refused(_CODES[trouble.fault]) from trouble
    return [kept.path, kept.width, kept.height, kept.tone]
