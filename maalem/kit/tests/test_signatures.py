import pytest
import stripe

from maalem.kit.signatures import TOLERANCE_S, BadSignature, sign, verify

BODY = '{"id":"evt_1","object":"event","type":"ping","note":"زليج"}'.encode()
SECRET, OLD = "whsec_new", "whsec_old"
NOW = 1_800_000_000


def test_a_signed_body_is_believed():
    assert verify(BODY, header=sign(BODY, secrets=[SECRET], at=NOW), secret=SECRET, now=NOW) == NOW


def test_the_official_sdk_believes_it_too():
    header = sign(BODY, secrets=[SECRET], at=NOW)
    assert stripe.WebhookSignature.verify_header(BODY.decode(), header, SECRET, tolerance=None)


def test_while_a_secret_is_rotated_both_are_good():
    header = sign(BODY, secrets=[SECRET, OLD], at=NOW)
    assert verify(BODY, header=header, secret=OLD, now=NOW) == NOW


@pytest.mark.parametrize("shift", [TOLERANCE_S + 1, -TOLERANCE_S - 1])
def test_an_old_or_future_signature_is_refused(shift: int):
    header = sign(BODY, secrets=[SECRET], at=NOW)
    with pytest.raises(BadSignature, match="too old or from the future"):
        verify(BODY, header=header, secret=SECRET, now=NOW + shift)


def test_one_changed_byte_is_refused():
    header = sign(BODY, secrets=[SECRET], at=NOW)
    for place in range(len(BODY)):
        changed = bytearray(BODY)
        changed[place] ^= 1
        with pytest.raises(BadSignature):
            verify(bytes(changed), header=header, secret=SECRET, now=NOW)


def test_another_secret_is_refused():
    with pytest.raises(BadSignature, match="no signature matches"):
        verify(BODY, header=sign(BODY, secrets=[OLD], at=NOW), secret=SECRET, now=NOW)


@pytest.mark.parametrize(
    "header", ["", "t=,v1=", "t=1", "v1=ab", "t=x,v1=ab", "t=١٢,v1=ab", "t=1,v1=é", "garbage"]
)
def test_a_header_that_is_none_is_refused(header: str):
    with pytest.raises(BadSignature):
        verify(BODY, header=header, secret=SECRET, now=1)
