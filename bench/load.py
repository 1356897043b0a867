"""A small HTTP/1.1 load maker: keep-alive connections, closed loop, bounded, loopback only.

It counts what the client sees: answers per second and the time to the last byte of each. A page
that is not answered with the expected status is an error, and a run with errors has no figure.
"""

import asyncio
import itertools
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import urlsplit

import uvloop

LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True)
class Request:
    """One request of the loop: its path, and a body that makes it a POST."""

    path: str
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()

    def encode(self, host: str) -> bytes:
        """The bytes on the wire."""
        lines = [f"{'POST' if self.body else 'GET'} {self.path} HTTP/1.1", f"Host: {host}"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        if self.body:
            lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + self.body


@dataclass(frozen=True)
class Result:
    """What a run saw. Times in milliseconds."""

    answers: int
    seconds: float
    errors: int
    p50_ms: float
    p99_ms: float
    first_error: str = ""

    @property
    def per_second(self) -> float:
        """Good answers per second."""
        return self.answers / self.seconds if self.seconds else 0.0


@dataclass
class Loop:
    """What every connection of one run shares: where to, what, until when, and the tally."""

    host: str
    port: int
    take: Callable[[], Request]
    expect: frozenset[int]
    most: int = 0
    asked: int = 0
    end: float = 0.0
    times: list[float] = field(default_factory=list)
    errors: int = 0
    first_error: str = ""

    @property
    def over(self) -> bool:
        """Whether the time is up, or all was asked for that was to be."""
        return time.perf_counter() >= self.end or (self.most > 0 and self.asked >= self.most)

    def fail(self, what: str) -> None:
        """Count an error; the first is told."""
        self.errors += 1
        self.first_error = self.first_error or what


def run(
    base: str,
    requests: Sequence[Request] | Callable[[], Request],
    *,
    connections: int = 8,
    seconds: float = 10.0,
    warm_s: float = 2.0,
    most: int = 0,
    expect: frozenset[int] = frozenset({200}),
) -> Result:
    """Load `base` (http://127.0.0.1:port) with `requests`, taken in turn, for `seconds`, or until
    `most` of them were answered."""
    parts = urlsplit(base)
    host, port = parts.hostname or "", parts.port or 80
    if host not in LOOPBACK:
        raise ValueError(f"load goes to this machine only, not to {host}")
    if callable(requests):
        take = requests
    else:
        wheel = itertools.cycle(requests)
        take = wheel.__next__
    warm = Loop(host, port, take, expect)
    if warm_s:
        uvloop.run(_drive(warm, connections=1, seconds=warm_s))
    loop = Loop(host, port, take, expect, most=most)
    took = uvloop.run(_drive(loop, connections=connections, seconds=seconds))
    times = sorted(loop.times)
    return Result(
        answers=len(times),
        seconds=took,
        errors=loop.errors,
        p50_ms=statistics.median(times) * 1000 if times else 0.0,
        p99_ms=times[min(len(times) - 1, int(len(times) * 0.99))] * 1000 if times else 0.0,
        first_error=loop.first_error,
    )


async def _drive(loop: Loop, *, connections: int, seconds: float) -> float:
    began = time.perf_counter()
    loop.end = began + seconds
    await asyncio.gather(*(_client(loop) for _ in range(connections)))
    return time.perf_counter() - began


async def _client(loop: Loop) -> None:
    """One connection after the other until the time is up."""
    running = asyncio.get_running_loop()
    while not loop.over:
        line = Line(loop)
        try:
            await running.create_connection(lambda line=line: line, loop.host, loop.port)
        except OSError as trouble:
            loop.fail(repr(trouble))
            continue
        await line.over


class Line(asyncio.Protocol):
    """A connection that asks for the next thing as soon as it has been answered.

    No streams and no tasks: what the load maker does not use, the side under load has.
    """

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self._host = f"{loop.host}:{loop.port}"
        self._seen = b""
        self._began = 0.0
        self._path = ""
        self._asked = False
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._seen = self._seen + data if self._seen else data
        answer = _answer(self._seen)
        if answer is None:
            return
        loop, (status, keep, body) = self._loop, answer
        self._seen, self._asked = b"", False
        if status in loop.expect:
            loop.times.append(time.perf_counter() - self._began)
        else:
            loop.fail(f"{status} {self._path} {body[:200]!r}")
        if keep and not loop.over:
            self._ask()
        else:
            self._transport.close()

    def connection_lost(self, trouble: Exception | None) -> None:
        if self._asked:
            self._loop.fail(f"hung up on {self._path}: {trouble!r}")
        self.over.set_result(None)

    def _ask(self) -> None:
        request = self._loop.take()
        self._loop.asked += 1
        self._path, self._asked = request.path, True
        self._began = time.perf_counter()
        self._transport.write(request.encode(self._host))


def _answer(seen: bytes) -> tuple[int, bool, bytes] | None:
    """Status, whether the connection is kept, and the body; None while something is missing."""
    end = seen.find(b"\r\n\r\n")
    if end < 0:
        return None
    head, start = seen[: end + 2].lower(), end + 4
    status, keep = int(head[9:12]), b"connection: close" not in head
    at = head.find(b"content-length:")
    if at >= 0:
        length = int(head[at + 15 : head.index(b"\r\n", at)])
        return (status, keep, seen[start:]) if len(seen) >= start + length else None
    if b"transfer-encoding: chunked" not in head:
        return status, keep, b""
    body = b""
    while (line := seen.find(b"\r\n", start)) >= 0:
        size = int(seen[start:line].split(b";")[0], 16)
        start = line + 2 + size + 2
        if len(seen) < start:
            return None
        if size == 0:
            return status, keep, body
        body += seen[line + 2 : line + 2 + size]
    return None
