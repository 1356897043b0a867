"""Tracking numbers by S10, and the bar code that says them."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as some

from maalem.platform.market.shipping import code128, s10

SERVICES = some.from_regex(r"\A[A-IL-RU-VX-Z][A-Z]\Z")
SERIALS = some.integers(0, 99_999_999)
NUMBERS = some.builds(lambda service, serial: s10.make(service, serial=serial), SERVICES, SERIALS)


@pytest.mark.parametrize("real", ["EE471108151FR", "EB000717618HK", "RR473124829GB"])
def test_numbers_that_posts_gave_out_pass(real):
    assert str(s10.parse(real)) == real


@given(SERVICES, SERIALS)
def test_what_is_made_is_read_again(service, serial):
    number = s10.make(service, serial=serial)
    assert s10.parse(str(number)) == number
    assert s10.parse(number.spoken.lower()) == number
    assert int(number.serial) == serial
    assert len(str(number)) == 13


@given(NUMBERS, some.integers(2, 9), some.integers(1, 9))
def test_a_wrong_digit_of_the_serial_is_found(number, place, off):
    """The weights and eleven share no factor, so each single digit counts."""
    text = str(number)
    wrong = text[:place] + str((int(text[place]) + off) % 10) + text[place + 1 :]
    # The remainders 0 and 6 both write 5: the one pair that the standard can't tell apart.
    before, after = (_remainder(one[2:10]) for one in (text, wrong))
    assert before != after
    if {before, after} != {0, 6}:
        with pytest.raises(s10.NoNumber):
            s10.parse(wrong)


def _remainder(serial: str) -> int:
    return sum(int(d) * w for d, w in zip(serial, s10.WEIGHTS, strict=True)) % 11


@given(NUMBERS, some.integers(0, 9))
def test_only_one_check_digit_is_right(number, digit):
    text = f"{number.service}{number.serial}{digit}{number.country}"
    if digit == number.check:
        assert s10.parse(text) == number
    else:
        with pytest.raises(s10.NoNumber) as refused:
            s10.parse(text)
        assert refused.value.trouble == "check"


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        ("", "shape"),
        ("RR12345678MA", "shape"),
        ("RR1234567899MAX", "shape"),
        ("R1234567890MA", "shape"),
        ("RR٤٧٣١٢٤٨٢٩MA", "shape"),
        ("JA473124829MA", "service"),
        ("WA473124829MA", "service"),
        ("RR473124828MA", "check"),
    ],
)
def test_what_is_no_number_is_refused_with_its_reason(text, trouble):
    with pytest.raises(s10.NoNumber) as refused:
        s10.parse(text)
    assert refused.value.trouble == trouble


@pytest.mark.parametrize("serial", [-1, 100_000_000])
def test_a_serial_has_eight_digits(serial):
    with pytest.raises(s10.NoNumber):
        s10.make("RR", serial=serial)


# --- bar codes -----------------------------------------------------------------------------------


def read(bars: list[tuple[int, int]]) -> str:
    """Read bars as a scanner does: from their edges alone, checking each symbol and the sum."""
    edges = [edge for start, wide in bars for edge in (start, start + wide)]
    widths = [after - before for before, after in itertools.pairwise(edges)]
    assert sum(widths[-7:]) == 13
    symbols = []
    for at in range(0, len(widths) - 7, 6):
        six = "".join(map(str, widths[at : at + 6]))
        assert sum(map(int, six)) == 11
        symbols.append(code128._WIDTHS.index(six))
    *said, check = symbols
    assert check == (said[0] + sum(n * s for n, s in enumerate(said[1:], 1))) % 103
    text, pairs = "", said[0] == 105
    for symbol in said[1:]:
        if symbol == (100 if pairs else 99):
            pairs = not pairs
        else:
            text += f"{symbol:02d}" if pairs else chr(symbol + 32)
    return text


def test_the_symbols_are_the_standards_own():
    """Three bars and three spaces of one to four modules, eleven in all, the bars even."""
    every = {
        "".join(map(str, six))
        for six in itertools.product((1, 2, 3, 4), repeat=6)
        if sum(six) == 11 and sum(six[::2]) % 2 == 0
    }
    ours = code128._WIDTHS
    assert len(ours) == 107
    assert len(set(ours)) == 107
    # Two of the 108 patterns begin the stop, read forwards and backwards.
    assert every - set(ours[:-1]) == {"233111", "211133"}
    assert ours[-1] == "2331112"


def test_a_known_code_has_its_known_check():
    """PJJ123C, the usual example: its check is 54 begun in set A, so 55 begun in set B."""
    assert code128.symbols("PJJ123C") == [104, 48, 42, 42, 17, 18, 19, 35, 55, 106]


@given(NUMBERS)
def test_a_number_is_read_back_from_its_bars(number):
    assert read(code128.bars(str(number))) == str(number)
    assert code128.width(str(number)) <= 190


@given(some.text(some.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=30))
def test_any_plain_text_is_read_back_from_its_bars(text):
    assert read(code128.bars(text)) == text


@pytest.mark.parametrize("text", ["", "é", "RR\n"])
def test_what_the_set_lacks_is_refused(text):
    with pytest.raises(ValueError, match="ASCII"):
        code128.bars(text)
