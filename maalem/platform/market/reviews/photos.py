"""Photos of a review: taken in as all pictures are, refused as this room refuses."""

from typing import IO, Any

from maalem.platform.ground.pictures import intake
from maalem.platform.market.reviews.states import Refused

Kept = list[Any]  # path, width, height, tone: as it stands in the row


def take(file: IO[bytes]) -> Kept:
    """Keep one photo; the same photo sent again is the same file. Raises `Refused`."""
    try:
        return intake.take(file, folder="reviews").row
    except intake.Unusable as trouble:
        raise Refused(trouble.code) from trouble
