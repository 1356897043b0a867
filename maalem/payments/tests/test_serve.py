"""The server of the payments service on real sockets: what it bounds, and how it stops."""

import asyncio
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn

from maalem.payments import serve as server
from maalem.payments.tests.service import free_port

PATIENCE_S = 0.3


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Says the path back; `/slow` takes its time, `/read` reads its body first."""
    if scope["type"] == "lifespan":
        for _ in range(2):
            await send({"type": (await receive())["type"] + ".complete"})
        return
    body = scope["path"].encode()
    if body == b"/read":
        while (await receive()).get("more_body"):
            pass
    if body == b"/slow":
        await asyncio.sleep(0.5)
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": 200, "headers": [length]})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Where the small app is served, by a server of little patience."""
    monkeypatch.setattr(server, "HEAD_WITHIN_S", PATIENCE_S)
    monkeypatch.setattr(server, "BODY_WITHIN_S", PATIENCE_S)
    monkeypatch.setattr(server, "KEEP_ALIVE_S", PATIENCE_S)
    config = uvicorn.Config(app, http=server.Bounded, ws="none", log_config=None, port=0)
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run)
    thread.start()
    while not running.started:
        time.sleep(0.01)
    yield running.servers[0].sockets[0].getsockname()[1]
    running.should_exit = True
    thread.join(timeout=10)


@contextmanager
def line(port: int) -> Iterator[socket.socket]:
    """A connection to the server."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as opened:
        yield opened


def all_of(opened: socket.socket) -> bytes:
    """What comes until the server hangs up."""
    heard = b""
    while more := opened.recv(65_536):
        heard += more
    return heard


def refusal(heard: bytes) -> tuple[int, str]:
    """Status and message of a refusal in the API's error shape."""
    head, _, body = heard.partition(b"\r\n\r\n")
    error = json.loads(body)["error"]
    assert error["type"] == "invalid_request_error"
    return int(head[9:12]), error["message"]


def test_a_head_that_comes_drop_by_drop_is_given_up(port):
    with line(port) as opened:
        began = time.monotonic()
        for drop in b"GET /v1/x HTTP/1.1\r\nHost: x":
            opened.send(bytes([drop]))
            time.sleep(0.005)
        status, message = refusal(all_of(opened))
    assert status == 408
    assert "did not arrive" in message
    assert time.monotonic() - began < 20 * PATIENCE_S


def test_headers_without_end_are_not_kept(port):
    with line(port) as opened:
        opened.sendall(b"GET / HTTP/1.1\r\n")
        for _ in range(server.HEAD_MAX // 1000 + 1):
            opened.sendall(b"X: %b\r\n" % (b"y" * 995))
        status, message = refusal(all_of(opened))
    assert status == 431
    assert str(server.HEAD_MAX) in message


def test_what_is_no_http_is_refused_in_the_apis_shape(port):
    with line(port) as opened:
        opened.sendall(b"\x16\x03\x01 this is TLS, or whatever\r\n\r\n")
        status, message = refusal(all_of(opened))
    assert (status, message) == (400, "Invalid HTTP request received.")


def test_a_body_with_two_lengths_is_refused(port):
    with line(port) as opened:
        opened.sendall(
            b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
        )
        heard = all_of(opened)
    assert b"/smuggled" not in heard
    assert refusal(heard)[0] == 400


@pytest.mark.parametrize("framing", [b"Content-Length: 9", b"Transfer-Encoding: chunked"])
def test_a_body_that_stops_is_given_up(port, framing):
    with line(port) as opened:
        opened.sendall(b"POST /read HTTP/1.1\r\nHost: x\r\n" + framing + b"\r\n\r\n")
        status, message = refusal(all_of(opened))
    assert status == 408
    assert "did not arrive" in message


def test_a_broken_second_request_does_not_speak_before_the_first_is_answered(port):
    with line(port) as opened:
        opened.sendall(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        opened.sendall(b"\x16\x03\x01 no HTTP\r\n\r\n")
        assert b"400" not in all_of(opened)


def test_a_connection_that_says_nothing_is_closed_without_a_word(port):
    with line(port) as opened:
        assert all_of(opened) == b""


def test_requests_in_one_breath_are_answered_in_their_order(port):
    with line(port) as opened:
        opened.sendall(
            b"GET /one HTTP/1.1\r\nHost: x\r\n\r\n"
            b"GET /two HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        )
        heard = all_of(opened)
    assert heard.index(b"/one") < heard.index(b"/two")
    assert heard.count(b"200 OK") == 2


def test_a_request_under_way_is_answered_before_the_server_stops(tmp_path):
    port = free_port()
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "maalem.payments.serve", "--port", str(port)),
            *("--app", "maalem.payments.tests.test_serve:app"),
        ]
    )
    try:
        for _ in range(200):
            try:
                with line(port):
                    break
            except ConnectionRefusedError:
                time.sleep(0.05)
        with line(port) as opened:
            opened.sendall(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
            time.sleep(0.1)
            process.terminate()
            assert all_of(opened).endswith(b"/slow")
        process.wait(timeout=10)
    finally:
        process.kill()
        process.wait()
