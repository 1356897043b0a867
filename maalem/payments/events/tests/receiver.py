"""A merchant's own little server: it keeps what it is sent and answers as it is told."""

import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import stripe


@dataclass
class Receiver:
    """`answers` are given in turn, then 200 for ever."""

    answers: list[int] = field(default_factory=list)
    got: list[tuple[bytes, str]] = field(default_factory=list)

    def __enter__(self) -> Self:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.got.append((body, self.headers["stripe-signature"]))
                status = receiver.answers.pop(0) if receiver.answers else 200
                self.send_response(status)
                if status == 302:
                    self.send_header("location", "/elsewhere")
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *words: Any) -> None:
                return None

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *trouble: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/hook"

    def events(self, secret: str) -> list[stripe.Event]:
        """What was received, each verified by the official SDK."""
        return [stripe.Webhook.construct_event(body, header, secret) for body, header in self.got]

    def about(self, object_id: str, secret: str) -> list[str]:
        """The types of the events about one object, in the order of arrival."""
        return [event.type for event in self.events(secret) if event.data.object["id"] == object_id]
