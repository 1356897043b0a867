"""Photos that anybody may send: read as hostile, drawn anew, kept without what cameras add.

Only three formats are tried, the size is looked at before a pixel is, and what is kept is our own
drawing of the pixels: no place, no owner's name, no bytes of the sender's.
"""

import io
import logging
import os
import secrets
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from django.conf import settings

from maalem.platform.market.reviews.states import Refused

log = logging.getLogger(__name__)

FORMATS = ("JPEG", "PNG", "WEBP")
LARGEST_BYTES = 12 * 2**20
MOST_PIXELS = 50_000_000
LEAST_SIDE, SIDE = 64, 1_600
_QUALITY = 82

Kept = list[Any]  # path, width, height, tone: as it stands in the row


def take(file: IO[bytes], *, size: int) -> Kept:
    """Keep one photo; the same photo sent again is the same file. Raises `Refused`."""
    if size > LARGEST_BYTES:
        raise Refused("photo_too_big")
    data, width, height, tone = _drawn(file)
    digest = sha256(data).hexdigest()
    path = f"reviews/{digest[:2]}/{digest[2:42]}"
    _write(Path(settings.MEDIA_ROOT) / f"{path}.webp", data)
    return [path, width, height, tone]


def _drawn(file: IO[bytes]) -> tuple[bytes, int, int, str]:
    # Imported late, as in the catalogue: most processes never see a picture.
    from PIL import Image, ImageOps

    try:
        with Image.open(file, formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise Refused("photo_too_big")
            if min(opened.size) < LEAST_SIDE:
                raise Refused("photo_too_small")
            opened.draft("RGB", (SIDE, SIDE))
            opened.thumbnail((SIDE, SIDE), reducing_gap=3.0)
            upright = ImageOps.exif_transpose(opened).convert("RGBA")
        picture = Image.new("RGB", upright.size, "white")
        picture.paste(upright, mask=upright.getchannel("A"))
        colour = picture.resize((1, 1)).getpixel((0, 0))
        out = io.BytesIO()
        picture.save(out, "WEBP", quality=_QUALITY, method=4)
    except Refused:
        raise
    except Image.DecompressionBombError as bomb:
        raise Refused("photo_too_big") from bomb
    except Exception as trouble:
        # Decoders raise whatever a made-up file leads them to: none of it is our failure.
        log.info("a photo could not be read: %r", trouble)
        raise Refused("not_a_photo") from trouble
    return out.getvalue(), *picture.size, "#{:02x}{:02x}{:02x}".format(*colour)


def _write(target: Path, data: bytes) -> None:
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        aside.write_bytes(data)
        os.replace(aside, target)
    finally:
        aside.unlink(missing_ok=True)
