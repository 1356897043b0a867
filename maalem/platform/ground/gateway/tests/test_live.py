"""The SDK against a rude server: whatever comes back, one of four errors gets out."""

import contextlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from maalem.platform.ground.gateway import Declined, Refused, Unavailable, Unknown
from maalem.platform.ground.gateway.live import Live


class Hurried(Live):
    """Waits a fifth of a second, so that the tests of silence are short."""

    READ_TIMEOUT_S, WRITE_TIMEOUT_S, WRITE_RETRIES = (0.2, 0.2), (0.2, 0.2), 0


class Rude:
    """A server that answers every request as it is told and remembers what it was asked."""

    def __init__(self):
        self.answer = (200, {})
        self.silent_s = 0.0
        self.asked = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                length = int(self.headers.get("Content-Length") or 0)
                outer.asked.append((self.path, dict(self.headers), self.rfile.read(length)))
                time.sleep(outer.silent_s)
                status, body = outer.answer
                raw = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                with contextlib.suppress(BrokenPipeError):
                    self.wfile.write(raw)

            do_POST = do_GET  # noqa: N815

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def rude(settings):
    server = Rude()
    settings.PAYMENTS_URL = server.url
    settings.STRIPE_API_KEY = "sk_test_of_this_test"
    yield server
    server.server.shutdown()
    server.server.server_close()


def refusal(type_, **fields):
    return {"error": {"type": type_, "message": "no", **fields}}


def write():
    return Hurried().create_account(name="Fadma", key="account-1", metadata={})


def read():
    return Hurried().retrieve_intent("pi_1")


@pytest.mark.parametrize(
    ("status", "body", "error", "code"),
    [
        (
            402,
            refusal("card_error", code="card_declined", decline_code="stolen"),
            Declined,
            "stolen",
        ),
        (
            400,
            refusal("invalid_request_error", code="amount_too_large"),
            Refused,
            "amount_too_large",
        ),
        (
            404,
            refusal("invalid_request_error", code="resource_missing"),
            Refused,
            "resource_missing",
        ),
        (401, refusal("invalid_request_error"), Refused, "refused"),
        (403, refusal("invalid_request_error"), Refused, "refused"),
        (400, refusal("idempotency_error"), Refused, "idempotency_error"),
        (409, refusal("idempotency_error"), Unknown, "in_flight"),
        (409, refusal("invalid_request_error", code="lock_timeout"), Unknown, "in_flight"),
        (429, refusal("invalid_request_error", code="rate_limit"), Unavailable, "rate_limit"),
    ],
)
def test_a_refusal_is_one_of_ours_reading_and_writing(rude, status, body, error, code):
    rude.answer = (status, body)
    for call in (read, write):
        with pytest.raises(error) as said:
            call()
        assert said.value.code == code


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, refusal("api_error")), (503, b"<html>"), (200, b"<html>"), (502, b""), (200, {})],
)
def test_a_broken_answer_to_a_write_is_unknown_and_to_a_read_unavailable(rude, status, body):
    rude.answer = (status, body)
    with pytest.raises(Unknown):
        write()
    with pytest.raises(Unavailable):
        read()


def test_silence_after_a_write_is_unknown_never_failed(rude):
    rude.silent_s = 1
    with pytest.raises(Unknown):
        write()
    with pytest.raises(Unavailable):
        read()


def test_a_closed_port_makes_a_read_unavailable(settings):
    settings.PAYMENTS_URL = "http://127.0.0.1:9"
    with pytest.raises(Unavailable):
        read()
    with pytest.raises(Unknown):
        write()


def test_retries_of_a_write_carry_one_key(rude):
    class Patient(Hurried):
        WRITE_RETRIES = 1

    rude.answer = (500, refusal("api_error"))
    with pytest.raises(Unknown):
        Patient().create_account(name="Fadma", key="account-1", metadata={})
    assert [headers["Idempotency-Key"] for _, headers, _ in rude.asked] == ["account-1"] * 2


def test_an_artisans_account_is_asked_in_its_own_name(rude):
    rude.answer = (200, {"object": "balance", "available": [], "pending": []})
    Hurried().balance("acct_weaver")
    (_, headers, _) = rude.asked[0]
    assert headers["Stripe-Account"] == "acct_weaver"
    assert headers["Authorization"] == "Bearer sk_test_of_this_test"
