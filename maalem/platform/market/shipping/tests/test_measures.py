"""What stands in a parcel's way, by day, place and words."""

from datetime import date

import pytest

from maalem.demo.sources import crafts
from maalem.platform.market.shipping import hs
from maalem.platform.market.shipping.measures import BrokenFile, asked_of, measures, parse

TODAY = date(2026, 11, 23)


def ids(code: str, *texts: str, to: str = "FR", origin: str = "MA", on: date = TODAY) -> set[str]:
    found = asked_of(code, texts=texts, origin=origin, destination=to, on=on)
    return {one.id for one in found}


def test_within_morocco_nothing_is_asked():
    assert ids("970690", "Tapis ancien en ivoire", to="MA") == set()


def test_what_is_of_the_heritage_is_asked_about_whatever_its_code():
    assert "heritage" in ids("970690")
    assert "heritage" in ids("680291", "Manuscrit du Souss")
    assert "heritage" not in ids("570110", "Tapis de Taznakht", "Laine")


def test_marble_with_fossils_in_it_is_no_fossil():
    assert "heritage" in ids("970529", "Fossile de trilobite")
    assert "heritage" not in ids("680291", "Coupe", "Marbre noir à fossiles (orthocères)")


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("Argent 925, corail", True),
        ("فضة ومرجان", True),
        ("Sterling silver, coral", True),
        ("Argent 925, perles de verre couleur corail", False),
        ("Sterling silver, coral-coloured glass beads", False),
        ("فضة 925 وخرز زجاجي بلون المرجان", False),
        ("Manche en ivoire", True),
    ],
)
def test_coral_counts_and_its_colour_does_not(words, asked):
    assert ("protected_species" in ids("711311", words)) is asked


def test_a_wood_is_asked_about_where_the_thing_is_of_wood():
    assert "protected_wood" in ids("442090", "Thuya, filets d’ébène")
    assert "protected_wood" not in ids("442090", "Noyer")
    assert "protected_wood" not in ids("330129", "Huile de cèdre")


def test_the_law_is_that_of_the_day():
    row = next(one for one in measures() if one.id == "heritage")
    assert row.law_on(date(2015, 6, 1)) == "Loi 13-89, art. 1"
    assert row.law_on(date(2016, 3, 2)).startswith("Loi 91-14")


def test_what_is_new_does_not_hold_before_its_day():
    assert "responsible_person_eu" in ids("570110", to="DE", on=date(2024, 12, 13))
    assert "responsible_person_eu" not in ids("570110", to="DE", on=date(2024, 12, 12))
    assert "responsible_person_eu" not in ids("570110", to="US")
    assert "responsible_person_eu" not in ids("970191", to="FR")
    assert "export_register" not in ids("570110", on=date(2025, 5, 6))


def test_bringing_in_asks_other_things_than_sending_out():
    assert ids("630900", origin="FR", to="MA") == {"used_clothes_in"}
    assert "used_clothes_in" not in ids("630900", to="FR")


def test_every_row_says_itself_in_three_languages_and_where_it_comes_from():
    for row in measures():
        assert all(row.says[language] for language in ("fr", "ar", "en")), row.id
        assert row.source, row.id
        assert row.basis or not row.verified or row.effect == "tell", row.id


def test_what_nobody_verified_stops_nothing():
    raw = dict(hs.table("measures")["rows"][0], verified=False)
    with pytest.raises(BrokenFile, match="stops nothing"):
        parse([raw | {"effect": "stop"}])
    assert parse([raw])[0].effect == "ask"


@pytest.mark.parametrize(
    "broken", [{"way": "sideways"}, {"effect": "maybe"}, {"fr": None, "way": "arrival"}]
)
def test_a_broken_row_is_refused(broken):
    with pytest.raises(BrokenFile):
        parse([dict(hs.table("measures")["rows"][0]) | broken])


def test_two_rows_of_one_id_are_refused():
    row = hs.table("measures")["rows"][0]
    with pytest.raises(BrokenFile, match="one id"):
        parse([row, row])


def test_most_of_the_demos_things_may_simply_go():
    """A list that asks about everything is read by nobody."""
    asked = whole = 0
    for craft in crafts():
        for template in craft.templates:
            material = template.tones[0].of(template)
            texts = [*template.title, *material]
            found = asked_of(template.hs, texts=texts, origin="MA", destination="FR", on=TODAY)
            whole += 1
            asked += any(one.effect == "ask" for one in found)
    assert asked * 5 < whole * 2, (asked, whole)
