"""What a hub shows: photos taken in as all pictures are, refused in this room's words."""

from collections.abc import Iterable
from typing import IO

from maalem.platform.ground.pictures import intake
from maalem.platform.ground.pictures.intake import Fault
from maalem.platform.market.inspections.models import MOST_PHOTOS
from maalem.platform.market.inspections.states import Refused

_CODES = {
    Fault.EMPTY: "not_a_photo",
    Fault.NO_PICTURE: "not_a_photo",
    Fault.TOO_HEAVY: "photo_too_big",
    Fault.TOO_LARGE: "photo_too_big",
    Fault.TOO_SMALL: "photo_too_small",
}


def take(files: Iterable[IO[bytes]]) -> list[list[object]]:
    """Keep them: path, width, height and tone of each. Raises `Refused`."""
    given = list(files)
    if len(given) > MOST_PHOTOS:
        raise Refused("too_many_photos")
    try:
        kept = [intake.take(one, folder="inspections") for one in given]
    except intake.Unusable as trouble:
        raise Refused(_CODES[trouble.fault]) from trouble
    return [[one.path, one.width, one.height, one.tone] for one in kept]
