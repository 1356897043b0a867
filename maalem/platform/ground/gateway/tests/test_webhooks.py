import json
import time

import pytest

from maalem.kit.signatures import sign
from maalem.platform.ground import gateway

SECRET = "whsec_test"
BODY = json.dumps(
    {"id": "evt_1", "type": "charge.refunded", "created": 1_700_000_000, "data": {"object": {}}}
).encode()


@pytest.fixture(autouse=True)
def _secret(settings):
    settings.STRIPE_WEBHOOK_SECRET = SECRET


def signed(body=BODY, *, secret=SECRET, at=None):
    return sign(body, secrets=[secret], at=int(time.time()) if at is None else at)


def test_a_signed_message_becomes_an_event():
    event = gateway.verify_webhook(BODY, signed())
    assert (event.id, event.type) == ("evt_1", "charge.refunded")


@pytest.mark.parametrize(
    ("body", "header"),
    [
        (BODY, ""),
        (BODY, "t=1,v1=00"),
        (BODY, "nonsense"),
        (BODY + b" ", signed()),
        (BODY, signed(secret="whsec_other")),
        (BODY, signed(at=int(time.time()) - 3600)),
        (b"\xff\xfe", signed(b"\xff\xfe")),
        (b"[]", signed(b"[]")),
        (b"{}", signed(b"{}")),
    ],
    # Named by hand: signatures hold the time, and every worker must see the same names.
    ids=[
        "unsigned",
        "old and wrong",
        "nonsense",
        "changed",
        "another secret",
        "an hour old",
        "not text",
        "a list",
        "an empty object",
    ],
)
def test_it_believes_nothing_else(body, header):
    with pytest.raises(gateway.BadSignature):
        gateway.verify_webhook(body, header)


def test_without_a_secret_nobody_is_believed(settings):
    settings.STRIPE_WEBHOOK_SECRET = ""
    with pytest.raises(gateway.BadSignature):
        gateway.verify_webhook(BODY, signed(secret=""))
