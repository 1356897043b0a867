"""What a parcel costs until the buyer has it: what is known, and what is said not to be."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from maalem.platform.market.shipping import hs
from maalem.platform.market.shipping.checks import duties_can_be_read
from maalem.platform.market.shipping.landed import (
    Exchange,
    Item,
    Parcel,
    Part,
    Unknown,
    landed,
    parse,
    rules,
)
from maalem.platform.market.shipping.measures import BrokenFile

# Ten dirhams and eighty centimes for a euro, only for these tests.
EURO = {"EUR": Exchange(mad_minor=1_080, foreign_minor=100)}
SILK = Item("621410", "MA", 40_000)
WOOL = Item("621420", "MA", 50_000)
CODES = some.sampled_from(["621410", "621420", "570110"])
PARCEL = Parcel((SILK, WOOL), "FR", on=date(2026, 11, 23), shipping_minor=12_000)


def told(parcel: Parcel = PARCEL, **more):
    return landed(parcel, by=more.pop("by", rules()), exchange=more.pop("exchange", EURO))


def of(found, part: Part):
    return [
        (one.minor, one.currency, one.subheading, one.unknown)
        for one in found.costs
        if one.part == part
    ]


def test_within_morocco_goods_and_carriage_are_all():
    found = told(replace(PARCEL, destination="MA"), exchange={})
    assert [cost.part for cost in found.costs] == ["goods", "shipping"]
    assert found.total_minor == 102_000


def test_silk_and_wool_in_a_small_parcel_to_the_union_are_six_euros():
    found = told()
    assert of(found, Part.DUTY) == [
        (300, "EUR", "621410", None),
        (300, "EUR", "621420", None),
    ]
    assert all("3 €" in cost.basis["fr"] for cost in found.costs if cost.part == Part.DUTY)


def test_two_things_of_one_sub_heading_pay_once():
    more = replace(PARCEL, items=(SILK, replace(SILK, code="6214100090"), WOOL))
    assert len(of(told(more), Part.DUTY)) == 2


def test_the_unions_vat_is_of_the_goods_the_carriage_and_the_duty():
    """Directive 2006/112/EC, art. 85 and 86."""
    found = told()
    # 900 + 120 of carriage + 6 € of duty at 10,80; a fifth of it in France.
    assert of(found, Part.IMPORT_VAT) == [(21_696, "MAD", "", None)]
    assert found.total_minor == 108_480 + 21_696
    finland = told(replace(PARCEL, destination="FI"))
    assert of(finland, Part.IMPORT_VAT) == [(27_662, "MAD", "", None)]


def test_every_member_state_has_a_rate():
    (rule,) = [rule for rule in rules() if rule.id == "eu_vat"]
    assert sorted(rule.rates_bps) == hs.table("duties")["groups"]["EU"].split()
    assert all(1_700 <= rate <= 2_700 for rate in rule.rates_bps.values())


def test_where_the_duty_is_not_known_neither_is_the_tax_of_it():
    parcel = replace(PARCEL, items=(replace(SILK, value_minor=400_000),))
    found = told(parcel)
    assert of(found, Part.DUTY)[0][3] == Unknown.NO_FIGURE
    assert of(found, Part.IMPORT_VAT) == [(None, "MAD", "", Unknown.NO_DUTY)]
    assert not found.is_known


def test_a_country_that_is_not_in_the_rule_is_not_guessed():
    row = next(one for one in hs.table("duties")["rows"] if one["id"] == "eu_vat")
    by = [rules()[0], *parse([dict(row, rates_bps={"DE": 1_900})])]
    assert of(told(by=by), Part.IMPORT_VAT) == [(None, "MAD", "", Unknown.NO_FIGURE)]


def test_the_limit_is_a_hundred_and_fifty_euros_to_the_centime():
    under = replace(PARCEL, items=(replace(SILK, value_minor=161_999),))
    at = replace(PARCEL, items=(replace(SILK, value_minor=162_000),))
    assert of(told(under), Part.DUTY) == [(300, "EUR", "621410", None)]
    assert of(told(at), Part.DUTY) == [(None, "MAD", "", Unknown.NO_FIGURE)]


def test_before_its_first_day_nothing_is_said_by_a_rule():
    before = replace(PARCEL, on=date(2026, 6, 30))
    assert of(told(before), Part.DUTY) == [(None, "MAD", "", Unknown.NO_RULE)]


def test_without_a_rate_of_exchange_a_limit_in_euros_is_not_known():
    assert of(told(exchange={}), Part.DUTY) == [(None, "MAD", "", Unknown.NO_RATE)]


def test_a_thing_without_a_code_makes_the_duty_not_known():
    parcel = replace(PARCEL, items=(SILK, replace(WOOL, code="")))
    assert of(told(parcel), Part.DUTY) == [(None, "MAD", "", Unknown.NO_CODE)]


def test_the_united_states_take_a_duty_that_we_do_not_know():
    found = told(replace(PARCEL, destination="US"))
    assert {row[3] for row in of(found, Part.DUTY)} == {Unknown.NO_FIGURE}
    assert "29 août 2025" in found.costs[2].basis["fr"]
    assert of(found, Part.IMPORT_VAT) == [(0, "MAD", "", None)]
    assert not found.is_known
    earlier = told(replace(PARCEL, destination="US", on=date(2025, 8, 28)))
    assert of(earlier, Part.DUTY) == [(None, "MAD", "", Unknown.NO_RULE)]


def test_a_rate_that_somebody_verified_is_reckoned_with():
    row = next(one for one in hs.table("duties")["rows"] if one["id"] == "us_by_origin")
    by = parse([dict(row, rates_bps={"MA": 1_000})])
    parcel = replace(PARCEL, destination="US")
    assert of(told(parcel, by=by), Part.DUTY) == [
        (4_000, "MAD", "621410", None),
        (5_000, "MAD", "621420", None),
    ]
    french = replace(parcel, items=(SILK, replace(WOOL, origin="FR")))
    assert of(told(french, by=by), Part.DUTY)[1][3] == Unknown.NO_FIGURE


def test_where_no_rule_is_written_the_answer_is_not_known():
    for part in (Part.DUTY, Part.IMPORT_VAT):
        assert of(told(replace(PARCEL, destination="JP")), part) == [
            (None, "MAD", "", Unknown.NO_RULE)
        ]


def test_what_comes_into_morocco_pays_whatever_its_value():
    parcel = replace(PARCEL, destination="MA", sent_from="FR")
    assert of(told(parcel), Part.DUTY) == [(None, "MAD", "", Unknown.NO_FIGURE)]


def test_what_the_operator_verified_goes_before_what_is_committed(tmp_path, settings):
    own = tmp_path / "duties.toml"
    own.write_text(
        """
        [[rows]]
        id = "us_verified"
        to = "US"
        charge = "duty"
        kind = "ad_valorem"
        from = 2026-01-01
        verified = true
        source = "for this test"
        fr = "Dix pour cent."
        ar = "عشرة في المائة."
        en = "Ten percent."
        rates_bps = { MA = 1000 }
        """,
        encoding="utf-8",
    )
    settings.DUTIES = str(own)
    found = told(replace(PARCEL, destination="US"))
    assert [row[0] for row in of(found, Part.DUTY)] == [4_000, 5_000]
    assert found.total_minor == 102_000 + 9_000
    # Before the day from which it was verified, the committed row speaks.
    earlier = told(replace(PARCEL, destination="US", on=date(2025, 12, 31)))
    assert {row[3] for row in of(earlier, Part.DUTY)} == {Unknown.NO_FIGURE}


@pytest.mark.parametrize(
    "text", [None, "rows = 3", "[[rows]]", "not toml at all", '[[rows]]\nid = "x"\nto = "US"']
)
def test_a_wrong_file_of_the_operators_stops_the_start_with_a_sentence(tmp_path, settings, text):
    own = tmp_path / "duties.toml"
    if text is not None:
        own.write_text(text, encoding="utf-8")
    settings.DUTIES = str(own)
    (said,) = duties_can_be_read(None)
    assert said.is_serious()
    assert str(own) in said.msg


@pytest.mark.parametrize(
    "broken",
    [
        {"amount": "300"},
        {"amount": -1},
        {"amount": None},
        {"below": 1.5},
        {"currency": "XDR"},
        {"verified": False},
        {"kind": "guess"},
        {"kind": "of_the_whole"},
        {"charge": "tip"},
    ],
)
def test_a_broken_rule_is_refused(broken):
    with pytest.raises(BrokenFile):
        parse([dict(hs.table("duties")["rows"][0]) | broken])


@given(
    some.lists(some.tuples(CODES, some.integers(1, 50_000)), min_size=1, max_size=6),
    some.integers(1, 10**6),
    some.integers(1, 10**6),
    some.sampled_from(["FR", "US", "MA", "JP"]),
)
def test_lines_are_whole_and_the_total_is_theirs_or_nothing(things, mad, euro, to):
    items = tuple(Item(code, "MA", value) for code, value in things)
    rate = {"EUR": Exchange(mad, euro)}
    found = told(replace(PARCEL, items=items, destination=to), exchange=rate)
    assert all(type(cost.minor) is int for cost in found.costs if cost.unknown is None)
    assert all(cost.minor is None for cost in found.costs if cost.unknown is not None)
    if found.is_known:
        in_mad = (
            cost.minor if cost.currency == "MAD" else rate[cost.currency].in_mad(cost.minor)
            for cost in found.costs
        )
        assert found.total_minor == sum(in_mad)
    else:
        assert any(cost.unknown for cost in found.costs)


@given(some.integers(0, 10**9), some.integers(1, 10**6), some.integers(1, 10**6))
def test_exchange_rounds_to_the_nearest_centime(foreign, mad, unit):
    exact = foreign * mad
    assert abs(Exchange(mad, unit).in_mad(foreign) * unit * 2 - exact * 2) <= unit


@pytest.mark.parametrize("rate", [(0, 1), (1, 0), (-1, 1), (1.5, 1)])
def test_a_rate_of_exchange_is_two_whole_numbers(rate):
    with pytest.raises(ValueError, match="whole"):
        Exchange(*rate)
