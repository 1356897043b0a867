"""How much of a price is tax, and what a credit note takes back of it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maalem.platform.market.invoices import identifiers, taxes
from maalem.platform.market.invoices.taxes import BrokenFile, Item, NoRule, Standing

DAY = date(2026, 11, 23)
ROW = {"id": "x", "rate_bps": 1_000, "source": "s", "fr": "f", "ar": "ع", "en": "e"}
amounts = st.integers(1, 10**9)
rates = st.integers(0, taxes.MAX_RATE_BPS)


def reckoned(*items: Item, regime: str = "vat", country: str = "MA", carriage: int = 0):
    rules, taken = taxes.reckon(
        items, carriage_minor=carriage, regime=regime, country=country, on=DAY, by=taxes.rules()
    )
    return [rule.id for rule in rules], {one.rule.id: one for one in taken}


def test_who_owes_vat_has_a_sixth_of_the_price_in_it_and_carpets_are_exempt():
    rules, taken = reckoned(Item(320_000, "570110"), Item(36_000, "691200"), carriage=8_900)
    assert rules == ["carpets", "normal"]
    assert taken["carpets"].vat_minor == 0
    assert taken["carpets"].total_minor + taken["normal"].total_minor == 364_900
    part = 36_000 + 900  # the pot's part of the carriage
    assert taken["normal"].total_minor == part
    assert taken["normal"].vat_minor == round(part / 6)


def test_who_is_small_is_exempt_of_everything_and_what_leaves_the_country_is_exempt():
    assert reckoned(Item(36_000, "691200"), regime="small")[0] == ["small"]
    assert reckoned(Item(36_000, "691200"), regime="small", country="FR")[0] == ["small"]
    assert reckoned(Item(36_000, "691200"), country="FR")[0] == ["export"]
    assert reckoned(Item(36_000, ""))[0] == ["normal"]


def test_no_rule_is_no_guess():
    with pytest.raises(NoRule):
        taxes.first_fit((), "57", regime="vat", country="MA", on=DAY)


def test_a_row_holds_on_its_days_alone():
    (rule,) = taxes.parse([{**ROW, "from": DAY, "until": DAY}])
    held = [
        rule.fits("", regime="vat", country="MA", on=date(2026, 11, day)) for day in (22, 23, 24)
    ]
    assert held == [False, True, False]


@pytest.mark.parametrize(
    "wrong",
    [
        {"rate_bps": "20"},
        {"rate_bps": 9_999},
        {"rate_bps": -1},
        {"destination": "moon"},
        {"regimes": ["rich"]},
        {"codes": [57]},
        {"exempt": True},
        {"from": "2026-01-01"},
        {"source": ""},
        {"colour": "blue"},
        {"en": None, "id": "y", "ar": 3, "fr": 4},
    ],
)
def test_a_row_that_can_not_be_right_is_refused(wrong):
    with pytest.raises(BrokenFile):
        taxes.parse([{**ROW, **wrong}])


def test_two_rows_of_one_name_and_a_missing_word_are_refused():
    with pytest.raises(BrokenFile):
        taxes.parse([ROW, ROW])
    with pytest.raises(BrokenFile):
        taxes.parse([{key: value for key, value in ROW.items() if key != "ar"}])


def test_the_operators_rows_go_first_and_a_wrong_file_stops_the_start(tmp_path, settings):
    from maalem.platform.market.invoices.checks import taxes_can_be_read

    assert taxes_can_be_read(None) == []
    file = tmp_path / "taxes.toml"
    row = 'id = "ours"\nrate_bps = 1000\nsource = "s"\nfr = "f"\nar = "a"\nen = "e"\n'
    file.write_text(f"[[rows]]\n{row}", encoding="utf-8")
    settings.TAXES = str(file)
    assert taxes.rules()[0].id == "ours"
    assert taxes_can_be_read(None) == []
    settings.TAXES = str(tmp_path / "nowhere.toml")
    (trouble,) = taxes_can_be_read(None)
    assert trouble.id == "invoices.E001"


@given(total=amounts, rate=rates)
def test_the_tax_in_a_price_is_the_tax_on_the_rest_to_half_a_centime(total, rate):
    vat = taxes.included(total, rate_bps=rate)
    assert 0 <= vat < total
    # Exact: |vat - total·r/(1+r)| is at most half a centime.
    assert abs(2 * (vat * (10_000 + rate) - total * rate)) <= 10_000 + rate


@given(
    parts=st.lists(st.tuples(st.integers(1, 10**7), rates), min_size=1, max_size=4),
    cuts=st.lists(st.integers(1, 10**7), max_size=6),
    weights=st.lists(st.integers(0, 10**7), min_size=4, max_size=4),
)
def test_credits_take_back_no_more_than_there_was_and_all_of_it_at_the_end(parts, cuts, weights):
    stands = [
        Standing(
            rate,
            total,
            taxes.included(total, rate_bps=rate),
            total,
            taxes.included(total, rate_bps=rate),
        )
        for total, rate in parts
    ]
    for cut in [*cuts, sum(one.left_minor for one in stands)]:
        left = sum(one.left_minor for one in stands)
        amount = min(cut, left)
        if not amount:
            continue
        falls = taxes.credited(stands, amount_minor=amount, weights=weights[: len(stands)])
        assert sum(total for total, _ in falls) == amount
        assert all(0 <= vat <= total for total, vat in falls), falls
        stands = [
            Standing(
                one.rate_bps,
                one.total_minor,
                one.vat_minor,
                one.left_minor - total,
                one.left_vat_minor - vat,
            )
            for one, (total, vat) in zip(stands, falls, strict=True)
        ]
    left = sum(one.left_minor for one in stands)
    if left:
        taxes.credited(stands, amount_minor=left, weights=weights[: len(stands)])
    with pytest.raises(ValueError, match="no credit"):
        taxes.credited(stands, amount_minor=left + 1, weights=weights[: len(stands)])


def test_what_came_back_bears_its_credit_first():
    stands = [Standing(2_000, 12_000, 2_000, 12_000, 2_000), Standing(0, 50_000, 0, 50_000, 0)]
    assert taxes.credited(stands, amount_minor=12_000, weights=[12_000, 0]) == [
        (12_000, 2_000),
        (0, 0),
    ]
    assert taxes.credited(stands, amount_minor=13_000, weights=[12_000, 0]) == [
        (12_000, 2_000),
        (1_000, 0),
    ]


@pytest.mark.parametrize(
    "ice",
    ["001561191000066", "001527456000081", "002163624000014", "000039557000028", "002136093000040"],
)
def test_numbers_of_real_businesses_are_ices_and_a_wrong_digit_is_none(ice):
    assert identifiers.is_ice(ice)
    assert not any(
        identifiers.is_ice(ice[:at] + str((int(ice[at]) + 1) % 10) + ice[at + 1 :])
        for at in range(15)
    )


def test_numbers_are_read_as_they_are_typed():
    assert identifiers.bare(" ٠٠١ 561-191.000066 ") == "001561191000066"
    assert not identifiers.is_ice("00156119100006")
    assert identifiers.is_plausible("tax_id", "1234567")
    assert not identifiers.is_plausible("tax_id", "12345678A")
