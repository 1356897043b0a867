import pytest
from hypothesis import given
from hypothesis import strategies as st

from maalem.payments.packed import NEWEST, pack, unpack

EVENT = b'{"object":{"id":"pi_01m80zz8xgass5ag6yk","object":"payment_intent","amount":24068}}'


@given(st.binary(max_size=5_000))
def test_what_is_packed_comes_back(text: bytes):
    assert unpack(pack(text)) == text


def test_a_text_like_those_it_was_made_for_is_small():
    assert len(pack(EVENT)) < len(EVENT) * 2 // 3


def test_what_was_written_before_packing_is_read():
    assert unpack(b"\x00" + EVENT) == EVENT


@pytest.mark.parametrize("data", [b"", bytes((NEWEST + 1,)) + b"x", bytes((NEWEST,)) + b"\xff" * 9])
def test_what_never_was_packed_is_refused(data: bytes):
    with pytest.raises(ValueError):
        unpack(data)


def test_the_first_dictionary_reads_what_it_always_read():
    """A text packed with dictionary 1, kept here for ever."""
    assert unpack(bytes.fromhex(KEPT)) == EVENT


KEPT = "0128b52ffd20531d010063c103d7452583cea9e462a3f776a1a865b105fc440aeac821b4b63a836b2cd4484010"
