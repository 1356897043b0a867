"""Card payments per second: created and confirmed in one call, each with its own key.

A bare client on the loopback, so that the service gets the machine:

    python -m bench.payments_load --url http://127.0.0.1:8010 --key sk_test_… --count 20000
"""

import argparse
import asyncio
import ipaddress
import secrets
import socket
import sys
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

COUNT_MAX = 500_000
CONNECTIONS_MAX = 256


@dataclass
class Run:
    """What is asked for, and what came back."""

    host: str
    port: int
    key: str
    count: int
    connections: int
    taken_ms: list[float] = field(default_factory=list)
    refused: list[bytes] = field(default_factory=list)
    left: int = 0

    def request(self) -> bytes:
        """One payment by the documented Visa card; amount and key differ each time."""
        amount = 1_000 + self.left % 90_000
        body = (
            f"amount={amount}&currency=mad&confirm=true&payment_method=pm_card_visa"
            "&metadata[order]=bench"
        )
        head = (
            f"POST /v1/payment_intents HTTP/1.1\r\nHost: {self.host}\r\n"
            f"Authorization: Bearer {self.key}\r\nIdempotency-Key: {secrets.token_hex(12)}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return (head + body).encode()


async def worker(run: Run) -> None:
    """Pay one after the other on one connection until nothing is left."""
    reader, writer = await asyncio.open_connection(run.host, run.port)
    while run.left > 0:
        run.left -= 1
        request = run.request()
        start = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        body = await reader.readexactly(length)
        run.taken_ms.append((time.perf_counter() - start) * 1_000)
        if b" 200 " not in head[:16] or b'"status":"succeeded"' not in body:
            run.refused.append(head[:16] + body[:300])
    writer.close()


async def measure(run: Run) -> dict[str, float]:
    """Drive `run.count` payments; figures are payments per second and milliseconds."""
    run.left = min(200, run.count)
    await asyncio.gather(*(worker(run) for _ in range(min(8, run.connections))))
    run.taken_ms.clear()
    run.left = run.count
    start = time.perf_counter()
    await asyncio.gather(*(worker(run) for _ in range(run.connections)))
    took_s = time.perf_counter() - start
    ordered = sorted(run.taken_ms)
    return {
        "payments": len(ordered),
        "refused": len(run.refused),
        "per_second": len(ordered) / took_s,
        "p50_ms": ordered[len(ordered) // 2],
        "p99_ms": ordered[len(ordered) * 99 // 100],
    }


def main() -> None:
    """Read the command line, run, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8010")
    parser.add_argument("--key", required=True)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--connections", type=int, default=32)
    words = parser.parse_args()
    place = urlsplit(words.url)
    host = socket.gethostbyname(place.hostname or "")
    if not ipaddress.ip_address(host).is_loopback:
        sys.exit("only for the loopback: this makes real load")
    run = Run(
        host=host,
        port=place.port or 80,
        key=words.key,
        count=min(words.count, COUNT_MAX),
        connections=min(words.connections, CONNECTIONS_MAX),
    )
    for name, figure in asyncio.run(measure(run)).items():
        print(f"{name:>12} {figure:,.1f}")
    if run.refused:
        print("refused, the first:", run.refused[0].decode(errors="replace"))


if __name__ == "__main__":
    main()
