import pytest

from maalem.platform.ground.people.numbers import Contact, NotAContact, digits, parse_contact


@pytest.mark.parametrize(
    "written",
    [
        "+212661000101",
        "+212 6 61 00 01 01",
        "+212 (0)6 61 00 01 01",
        "00212661000101",
        "00 212 6 61 00 01 01",
        "0661000101",
        "06 61 00 01 01",
        "06.61.00.01.01",
        "06-61-00-01-01",
        "661000101",
        "212661000101",
        " 06 61 00 01 01 ",
        "٠٦٦١٠٠٠١٠١",
        "+٢١٢ ٦٦١ ٠٠٠ ١٠١",
        "۰۶۶۱۰۰۰۱۰۱",
        "\u200e+212 661\u00a0000\u00a0101\u200e",
    ],
)
def test_every_way_of_writing_a_moroccan_number_is_the_same_number(written):
    assert parse_contact(written) == Contact(phone="+212661000101")


@pytest.mark.parametrize(
    ("written", "contact"),
    [
        ("+33 6 12 34 56 78", Contact(phone="+33612345678")),
        ("0033612345678", Contact(phone="+33612345678")),
        ("Claire@Example.org ", Contact(email="claire@example.org")),
    ],
)
def test_people_abroad_and_addresses_are_understood(written, contact):
    assert parse_contact(written) == contact


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", "unreadable"),
        ("Fadma", "unreadable"),
        ("claire@", "unreadable"),
        ("06 61", "no_such_number"),
        ("0661000101999", "no_such_number"),
        ("05 28 84 00 00", "landline"),
        ("\x00", "unreadable"),
        ("+" * 400, "unreadable"),
    ],
)
def test_it_says_why_something_is_no_contact(written, reason):
    with pytest.raises(NotAContact) as said:
        parse_contact(written)
    assert said.value.reason == reason


def test_a_code_may_be_typed_in_any_digits():
    assert digits(" ١٢٣ 456") == "123456"
