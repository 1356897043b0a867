"""Hear of what happens, and believe only what is signed, through the official stripe SDK.

    MAALEM_PAYMENTS_URL=http://localhost:8010 MAALEM_STRIPE_API_KEY=sk_test_… \
        python examples/webhooks.py

A little server of our own is told of a payment. It answers the first delivery with a fault, so
that the event comes again: with the same id, and a new signature. What it prints is
examples/webhooks.txt.
"""

import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import stripe

heard: list[tuple[bytes, str]] = []


class Shop(BaseHTTPRequestHandler):
    """Takes deliveries; falls over at the first."""

    def do_POST(self) -> None:
        """Note what came, and say whether it was taken in."""
        body = self.rfile.read(int(self.headers["content-length"]))
        heard.append((body, self.headers["stripe-signature"]))
        self.send_response(500 if len(heard) == 1 else 200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Not a word: the walk speaks for itself."""


def main() -> None:
    """Open an endpoint, pay, verify the deliveries, and try what a forger would."""
    bank = stripe.StripeClient(
        os.environ["MAALEM_STRIPE_API_KEY"],
        base_addresses={"api": os.environ.get("MAALEM_PAYMENTS_URL", "http://localhost:8010")},
    )
    server = HTTPServer(("127.0.0.1", 0), Shop)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    endpoint = bank.v1.webhook_endpoints.create(
        params={
            "url": f"http://127.0.0.1:{server.server_port}/webhooks",
            "enabled_events": ["payment_intent.succeeded"],
        }
    )
    say("an endpoint", endpoint.status, endpoint.secret[:6] + "…")
    paid = bank.v1.payment_intents.create(
        params={
            "amount": 28_000,
            "currency": "mad",
            "payment_method": "pm_card_visa",
            "confirm": True,
        }
    )
    wait_for(2)
    seen: set[str] = set()
    for body, signature in heard[:2]:
        event = stripe.Webhook.construct_event(body, signature, endpoint.secret)
        assert event.data.object.id == paid.id
        say(
            "a delivery",
            event.type,
            event.data.object.amount,
            "known already: nothing is done twice" if event.id in seen else "new",
        )
        seen.add(event.id)
    forge(endpoint.secret)
    bank.v1.webhook_endpoints.delete(endpoint.id)
    server.shutdown()


def forge(secret: str) -> None:
    """Another body, another secret, and an old delivery sent again are all refused."""
    body, signature = heard[-1]
    for what, text, key, seconds in (
        ("a changed amount", body.replace(b"28000", b"28001"), secret, 300),
        ("another secret", body, "whsec_somebody_elses", 300),
        ("an old delivery, replayed", body, secret, 1),
    ):
        time.sleep(2.1 if seconds == 1 else 0)
        try:
            stripe.Webhook.construct_event(text, signature, key, tolerance=seconds)
        except stripe.SignatureVerificationError as refusal:
            say(what, "refused", str(refusal).partition(".")[0].partition(" (")[0])


def wait_for(deliveries: int) -> None:
    """Until so many have come."""
    end = time.monotonic() + 60
    while len(heard) < deliveries:
        if time.monotonic() > end:
            raise SystemExit("nothing came: is the institution's worker running?")
        time.sleep(0.1)


def say(what: str, *facts: object) -> None:
    """One line of the walk."""
    sys.stdout.write(f"{what}: {', '.join(str(fact) for fact in facts)}\n")


if __name__ == "__main__":
    main()
