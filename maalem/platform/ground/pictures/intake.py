"""Pictures that people send: read with care, turned upright, and drawn anew.

Nothing of the file that was sent is kept. What is stored is made from its pixels, so neither a
script behind the picture nor the place where it was taken (EXIF) outlives the sending.
"""

import hashlib
import io
import struct
import zlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from django.conf import settings

from maalem.platform.ground.pictures import renditions

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_BYTES = 16 * 1024 * 1024
# Telephones of today take 50 megapixels at most in one file of this size; a bomb says thousands.
MOST_PIXELS = 64_000_000
LEAST_SIDE = 240
LONGEST_SIDE = 2_000
_KINDS = ("JPEG", "PNG", "WEBP", "AVIF")
_WHITE = (255, 255, 255)


class Fault(StrEnum):
    """Why a file was not taken."""

    EMPTY = "empty"
    TOO_HEAVY = "too_heavy"
    NO_PICTURE = "no_picture"
    TOO_LARGE = "too_large"
    TOO_SMALL = "too_small"


class Unusable(ValueError):
    """The file can't be used; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault

    @property
    def code(self) -> str:
        """`fault` as rooms name their refusals: a key of words.REFUSALS."""
        return f"photo_{self.fault}"


@dataclass(frozen=True)
class Picture:
    """What is stored: `path` below the media root without ending, the size in pixels, and the
    colour (#rrggbb) that stands in for it while it loads."""

    path: str
    width: int
    height: int
    tone: str

    @property
    def row(self) -> list[Any]:
        """As photos beside somebody's words are kept: path, width, height, tone."""
        return [self.path, self.width, self.height, self.tone]


def take(sent: IO[bytes], *, folder: str) -> Picture:
    """Store a sent picture below `folder` with all its renditions, durably. Raises `Unusable`.

    The path is the digest of the file: what is sent twice is stored once.
    """
    content = sent.read(MOST_BYTES + 1)
    if not content:
        raise Unusable(Fault.EMPTY)
    if len(content) > MOST_BYTES:
        raise Unusable(Fault.TOO_HEAVY)
    picture = _read(content)
    digest = hashlib.blake2b(content, digest_size=16).hexdigest()
    path = f"{folder}/{digest[:2]}/{digest}"
    root = Path(settings.MEDIA_ROOT)
    renditions.write(picture, target=root / f"{path}.webp", width=picture.width)
    for width in renditions.WIDTHS:
        renditions.write(picture, target=root / renditions.name(path, width=width), width=width)
    return Picture(path=path, width=picture.width, height=picture.height, tone=_tone(picture))


def _read(content: bytes) -> "Image":
    """The pixels, upright, in sRGB on white, no longer than `LONGEST_SIDE`."""
    # Imported late: most processes never take a picture in, and none of them needs it to start.
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(content), formats=_KINDS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise Unusable(Fault.TOO_LARGE)
            if min(opened.size) < LEAST_SIDE:
                raise Unusable(Fault.TOO_SMALL)
            # A JPEG is decoded at a half or a quarter where that is enough: four times as fast.
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            profile = opened.info.get("icc_profile")
            opened.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
            return _as_srgb(_on_white(ImageOps.exif_transpose(opened)), profile)
    except Image.DecompressionBombError as bomb:
        raise Unusable(Fault.TOO_LARGE) from bomb
    except _BROKEN as broken:
        if isinstance(broken, Unusable):
            raise
        raise Unusable(Fault.NO_PICTURE) from broken


# What the decoders raise for files that are not what they say.
_BROKEN = (OSError, SyntaxError, ValueError, IndexError, TypeError, KeyError, EOFError,
           OverflowError, RuntimeError, struct.error, zlib.error)  # fmt: skip


def _on_white(picture: "Image") -> "Image":
    """RGB; what can be seen through is white, as a page is."""
    from PIL import Image

    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        seen_through = picture.convert("RGBA")
        ground = Image.new("RGB", picture.size, _WHITE)
        ground.paste(seen_through, mask=seen_through.getchannel("A"))
        return ground
    return picture.convert("RGB")


def _as_srgb(picture: "Image", profile: bytes | None) -> "Image":
    """The same colours without a profile: telephones write in wider ones than a page shows."""
    if not profile:
        return picture
    from PIL import ImageCms

    try:
        read = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if read.profile.xcolor_space.strip() != "RGB":
            return picture
        anew = ImageCms.profileToProfile(picture, read, ImageCms.createProfile("sRGB"))
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture  # a profile that can't be read says nothing
    return anew or picture


def _tone(picture: "Image") -> str:
    from PIL import Image

    red, green, blue = picture.resize((1, 1), Image.Resampling.BOX).tobytes()[:3]
    return f"#{red:02x}{green:02x}{blue:02x}"
