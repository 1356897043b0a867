import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from maalem.platform.ground.notices import carriers, checks


class Gateway:
    """A text-message gateway that answers with `status` and remembers what it took."""

    def __init__(self):
        self.status, self.taken = 202, []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.taken.append((dict(self.headers), json.loads(body)))
                self.send_response(outer.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()


@pytest.fixture
def gateway(settings):
    made = Gateway()
    settings.SMS_SENDER = "maalem.platform.ground.notices.carriers.HttpSms"
    settings.SMS_URL = f"http://127.0.0.1:{made.server.server_port}/messages"
    settings.SMS_TOKEN = "token-of-this-test"
    yield made
    made.server.shutdown()
    made.server.server_close()


def send():
    carriers.send_sms(phone="+212661000101", text="رمزك 123456", reference="msg-7")


def test_the_gateway_gets_the_text_and_the_reference(gateway):
    send()
    ((headers, body),) = gateway.taken
    assert headers["Authorization"] == "Bearer token-of-this-test"
    assert headers["Idempotency-Key"] == "msg-7"
    assert body == {
        "from": "Maalem",
        "to": "+212661000101",
        "text": "رمزك 123456",
        "reference": "msg-7",
    }


@pytest.mark.parametrize(
    ("status", "final"),
    [(400, True), (404, True), (422, True), (401, False), (429, False), (503, False)],
)
def test_it_knows_which_refusals_are_final(gateway, status, final):
    gateway.status = status
    with pytest.raises(carriers.CarrierTrouble) as said:
        send()
    assert said.value.final is final


def test_a_gateway_that_is_not_there_is_asked_again(settings):
    settings.SMS_SENDER = "maalem.platform.ground.notices.carriers.HttpSms"
    settings.SMS_URL = "http://127.0.0.1:9/"
    with pytest.raises(carriers.CarrierTrouble) as said:
        send()
    assert not said.value.final


def test_a_mail_server_that_is_not_there_is_asked_again(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    with pytest.raises(carriers.CarrierTrouble):
        carriers.send_email(email="a@example.org", subject="s", body="b", reference="msg-8")


def test_the_console_prints_what_a_developer_needs(settings, capsys):
    settings.SMS_SENDER = "maalem.platform.ground.notices.carriers.ConsoleSms"
    send()
    assert "+212661000101: رمزك 123456" in capsys.readouterr().out


def test_a_public_address_without_carriers_is_warned_about(settings):
    settings.DEMO = False
    settings.PLATFORM_URL = "https://maalem.example"
    settings.SMS_SENDER = "maalem.platform.ground.notices.carriers.ConsoleSms"
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    assert [found.id for found in checks.codes_reach_people(None)] == [
        "notices.W001",
        "notices.W002",
    ]
    settings.DEMO = True
    assert checks.codes_reach_people(None) == []
