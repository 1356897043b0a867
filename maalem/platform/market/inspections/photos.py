"""What a hub shows: photos taken in as all pictures are, refused as this room refuses."""

from collections.abc import Iterable
from typing import IO, Any

from maalem.platform.ground.pictures import intake
from maalem.platform.market.inspections.models import MOST_PHOTOS
from maalem.platform.market.inspections.states import Refused


def take(files: Iterable[IO[bytes]]) -> list[list[Any]]:
    """Keep them: path, width, height and tone of each. Raises `Refused`."""
    given = list(files)
    if len(given) > MOST_PHOTOS:
        raise Refused("too_many_photos")
    try:
        return [intake.take(one, folder="inspections").row for one in given]
    except intake.Unusable as trouble:
        raise Refused(trouble.code) from trouble
