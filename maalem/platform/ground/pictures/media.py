"""Pictures from the media root, for installations without a media server in front.

A rendition that is not there yet is made from its original, or drawn by the callable that the
setting `MAALEM_PICTURE_MAKER` names: `maker(path: str, target: pathlib.Path) -> bool` writes the
file and says whether it could. Only the demo sets one.
"""

import mimetypes
import os
from functools import cache
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponseBase,
    HttpResponseNotModified,
)
from django.utils.http import http_date, parse_http_date_safe
from django.utils.module_loading import import_string

from maalem.platform.ground.pictures import renditions

# Paths are never reused for another picture: a changed one gets another name.
_FOREVER = "public, max-age=31536000, immutable"
mimetypes.add_type("image/avif", ".avif")
mimetypes.add_type("image/webp", ".webp")


class Maker(Protocol):
    """Draws one picture."""

    def __call__(self, path: str, target: Path) -> bool: ...


@cache
def _maker() -> Maker | None:
    dotted = getattr(settings, "MAALEM_PICTURE_MAKER", "") or os.environ.get(
        "MAALEM_PICTURE_MAKER", ""
    )
    return import_string(dotted) if dotted else None


def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """A picture or one of its renditions, kept by browsers for a year."""
    if not renditions.is_plain(path):
        raise Http404
    target = _found(path) or _rendered(path)
    if target is None:
        raise Http404
    changed = int(target.stat().st_mtime)
    since = parse_http_date_safe(request.headers.get("If-Modified-Since", ""))
    answer: HttpResponseBase
    if since is not None and changed <= since:
        answer = HttpResponseNotModified()
    else:
        kind, _ = mimetypes.guess_type(target.name)
        answer = FileResponse(target.open("rb"), content_type=kind)
        answer.block_size = 65_536
    answer["Last-Modified"] = http_date(changed)
    answer["Cache-Control"] = _FOREVER
    if target.suffix == ".svg":
        answer["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    return answer


def _found(path: str) -> Path | None:
    target = Path(settings.MEDIA_ROOT) / path
    return target if target.is_file() else None


def _rendered(path: str) -> Path | None:
    """Make what is asked for: by the maker, or from an original."""
    drawn = _drawn(path)
    asked = renditions.asked_for(path)
    if drawn is not None or asked is None:
        return drawn
    originals, width = asked
    original = next((one for name in originals if (one := _found(name))), None)
    if original is None:
        return None
    target = Path(settings.MEDIA_ROOT) / path
    try:
        renditions.make(original, target=target, width=width)
    except OSError:
        return original
    return target


def _drawn(path: str) -> Path | None:
    maker = _maker()
    target = Path(settings.MEDIA_ROOT) / path
    return target if maker is not None and maker(path, target) else None
