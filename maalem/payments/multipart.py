"""Read multipart/form-data: a few plain fields and one document, in memory, within limits.

Only what says so is read this way, and only after its caller is known: nobody can make us hold
five megabytes without a key, or without the browser that a link was opened in.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, MutableMapping
from typing import Any, NamedTuple

from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from maalem.payments.errors import BadRequest
from maalem.payments.files.keep import SIZE_MAX, too_large

FIELDS_MAX, FIELD_MAX = 20, 8 * 1024
# Five megabytes over a slow line of the countryside.
WITHIN_S = 120.0
# The document, the fields, and what stands between them.
BODY_MAX = SIZE_MAX + 64 * 1024
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


class Parts(NamedTuple):
    """A form's fields in order; the document stands among them under its name, its text empty."""

    pairs: list[tuple[str, str]]
    named: str | None
    content: bytes
    filename: str | None


class _Parser(MultiPartParser):
    """Starlette's, which keeps the document off the disk here and says whether it saw the end."""

    spool_max_size = BODY_MAX
    ended = False

    def on_end(self) -> None:
        """The closing boundary was read."""
        self.ended = True


async def parts(content_type: str | None, receive: Receive) -> Parts:
    """The form that is being sent. Raises `BadRequest` for one that is broken or too large."""
    if not (content_type or "").lower().startswith("multipart/form-data"):
        raise BadRequest("Send the file as multipart/form-data.", param="file")
    parser = _Parser(
        Headers({"content-type": content_type or ""}),
        _within_limits(receive),
        max_files=1,
        max_fields=FIELDS_MAX,
        max_part_size=FIELD_MAX,
    )
    try:
        async with asyncio.timeout(WITHIN_S):
            form = await parser.parse()
    except TimeoutError:
        raise BadRequest(f"The form did not arrive within {WITHIN_S:.0f} s.") from None
    except (MultiPartException, UnicodeDecodeError) as problem:
        said = getattr(problem, "message", "it is not UTF-8")
        raise BadRequest(f"The form can't be read: {said}") from None
    if not parser.ended:
        raise BadRequest("The form can't be read: its end is missing.")
    return await _parts(form.multi_items())


async def _parts(items: list[tuple[str, UploadFile | str]]) -> Parts:
    pairs: list[tuple[str, str]] = []
    named, content, filename = None, b"", None
    for name, value in items:
        if isinstance(value, str):
            pairs.append((name, value))
            continue
        named, content, filename = name, await value.read(), value.filename
        await value.close()
        if len(content) > SIZE_MAX:
            raise too_large()
        pairs.append((name, ""))
    return Parts(pairs, named, content, filename)


async def _within_limits(receive: Receive) -> AsyncGenerator[bytes, None]:
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise BadRequest("The request was broken off.")
        chunk = bytes(message.get("body", b""))
        size += len(chunk)
        if size > BODY_MAX:
            raise too_large()
        yield chunk
        if not message.get("more_body", False):
            return
