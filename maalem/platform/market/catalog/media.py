"""Pictures from the media root, for installations without a media server in front.

A picture that is not there yet may be drawn by the callable that the setting
`MAALEM_PICTURE_MAKER` names: `maker(path: str, target: pathlib.Path) -> bool` writes the file
and says whether it could. Only the demo sets one.
"""

import mimetypes
import os
from functools import cache
from pathlib import Path, PurePosixPath
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

# Paths are never reused for another picture: a changed one gets another name.
_FOREVER = "public, max-age=31536000, immutable"
_KINDS = {".webp", ".avif", ".jpg", ".jpeg", ".png", ".svg"}
mimetypes.add_type("image/avif", ".avif")
mimetypes.add_type("image/webp", ".webp")


class Maker(Protocol):
    """Draws one picture."""

    def __call__(self, path: str, target: Path) -> bool: ...


@cache
def _maker() -> Maker | None:
    name = getattr(settings, "MAALEM_PICTURE_MAKER", "") or os.environ.get(
        "MAALEM_PICTURE_MAKER", ""
    )
    return import_string(name) if name else None


def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """A picture, kept by browsers for a year."""
    wanted = PurePosixPath(path)
    if ".." in wanted.parts or "\x00" in path or wanted.suffix.lower() not in _KINDS:
        raise Http404
    target = Path(settings.MEDIA_ROOT) / wanted
    maker = _maker()
    if not target.is_file() and not (maker is not None and maker(path, target)):
        raise Http404
    changed = int(target.stat().st_mtime)
    since = parse_http_date_safe(request.headers.get("If-Modified-Since", ""))
    answer: HttpResponseBase
    if since is not None and changed <= since:
        answer = HttpResponseNotModified()
    else:
        kind, _ = mimetypes.guess_type(target.name)
        answer = FileResponse(target.open("rb"), content_type=kind)
    answer["Last-Modified"] = http_date(changed)
    answer["Cache-Control"] = _FOREVER
    if target.suffix == ".svg":
        answer["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    return answer
