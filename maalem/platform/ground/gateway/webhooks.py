"""Reading a signed message: the SDK's own check, our own shape."""

import json
from datetime import UTC, datetime

import stripe

from .errors import BadSignature
from .shapes import Event


def read(payload: bytes, *, header: str, secret: str) -> Event:
    """The event in `payload`, if `header` vouches for it with `secret`; else BadSignature."""
    if not secret:
        # An empty key would accept what anybody signs with an empty key.
        raise BadSignature("no webhook secret is set", code="no_secret")
    try:
        text = payload.decode()
        stripe.WebhookSignature.verify_header(
            text, header, secret, stripe.Webhook.DEFAULT_TOLERANCE
        )
        body = json.loads(text)
        return Event(
            id=body["id"],
            type=body["type"],
            created_at=datetime.fromtimestamp(body["created"], UTC),
            object=body["data"]["object"],
            account=body.get("account") or "",
        )
    except (stripe.SignatureVerificationError, UnicodeDecodeError) as trouble:
        raise BadSignature("the signature does not match", code="bad_signature") from trouble
    except (ValueError, KeyError, TypeError) as trouble:
        raise BadSignature("signed, but no event", code="no_event") from trouble
