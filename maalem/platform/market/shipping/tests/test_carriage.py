"""What carrying costs, when a parcel leaves, and where it may go."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maalem.platform.market.shipping import carriage, countries

DAY = date(2026, 3, 2)


@given(st.sampled_from(carriage.ZONES), st.integers(1, 200_000), st.integers(0, 50_000))
def test_a_heavier_parcel_never_costs_less(zone, weight, more):
    light = carriage.shipping(zone, weight_g=weight, on=DAY)
    assert 0 < light <= carriage.shipping(zone, weight_g=weight + more, on=DAY)


def test_a_step_counts_to_its_last_gram():
    assert carriage.shipping("morocco", weight_g=1_000, on=DAY) == 3_500
    assert carriage.shipping("morocco", weight_g=1_001, on=DAY) == 4_000
    assert carriage.shipping("morocco", weight_g=30_001, on=DAY) == 15_500


def test_the_tariff_of_the_day_counts():
    rows = [
        {
            "from": day,
            "zones": {
                zone: {"steps": [[1_000, price]], "further_kg": 1} for zone in carriage.ZONES
            },
        }
        for day, price in (("2026-06-01", 200), ("2026-01-01", 100))
    ]
    first, second = carriage.parse(rows)
    assert (first.starts_on, second.starts_on) == (date(2026, 1, 1), date(2026, 6, 1))


def test_before_the_first_tariff_nothing_is_guessed():
    with pytest.raises(carriage.BrokenTariff):
        carriage.shipping("morocco", weight_g=1, on=date(2020, 1, 1))


@pytest.mark.parametrize(
    "rates",
    [
        {"steps": [], "further_kg": 1},
        {"steps": [[1_000, 5], [500, 6]], "further_kg": 1},
        {"steps": [[500, 6], [1_000, 5]], "further_kg": 1},
        {"steps": [[500, 6.5]], "further_kg": 1},
        {"steps": [[500, -1]], "further_kg": 1},
        {"steps": [[500, 1]]},
        {"steps": [[500]], "further_kg": 1},
    ],
)
def test_a_broken_tariff_is_refused(rates):
    zones = {zone: {"steps": [[1, 1]], "further_kg": 1} for zone in carriage.ZONES}
    with pytest.raises(carriage.BrokenTariff):
        carriage.parse([{"from": "2026-01-01", "zones": {**zones, "rest": rates}}])


def test_what_is_ready_leaves_in_two_days_and_never_on_a_sunday():
    friday = date(2026, 3, 6)
    assert carriage.leaves_by([None], ordered_on=friday) == date(2026, 3, 9)
    assert carriage.leaves_by([None, 12], ordered_on=friday) == date(2026, 3, 20)


def test_a_thing_without_a_weight_weighs_like_a_packed_bowl():
    assert carriage.weigh([(None, 2), (250, 4)]) == 3_000


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_every_country_has_a_zone_and_morocco_is_whole(language):
    names = countries.names(language)
    assert len(names) > 200
    assert {countries.zone(code) for code in names} <= set(carriage.ZONES) - {"morocco"}
    assert not {"MA", "EH"} & set(names)


def test_a_postcode_is_needed_only_where_parcels_go_astray_without():
    assert countries.needs_postcode("FR")
    assert countries.writes_postcode("JP")
    assert not countries.needs_postcode("JP")
    assert not countries.writes_postcode("AE")
    assert not countries.writes_postcode("MA")
