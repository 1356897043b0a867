"""The widths in which a picture is served, and how the smaller ones are made.

A picture's path has no ending: `a/b` is kept as `a/b.webp` (or .jpg, .png, .avif) in its own size
and served as `a/b-360.webp` and `a/b-720.webp`. A rendition is made when it is first asked for,
written aside and renamed, and never made again.
"""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from maalem.platform.ground import files

if TYPE_CHECKING:
    from PIL.Image import Image

WIDTHS = (360, 720)
_RENDITION = re.compile(r"^(?P<path>.+)-(?P<width>360|720)\.webp$")
_ORIGINALS = (".webp", ".jpg", ".jpeg", ".png", ".avif")
_QUALITY = 80


def name(path: str, *, width: int = WIDTHS[-1]) -> str:
    """The file of a picture's rendition, below the media root."""
    return f"{path}-{width}.webp"


def asked_for(file: str) -> tuple[list[str], int] | None:
    """The originals a rendition may come from and its width; None for any other file."""
    match = _RENDITION.match(file)
    if match is None:
        return None
    return [match["path"] + ending for ending in _ORIGINALS], int(match["width"])


def make(original: Path, *, target: Path, width: int) -> None:
    """Write `target`: the original turned upright and made `width` pixels wide, never wider.

    Raises OSError for a file that is no picture.
    """
    # Imported late: most processes never make a picture, and none of them needs it to start.
    from PIL import Image, ImageOps

    with Image.open(original) as opened:
        picture = ImageOps.exif_transpose(opened)
        if picture.mode not in ("RGB", "RGBA"):
            picture = picture.convert("RGB")
        write(picture, target=target, width=width)


def write(picture: "Image", *, target: Path, width: int) -> None:
    """Write `target`: the picture (RGB or RGBA) made `width` pixels wide, never wider."""
    from PIL.Image import Resampling

    if picture.width > width:
        height = max(1, round(picture.height * width / picture.width))
        picture = picture.resize((width, height), Resampling.LANCZOS, reducing_gap=3.0)
    files.put(target, lambda file: picture.save(file, "WEBP", quality=_QUALITY, method=4))


def is_plain(path: str) -> bool:
    """Whether a path names a picture below the media root and nothing else."""
    return files.is_plain(path, endings=(*_ORIGINALS, ".svg"))
