"""`python -m maalem.payments.serve`: answer requests until SIGTERM or Ctrl-C.

uvicorn answers them on the loop that does everything else. A server that reads its sockets in a
thread of its own wants the interpreter's lock twice for each request, and waits for it whenever the
loop is busy: a fifth of all payments per second (docs/performance.md).
"""

import argparse
import asyncio
from typing import Any

import msgspec
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from maalem.payments.errors import BadRequest

APP = "maalem.payments.app:app"
# A request's line and headers: 64 kB and ten seconds, and one read of the socket at most beyond.
HEAD_MAX = 65_536
HEAD_WITHIN_S = 10.0
# All of a body: five megabytes over a slow line of the countryside. Forms have less, where they are
# read.
BODY_WITHIN_S = 120.0
# Longer than the proxy in front keeps its lines, or it would speak into one that has just closed.
KEEP_ALIVE_S = 75
STOP_WITHIN_S = 15
_REASONS = {400: b"Bad Request", 408: b"Request Timeout", 431: b"Request Header Fields Too Large"}


class Bounded(HttpToolsProtocol):
    """uvicorn's connection, which does not wait for a request for ever, nor keep any size of head.

    What is no HTTP is answered in the API's own error shape. How large a body may be is known where
    it is read. No timer is set for a request that comes whole, as nearly all do.
    """

    # What of a request is still to come, and how much of its head is there.
    _in_head = _in_body = False
    _size = 0
    _patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._patience = self.loop.call_later(KEEP_ALIVE_S, self.transport.close)

    def connection_lost(self, exc: Exception | None) -> None:
        self._be_patient()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if not (self._in_head or self._in_body) or self.transport.is_closing():
            return
        if self._patience is None:
            within_s = HEAD_WITHIN_S if self._in_head else BODY_WITHIN_S
            self._patience = self.loop.call_later(within_s, self._lose_patience, within_s)
        if self._in_head:
            self._size += len(data)
            if self._size > HEAD_MAX:
                self._refuse(431, f"The request's headers are larger than {HEAD_MAX} bytes.")

    def on_message_begin(self) -> None:
        self._in_head, self._size = True, 0
        self._be_patient()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head, self._in_body = False, True
        self._be_patient()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._in_body = False
        self._be_patient()
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        self._refuse(400, msg)

    def _be_patient(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _lose_patience(self, within_s: float) -> None:
        self._refuse(408, f"The request did not arrive within {within_s:.0f} s.")

    def _refuse(self, status: int, message: str) -> None:
        """Say why, unless an answer is under way, and hang up."""
        self._be_patient()
        last = self.cycle
        if self._in_body:
            may_speak = not (self.pipeline or last.response_started)
        else:
            may_speak = last is None or last.response_complete
        if may_speak:
            body = msgspec.json.encode(BadRequest(message).body())
            self.transport.write(
                b"HTTP/1.1 %d %b\r\ncontent-type: application/json\r\ncontent-length: %d\r\n"
                b"connection: close\r\n\r\n%b" % (status, _REASONS[status], len(body), body)
            )
        self.transport.close()


def serve(app: str = APP, *, host: str, port: int, workers: int = 1) -> None:
    """Serve `app` until a signal ends it; what is under way then has STOP_WITHIN_S to end."""
    uvicorn.run(
        app,
        host=host,
        port=port,
        workers=workers,
        http=Bounded,
        ws="none",
        loop="uvloop",
        lifespan="on",
        interface="asgi3",
        log_config=None,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=STOP_WITHIN_S,
    )


if __name__ == "__main__":
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--app", default=APP)
    wanted.add_argument("--host", default="127.0.0.1")
    wanted.add_argument("--port", type=int, required=True)
    wanted.add_argument("--workers", type=int, default=1)
    serve(**vars(wanted.parse_args()))
