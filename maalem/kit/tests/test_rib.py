"""A Moroccan account number, as people write it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maalem.kit.rib import NotARib, Rib, RibProblem, read_rib, rib_key

# The example of SWIFT's IBAN registry.
RIB, IBAN = "011519000001205000534921", "MA64011519000001205000534921"


@pytest.mark.parametrize(
    "typed",
    [
        RIB,
        IBAN,
        "011 519 0000012050005349 21",
        "MA64 0115 1900 0001 2050 0053 4921",
        "ma64-0115-1900-0001-2050-0053-4921",
        "\u200e٠١١ ٥١٩ ٠٠٠٠٠١٢٠٥٠٠٠٥٣٤٩ ٢١\u200f",
    ],
)
def test_it_is_read_however_it_is_written(typed):
    rib = read_rib(typed)
    assert (rib.digits, rib.iban, rib.last4) == (RIB, IBAN, "4921")
    assert (rib.bank, rib.place) == ("011", "519")


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("011519000001205000534922", RibProblem.KEY),
        ("MA65011519000001205000534921", RibProblem.KEY),
        ("01151900000120500053492", RibProblem.LENGTH),
        ("MA6401151900000120500053492", RibProblem.LENGTH),
        ("FR7630006000011234567890189", RibProblem.COUNTRY),
        ("01151900000120500053492x", RibProblem.CHARACTERS),
        ("MA64O11519000001205000534921", RibProblem.CHARACTERS),
        ("carpet", RibProblem.CHARACTERS),
        ("MAx4", RibProblem.CHARACTERS),
        ("", RibProblem.CHARACTERS),
    ],
)
def test_it_says_what_is_wrong_and_never_the_number(typed, problem):
    with pytest.raises(NotARib) as refused:
        read_rib(typed)
    assert refused.value.problem == problem
    assert str(refused.value) == problem.value


@given(st.text("0123456789", min_size=22, max_size=22))
def test_the_key_divides_and_iban_and_rib_are_one(first22):
    rib = Rib(first22 + rib_key(first22))
    assert int(rib.digits) % 97 == 0
    assert 1 <= int(rib.digits[-2:]) <= 97
    assert int(rib.digits + "2210" + rib.iban[2:4]) % 97 == 1
    assert read_rib(rib.iban) == read_rib(rib.digits) == rib
    assert rib.digits not in repr(rib)


@given(
    st.text("0123456789", min_size=22, max_size=22),
    st.integers(0, 23),
    st.integers(1, 9),
)
def test_one_wrong_digit_is_always_found(first22, place, by):
    good = first22 + rib_key(first22)
    wrong = good[:place] + str((int(good[place]) + by) % 10) + good[place + 1 :]
    with pytest.raises(NotARib):
        read_rib(wrong)
