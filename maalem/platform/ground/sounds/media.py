"""Recordings from the media root: whole, or the part that a player asks for.

Safari plays nothing from a server that can't give parts (RFC 9110, section 14).
"""

import re
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.views.decorators.http import require_safe

from maalem.platform.ground.sounds.intake import FOLDER

KINDS = {".webm": "audio/webm", ".ogg": "audio/ogg", ".m4a": "audio/mp4"}
_NAME = re.compile(r"[0-9a-f]{2}/[0-9a-f]{32}\.(?:webm|ogg|m4a)")
_PART = re.compile(r"bytes=([0-9]{0,12})-([0-9]{0,12})")
# A name is never used for another recording.
_FOREVER = "public, max-age=31536000, immutable"


@require_safe
def sound(request: HttpRequest, name: str) -> HttpResponse:
    """A recording, kept by browsers for a year."""
    target = Path(settings.MEDIA_ROOT) / FOLDER / name
    if not _NAME.fullmatch(name) or not target.is_file():
        raise Http404
    tag = f'"{target.stem}"'
    if tag in request.headers.get("If-None-Match", ""):
        answer: HttpResponse = HttpResponseNotModified()
    else:
        answer = _answer(request, target.read_bytes(), tag=tag)
        answer["Content-Type"] = KINDS[target.suffix]
    answer["ETag"] = tag
    answer["Accept-Ranges"] = "bytes"
    answer["Cache-Control"] = _FOREVER
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _answer(request: HttpRequest, content: bytes, *, tag: str) -> HttpResponse:
    """All of it; or one part, where one is asked for and of this very recording."""
    asked = _PART.fullmatch(request.headers.get("Range", ""))
    if asked is None or not any(asked.groups()) or request.headers.get("If-Range", tag) != tag:
        return HttpResponse(content)
    first, last = asked.groups()
    if not first:
        start, stop = max(0, len(content) - int(last)), len(content)
    else:
        start = int(first)
        stop = min(len(content), int(last) + 1 if last else len(content))
        if last and int(last) < int(first):
            return HttpResponse(content)  # no range at all, so it counts as not asked for
    if start >= stop:
        refused = HttpResponse(status=416)
        refused["Content-Range"] = f"bytes */{len(content)}"
        return refused
    part = HttpResponse(content[start:stop], status=206)
    part["Content-Range"] = f"bytes {start}-{stop - 1}/{len(content)}"
    return part
