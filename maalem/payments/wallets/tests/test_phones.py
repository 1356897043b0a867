import pytest

from maalem.payments.wallets.phones import wallet_phone


@pytest.mark.parametrize(
    "typed",
    [
        "0661000101",
        "06 61 00 01 01",
        "+212 661-000-101",
        "00212661000101",
        "٠٦٦١٠٠٠١٠١",
        "661000101",
    ],
)
def test_it_reads_a_moroccan_mobile_however_it_is_typed(typed):
    assert wallet_phone(typed) == "+212661000101"


@pytest.mark.parametrize("typed", ["", "0522000101", "+33612345678", "06610001", "06x1000101"])
def test_it_refuses_what_is_no_moroccan_mobile(typed):
    assert wallet_phone(typed) is None
