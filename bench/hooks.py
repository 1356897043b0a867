"""Webhook deliveries a second: one worker, a backlog of card payments' events, a sink on loopback.

The events are made by payments over HTTP while no worker runs. The sink answers 200 at once, keeps
the order of what came, and is a process of its own. The clock runs from the worker's first delivery
to an empty backlog; each event has to have come, and none before one that was more than the
deliveries on their way older.
"""

import asyncio
import json
import multiprocessing
import os
import signal
import socket
import statistics
import sys
import time
from multiprocessing.connection import Connection
from pathlib import Path

import psycopg

from bench import books
from bench.load import Result
from bench.ours import Maalem
from bench.paying import payments
from bench.peers.shop import Processes
from bench.plan import Plan
from bench.report import Row, row
from maalem.cli import postgres
from maalem.payments.events.lanes import LANES_MAX

BACKLOG = 5_000
_WITHIN_S = 120
_SECRET = "whsec_bench"
_ID = b'"id":"evt_'


def hooks(plan: Plan, *, on: postgres.Server) -> list[Row]:
    """One row: deliveries a second by one worker."""
    ours = Maalem(plan, server=on, size=0, items=())
    ours.install()
    here, there = multiprocessing.Pipe()
    sink = multiprocessing.Process(target=_sink, args=(there,), daemon=True)
    sink.start()
    port = here.recv()
    rates, cpus, inversions = [], [], []
    try:
        for _ in range(plan.rounds):
            _backlog(ours, port=port, plan=plan)
            rate, cpu, inverted = _emptied(ours, here)
            rates.append(rate)
            cpus.append(cpu)
            inversions.append(inverted)
            print(f"  deliveries: {rate:,.0f}/s, {cpu:.2f} ms CPU each", flush=True)
        books.check(ours)
    finally:
        sink.terminate()
        ours.stop()
    if max(inversions) > LANES_MAX:
        raise RuntimeError(f"an event overtook {max(inversions)} older ones")
    note = (
        f"backlog of {BACKLOG:,}, oldest first (overtaken by {max(inversions)} at most), each"
        f" signed and logged; {statistics.median(cpus):.2f} ms CPU of the worker each"
    )
    rate = statistics.median(rates)
    return [row("webhook deliveries, one worker", unit="1/s", ours=rate, note=note)]


def _backlog(ours: Maalem, *, port: int, plan: Plan) -> None:
    """Make payments until enough of their events wait for the sink."""
    with psycopg.connect(ours.books, autocommit=True) as connection:
        connection.execute("DELETE FROM event_deliveries")
        connection.execute(
            "UPDATE webhook_endpoints SET status = 'enabled', enabled_events = '[\"*\"]',"
            " secret = %s, url = %s",
            [_SECRET, f"http://127.0.0.1:{port}/hook"],
        )
    ours.start_payments()
    try:
        pay = payments(ours, seconds=min(plan.seconds, 2.0))
        while ours.undelivered() < BACKLOG:
            made: Result = pay()
            if made.errors:
                raise RuntimeError(f"payments failed: {made.first_error[:200]}")
    finally:
        ours.stop()


def _emptied(ours: Maalem, sink: Connection) -> tuple[float, float, int]:
    """(deliveries a second, ms CPU of the worker each, how many an event overtook at most)."""
    waiting = ours.undelivered()
    with psycopg.connect(ours.books) as connection:
        rows = connection.execute("SELECT event_id FROM event_deliveries ORDER BY event_id")
        expected = [event_id for (event_id,) in rows]
    sink.send(waiting)
    worker = Processes(ours.place.home, ours.processes.environment)
    worker.start(sys.executable, "-m", "maalem.payments.jobs", log="log/hooks.log")
    process = worker.running[0]
    try:
        if not sink.poll(_WITHIN_S):
            raise RuntimeError(f"{ours.undelivered()} of {waiting} events were not delivered")
        took_s, came = sink.recv()
        used_s = _cpu_s(process.pid)
        deadline = time.monotonic() + _WITHIN_S
        while ours.undelivered():
            if time.monotonic() > deadline:
                raise RuntimeError("deliveries were not noted")
            time.sleep(0.05)
    finally:
        worker.stop()
    if set(came) != set(expected):
        raise RuntimeError("the sink did not get what was waiting")
    place = {event_id: number for number, event_id in enumerate(expected)}
    return waiting / took_s, used_s * 1_000 / waiting, _overtaken([place[one] for one in came])


def _overtaken(places: list[int]) -> int:
    """The largest number of places by which one came before an older one."""
    most = 0
    newest = -1
    for place in places:
        newest = max(newest, place)
        most = max(most, newest - place)
    return most


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _sink(told: Connection) -> None:
    """Answers every POST with 200 and says, once as many came as it was told, when and which."""
    # What this process has of its parent's manners it does not need.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    came: list[str] = []
    began = 0.0
    expected = 0

    class Protocol(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.transport = transport
            self.buffer = b""

        def data_received(self, data: bytes) -> None:
            nonlocal began
            self.buffer += data
            while True:
                head, cut, rest = self.buffer.partition(b"\r\n\r\n")
                if not cut:
                    return
                length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
                if len(rest) < length:
                    return
                body, self.buffer = rest[:length], rest[length:]
                if not came:
                    began = time.perf_counter()
                came.append(json.loads(body)["id"])
                self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                if len(came) == expected:
                    told.send((time.perf_counter() - began, list(came)))
                    came.clear()

    async def serve() -> None:
        nonlocal expected
        listening = socket.create_server(("127.0.0.1", 0))
        loop = asyncio.get_running_loop()
        await loop.create_server(Protocol, sock=listening)
        told.send(listening.getsockname()[1])
        while True:
            expected = await loop.run_in_executor(None, told.recv)

    asyncio.run(serve())
