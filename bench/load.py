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
from urllib.parse import urlsplit

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
    end: float = 0.0
    times: list[float] = field(default_factory=list)
    errors: int = 0
    first_error: str = ""


def run(
    base: str,
    requests: Sequence[Request] | Callable[[], Request],
    *,
    connections: int = 8,
    seconds: float = 10.0,
    warm_s: float = 2.0,
    expect: frozenset[int] = frozenset({200}),
) -> Result:
    """Load `base` (http://127.0.0.1:port) with `requests`, taken in turn, for `seconds`."""
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
        asyncio.run(_drive(warm, connections=1, seconds=warm_s))
    loop = Loop(host, port, take, expect)
    took = asyncio.run(_drive(loop, connections=connections, seconds=seconds))
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
    reader = writer = None
    while (began := time.perf_counter()) < loop.end:
        request = loop.take()
        try:
            if reader is None or writer is None:
                reader, writer = await asyncio.open_connection(loop.host, loop.port)
            writer.write(request.encode(f"{loop.host}:{loop.port}"))
            status, keep, body = await _answer(reader)
        except (OSError, asyncio.IncompleteReadError) as trouble:
            loop.errors += 1
            loop.first_error = loop.first_error or repr(trouble)
            reader = writer = None
            continue
        if status in loop.expect:
            loop.times.append(time.perf_counter() - began)
        else:
            loop.errors += 1
            loop.first_error = loop.first_error or f"{status} {request.path} {body[:200]!r}"
        if not keep:
            writer.close()
            reader = writer = None
    if writer is not None:
        writer.close()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bool, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    lower = head.lower()
    keep = b"connection: close" not in lower
    if (at := lower.find(b"content-length:")) >= 0:
        length = int(lower[at + 15 : lower.index(b"\r\n", at)])
        return status, keep, await reader.readexactly(length)
    body = b""
    if b"transfer-encoding: chunked" in lower:
        while size := int((await reader.readline()).split(b";")[0], 16):
            body += await reader.readexactly(size)
            await reader.readexactly(2)
        await reader.readexactly(2)
    return status, keep, body
