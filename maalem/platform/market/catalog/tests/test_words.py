"""From what is typed to what is looked for: sizes, words that belong together, slips."""

import pytest

from maalem.platform.market.catalog.mending import distance, mend
from maalem.platform.market.catalog.search import Found, Wish, find, wish_words
from maalem.platform.market.catalog.tests import shop
from maalem.platform.market.catalog.words import asked, lexeme, tokens


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("plateau 40 cm", ["plateau", "40cm"]),
        ("plateau 40cm", ["plateau", "40cm"]),
        ("صينية ٤٠ سم", ["صينيه", "40cm"]),
        ("tapis 2 m", ["tapis", "200cm"]),
        ("tapis 120x180", ["tapis", "120cm", "180cm"]),
        ("tapis 120 x 180 cm", ["tapis", "120", "x", "180cm"]),
        ("six verres", ["six", "verres"]),
        ("99999 cm", ["99999", "cm"]),
    ],
)
def test_a_number_and_its_unit_are_one_word(typed, meant):
    assert tokens(typed) == meant


def test_words_that_are_one_thing_together_are_one_word():
    assert lexeme(tokens("throw pillow")[0]) == lexeme("cushion")
    assert lexeme(tokens("sacs à main")[0]) == lexeme("bag")
    assert len(tokens("candle holder")) == 1
    assert lexeme(tokens("candle")[0]) != lexeme(tokens("candle holder")[0])


def test_what_every_piece_is_tells_nothing_beside_another_word():
    assert asked("moroccan rugs") == ["rugs"]
    assert asked("maroc") == ["maroc"]


def test_slips_are_counted_and_neighbours_that_changed_places_are_one():
    assert distance("tajine", "tajine") == 0
    assert distance("tapsi", "tapis") == 1
    assert distance("tambourin", "tambour") == 2
    assert distance("charger", "charnier") == 2
    assert distance("perceuse", "perce") == 3


@pytest.fixture
def slugs(db: None) -> dict[int, str]:
    return {product.pk: slug for slug, product in shop.open_shop().items()}


def search(query: str, **more: object) -> Found:
    return find(Wish(words=wish_words(query), sort="relevance", **more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("قفطن", "caftan"),
        ("فانووس", "lanterne"),
        ("طجاين", "tajine-brut"),
        ("تاجين", "tajine-brut"),
        ("tagne", "tajine-brut"),
        ("bolgha", "babouche-jaune"),
        ("fiblue", "fibule"),
    ],
)
def test_slips_in_any_script_are_mended(slugs, typed, meant):
    found = [slugs[one] for one, _ in search(typed).rows]
    assert meant in found


@pytest.mark.parametrize("absent", ["perceuse", "pneu", "سيارة", "laptop charger", "محرك", "tel"])
def test_what_is_not_sold_is_not_taken_for_something_that_is(slugs, absent):
    assert search(absent).total == 0


def test_mending_touches_four_words_at_most(slugs, django_assert_max_num_queries):
    typed = tuple(f"lantren{letter}" for letter in "abcdefghijkl")
    with django_assert_max_num_queries(6):
        mended = mend(typed)
    assert mended[4:] == typed[4:]


def test_after_the_few_that_hold_every_word_come_others_of_the_rarest(slugs):
    found = search("coton laine")
    assert [slugs[one] for one, _ in found.rows] == ["hanbel-raye", "boucherouite"]
    assert (found.exact, found.near, found.total) == (1, "coton", 2)
    assert find(Wish(words=wish_words("coton laine"), sort="price")).total == 1


@pytest.mark.parametrize("typed", ["coton laine", "tajnie", "tajine", "laine coton xyzzy"])
def test_a_later_page_goes_on_where_the_first_one_ended(slugs, typed):
    whole = [one for one, _ in search(typed).rows]
    leafed = [one for page in range(1, 40) for one, _ in search(typed, page=page, size=1).rows]
    assert len(whole) > 1
    assert leafed == whole
