"""The photo of what came back: taken in as all pictures are, refused as this room refuses."""

from typing import IO, Any

from maalem.platform.ground.pictures import intake
from maalem.platform.market.returns.states import Refused


def take(file: IO[bytes]) -> list[Any]:
    """Keep one photo: its path, width, height and tone. Raises `Refused`."""
    try:
        return intake.take(file, folder="returns").row
    except intake.Unusable as trouble:
        raise Refused(trouble.code) from trouble
