import pytest
from django.db.models import Sum
from django.utils import translation

from maalem.kit.text import fold
from maalem.platform.ground.places import actions, queries
from maalem.platform.ground.places.models import Commune, Province, Region

pytestmark = pytest.mark.django_db


def test_the_map_is_there_after_migrating():
    assert Region.objects.count() == 12
    assert Province.objects.count() == 83
    assert Commune.objects.count() == 1503


def test_the_second_level_counts_casablanca_once():
    units = [unit for region in queries.regions() for unit in queries.provinces_of(region)]
    assert len(units) == 75
    everyone = Region.objects.aggregate(people=Sum("population"))["people"]
    assert sum(unit.population for unit in units) == everyone


def test_two_provinces_lie_where_the_census_puts_them_not_where_iso_lists_do():
    assert Province.objects.get(code="06.385").region_id == "06"
    assert Province.objects.get(code="09.163").region_id == "09"


def test_a_region_has_a_name_in_three_languages_and_an_iso_code():
    region = Region.objects.get(code="07")
    assert (region.slug, region.iso) == ("marrakech-safi", "MA-07")
    for language, name in (
        ("fr", "Marrakech-Safi"),
        ("ar", "مراكش-آسفي"),
        ("en", "Marrakesh-Safi"),
    ):
        with translation.override(language):
            assert str(region.name) == name


def test_loading_again_changes_nothing():
    assert actions.load() == 12 + 83 + 1503
    assert Commune.objects.count() == 1503


def test_a_commune_is_found_by_any_spelling():
    for words in ("Taznakht", "taznakht", "تازناخت", "  TAZNA "):
        assert [found.code for found in queries.search_communes(words)] == ["08.401.01.09"]
    for words in ("Tétouan", "tetouan", "تطوان"):
        assert queries.search_communes(words)[0].code == "01.571.01.11"
    assert queries.search_communes("fez")[0].code == "03.231.01.0"


def test_bigger_places_come_first_and_nothing_is_found_for_nothing():
    assert str(queries.search_communes("sal")[0].name) == "Salé"
    assert queries.search_communes("  -") == []
    assert queries.search_communes("no such place") == []


def test_a_regions_communes_come_with_their_provinces(django_assert_num_queries):
    with django_assert_num_queries(1):
        names = {str(one.province.name) for one in queries.communes_of("08")}
    assert names == {"Errachidia", "Ouarzazate", "Midelt", "Tinghir", "Zagora"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Aït Baha", "ait-baha"),
        ("أزيلال", "ازيلال"),
        ("الدّار البيضاء", "الدار البيضاء"),
        ("M’diq", "mdiq"),
    ],
)
def test_spellings_of_one_place_fold_alike(one, other):
    assert fold(one) == fold(other)
