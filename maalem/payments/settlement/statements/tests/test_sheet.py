"""A statement as CSV, and as the texts of its page."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from maalem.payments.settlement.statements.gather import DoesNotAddUp, proved
from maalem.payments.settlement.statements.page import first_strong, of_kind, told
from maalem.payments.settlement.statements.records import Account, Entry
from maalem.payments.settlement.statements.sheet import COLUMNS, decimal, sheet
from maalem.payments.settlement.statements.words import WORDS

AT = datetime(2026, 3, 3, 9, 30, tzinfo=UTC)


def entry(gross: int = 10_000, fee: int = 150, /, **fields: object) -> Entry:
    said = {"id": "txn_1", "type": "charge", "source": "ch_1", "description": "Tapis", **fields}
    net = gross - fee
    return Entry(at=AT, available_on=AT, gross=gross, fee=fee, net=net, balance=net, **said)


def test_the_sheet_is_what_it_always_was():
    """P25: columns and amounts that a program reads today it reads tomorrow."""
    account = Account(500, 10_350, (entry(),))
    assert sheet(account, currency="mad").decode() == (
        "id,created,available_on,type,source,description,currency,gross,fee,net,balance\r\n"
        ",,,opening_balance,,,MAD,,,,5.00\r\n"
        "txn_1,2026-03-03T09:30:00+00:00,2026-03-03T09:30:00+00:00,charge,ch_1,Tapis,MAD,100.00,"
        "1.50,98.50,98.50\r\n"
        ",,,closing_balance,,,MAD,,,,103.50\r\n"
    )
    assert sheet(account, currency="mad", bom=True).startswith(b"\xef\xbb\xbfid,")
    assert len(COLUMNS) == 11


def test_texts_with_commas_quotes_and_lines_stay_one_cell():
    odd = 'Tapis "rouge", 2 m\nlavé'
    lines = sheet(Account(0, 9_850, (entry(description=odd),)), currency="mad").decode()
    assert '"Tapis ""rouge"", 2 m\nlavé"' in lines


@given(some.integers(-(10**12), 10**12))
def test_amounts_lose_no_centime(minor):
    """P10: written and read again, an amount is the same whole number."""
    sign, text = (-1, decimal(minor, "mad")[1:]) if minor < 0 else (1, decimal(minor, "mad"))
    whole, cents = text.split(".")
    assert sign * (int(whole) * 100 + int(cents)) == minor
    assert len(cents) == 2


def test_books_that_do_not_add_up_give_no_statement():
    good = {"before": 100, "after": 40, "kept": 9_990}
    assert proved([entry()], around=good).closing == 9_950
    with pytest.raises(DoesNotAddUp):
        proved([entry()], around={**good, "kept": 9_991})
    with pytest.raises(DoesNotAddUp):
        proved([], around=good)


WRITTEN = {
    "fr": ("−1\u202f250\u202f000,05", "1er\u00a0mars\u00a02026"),
    "ar": ("−1\u202f250\u202f000,05", "1\u00a0مارس\u00a02026"),
    "en": ("−1,250,000.05", "1\u00a0March\u00a02026"),
}


@pytest.mark.parametrize("language", WRITTEN)
def test_each_language_writes_figures_its_way(language):
    words = WORDS[language]
    day = datetime(2026, 3, 1, tzinfo=UTC).date()
    assert (words.amount(-125_000_005, "mad"), words.day(day)) == WRITTEN[language]
    assert words.types.keys() == WORDS["fr"].types.keys()
    assert words.said.keys() == WORDS["fr"].said.keys()


@pytest.mark.parametrize(
    ("text", "kept_together"),
    [
        ("tél. +212 661 00 01 01", "+212 661 00 01 01"),
        ("الهاتف +212 661 00 01 01 شكرا", "+212 661 00 01 01"),
        ("IBAN MA64 0115 1900 0001 2050 0053 4921", "MA64 0115 1900 0001 2050 0053 4921"),
        ("RIB 011 519 0000012050005349 21 Safi", "011 519 0000012050005349 21"),
        ("Commande G-2026-000117", "G-2026-000117"),
    ],
)
def test_numbers_in_groups_are_isolated_and_unbroken(text, kept_together):
    """P71: no telephone, RIB or IBAN is broken by its line or by the direction around it."""
    unbroken = kept_together.replace(" ", "\u00a0")
    assert f"\u2066{unbroken}\u2069" in told(text)


def test_a_text_runs_by_its_first_letter():
    sides = [first_strong(text) for text in ("200 زربية", "200 tapis", "", "+212")]
    assert sides == ["rtl", "ltr", "ltr", "ltr"]
    assert told("REFUND FOR CHARGE (Tapis)") == "Tapis"


SAID = {
    ("adjustment", "Chargeback withdrawal for ch_1"): ("dispute", ""),
    ("adjustment", "Chargeback reversal for ch_1"): ("dispute_won", ""),
    ("adjustment", "ADJUSTMENT"): ("adjustment", ""),
    ("payout", "PAYOUT"): ("payout", "Bank of Africa •••• 4321"),
    ("payout_failure", "PAYOUT FAILURE"): ("payout_failure", "Bank of Africa •••• 4321"),
    ("charge", "Tapis"): ("charge", "Tapis"),
    ("charge", "Chargeback withdrawal for ch_1"): ("charge", "Chargeback withdrawal for ch_1"),
}


@pytest.mark.parametrize("line", SAID)
def test_the_ledgers_own_english_is_said_in_her_language(line):
    kind, text = line
    bank = "Bank of Africa •••• 4321" if kind.startswith("payout") else ""
    said = of_kind(entry(type=kind, description=text, bank=bank))
    assert said == SAID[line]
    for words in WORDS.values():
        assert said[0] in words.types


def test_a_card_number_stays_with_its_dots():
    assert told("Bank •••• 4321") == "Bank ••••\u00a04321"


def test_a_refund_reads_in_the_direction_of_what_was_sold():
    assert first_strong(told("REFUND FOR CHARGE (زربية)")) == "rtl"
