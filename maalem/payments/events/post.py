"""POST to one address after the other over HTTP/1.1, on connections that are kept.

Only what a delivery needs: of an answer the status counts. Its body is read, if it is short, so
that the connection can be used again; otherwise the connection is closed. No redirect is followed,
no cookie kept, no proxy asked, nothing decompressed.
"""

import asyncio
import ssl
from collections.abc import Mapping
from functools import cache
from urllib.parse import quote, urlsplit

from maalem.payments.events.reach import Target

BODY_MAX, KEPT_MAX = 16 * 1024, 32
_SAFE = "%/:?#[]@!$&'()*+,;=~"

Place = tuple[str, int, str | None]


class BadAnswer(Exception):
    """What came back is not HTTP/1.x."""


class Line:
    """A connection to one place."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self.good = False  # whether another request may follow

    @property
    def usable(self) -> bool:
        """Whether it is open at our end and was not closed at the other."""
        return not self._reader.at_eof() and not self._writer.is_closing()

    def close(self) -> None:
        """Hang up."""
        self._writer.close()

    async def exchange(self, request: bytes) -> int:
        """Send `request`, return the answer's status."""
        self.good = False
        self._writer.write(request)
        status = 100
        while 100 <= status < 200:
            version, status, headers = _head(await self._reader.readuntil(b"\r\n\r\n"))
        length = b"0" if status in (204, 304) else headers.get(b"content-length", b"")
        if length.isdigit() and int(length) <= BODY_MAX and b"transfer-encoding" not in headers:
            await self._reader.readexactly(int(length))
            self.good = version == b"HTTP/1.1" and headers.get(b"connection", b"") != b"close"
        return status


class Poster:
    """Keeps a few idle connections to each place; close it at the end."""

    def __init__(self, *, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._kept: dict[Place, list[Line]] = {}

    async def post(self, target: Target, *, headers: Mapping[str, str], body: bytes) -> int:
        """The status of the answer, within the time given.

        Raises `OSError` (a `TimeoutError` too), `EOFError`, `BadAnswer`, `ValueError` for an
        address that is none, or `asyncio.LimitOverrunError` for a head without end.
        """
        parts = urlsplit(target.url)
        secure = parts.scheme == "https"
        name = (target.sni or parts.hostname or "") if secure else None
        place = (parts.hostname or "", parts.port or (443 if secure else 80), name)
        path = quote(parts._replace(scheme="", netloc="", fragment="").geturl() or "/", safe=_SAFE)
        lines = [f"POST {path} HTTP/1.1", f"Host: {target.host}", f"Content-Length: {len(body)}"]
        lines += [f"{key}: {value}" for key, value in headers.items()]
        request = "\r\n".join([*lines, "", ""]).encode() + body
        async with asyncio.timeout(self._timeout_s):
            return await self._sent(place, request)

    def close(self) -> None:
        """Hang up everywhere."""
        for lines in self._kept.values():
            for line in lines:
                line.close()
        self._kept.clear()

    async def _sent(self, place: Place, request: bytes) -> int:
        while (line := self._idle(place)) is not None:
            try:
                return await self._over(line, place, request=request)
            except (ConnectionError, asyncio.IncompleteReadError):
                continue  # closed at the other end while it was idle: a receiver bears doubles
        host, port, name = place
        trust = _trust() if name is not None else None
        streams = await asyncio.open_connection(host, port, ssl=trust, server_hostname=name)
        line = Line(*streams)
        return await self._over(line, place, request=request)

    def _idle(self, place: Place) -> Line | None:
        lines = self._kept.get(place, [])
        while lines:
            line = lines.pop()
            if line.usable:
                return line
            line.close()
        return None

    async def _over(self, line: Line, place: Place, *, request: bytes) -> int:
        try:
            return await line.exchange(request)
        finally:
            kept = self._kept.setdefault(place, [])
            if line.good and len(kept) < KEPT_MAX:
                kept.append(line)
            else:
                line.close()


def _head(text: bytes) -> tuple[bytes, int, dict[bytes, bytes]]:
    first, *rest = text.split(b"\r\n")
    version, _, said = first.partition(b" ")
    if not version.startswith(b"HTTP/1.") or not said[:3].isdigit():
        raise BadAnswer(first[:40].decode("latin-1"))
    pairs = (line.partition(b":") for line in rest if line)
    return version, int(said[:3]), {name.lower(): value.strip().lower() for name, _, value in pairs}


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()
