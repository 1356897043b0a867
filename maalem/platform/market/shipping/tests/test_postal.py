"""Which postal form goes with a parcel."""

import pytest

from maalem.platform.market.shipping import hs
from maalem.platform.market.shipping.postal import form

LIMIT = 300 * hs.table("postal")["sdr"]["mad_centimes"]


@pytest.mark.parametrize(
    ("value", "weight", "wanted"),
    [
        (18_000, 500, "cn22"),
        (LIMIT - 1, 2_000, "cn22"),
        (LIMIT, 500, "cn23"),
        (18_000, 2_001, "cn23"),
        (18_000, None, "cn23"),
        (18_000, 0, "cn23"),
    ],
)
def test_the_small_form_is_for_what_is_light_and_worth_little(value, weight, wanted):
    assert form(value_minor=value, weight_g=weight) == wanted


@pytest.mark.parametrize(("kinds", "wanted"), [(4, "cn22"), (5, "cn23")])
def test_a_list_too_long_for_the_small_form_takes_the_large_one(kinds, wanted):
    assert form(value_minor=18_000, weight_g=500, kinds=kinds) == wanted
