"""Photos in a conversation: taken in as all pictures are, refused as this room refuses."""

from collections.abc import Iterable
from typing import IO, Any

from maalem.platform.ground.pictures import intake
from maalem.platform.market.conversations.models import MOST_PHOTOS
from maalem.platform.market.conversations.states import Refused


def take(files: Iterable[IO[bytes]]) -> list[list[Any]]:
    """Keep them: path, width, height and tone of each; the same one twice is one.

    Raises `Refused`.
    """
    given = list(files)
    if len(given) > MOST_PHOTOS:
        raise Refused("too_many_photos")
    try:
        rows = [intake.take(one, folder="conversations").row for one in given]
    except intake.Unusable as trouble:
        raise Refused(trouble.code) from trouble
    return list({row[0]: row for row in rows}.values())
