"""Words that readers take for the same fold to the same, and others stay apart."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maalem.kit.text import fold, stem, words

SAME = [
    ("آسفي", "اسفي"),
    ("أزيلال", "ازيلال"),
    ("إبراهيم", "ابراهيم"),
    ("زَلِّيج", "زليج"),
    ("زلـــيج", "زليج"),
    ("صينية", "صينيه"),
    ("مصطفى", "مصطفي"),
    ("حمراء", "حمرا"),
    ("مؤذن", "موذن"),
    ("ڭناوة", "گناوة"),
    ("ݣلميم", "كلميم"),
    ("ﻻ", "لا"),
    ("١٢٣", "123"),
    ("۱۲۳", "123"),
    ("Fès", "FES"),
    ("Naïma", "naima"),
    ("cœur", "COEUR"),
    ("l’argile", "argile"),
    ("d'Azilal", "Azilal"),
    ("qu'un", "un"),
    ("M'Goun", "mgoun"),
    ("ma'alem", "maalem"),
    ("Aït-Baha", "ait baha"),
    ("ⴰⴳⵯⵎⴰⵔ", "ⴰⴳⵎⴰⵔ"),
    ("ﬁl", "fil"),
    ("①", "1"),
    ("ZELLIGE\u200f", "zellige"),
    ("bou\u00adcharouite", "boucharouite"),
]
APART = [
    ("فتى", "فتا"),
    ("سلة", "سلت"),
    ("قلب", "كلب"),
    ("صوف", "سوف"),
    ("mer", "mère-grand"),
    ("ⴰⵣⵓⵍ", "ⴰⵙⵓⵍ"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_these_are_the_same_word(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), APART)
def test_these_stay_apart(one, other):
    assert fold(one) != fold(other)


@pytest.mark.parametrize("text", [one for one, _ in SAME])
def test_a_decomposed_spelling_folds_as_the_composed_one(text):
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize(
    ("long", "short"),
    [
        ("الزليج", "زليج"),
        ("والفخار", "فخار"),
        ("carpets", "carpet"),
        ("babouches", "babouche"),
        ("dishes", "dish"),
        ("bleues", "bleu"),
        ("tressees", "tresse"),
    ],
)
def test_endings_and_articles_come_off(long, short):
    assert stem(long) == stem(short)


@pytest.mark.parametrize("word", ["الم", "the", "as", "2025", "ⵜⴰⵣⵔⴱⵉⵜ"])
def test_a_short_or_foreign_word_keeps_itself(word):
    assert stem(word) in (word, "the")


@given(st.text())
def test_folding_twice_is_folding(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet=st.characters(categories=["Lu", "Ll", "Lo", "Nd"]), min_size=1))
def test_letters_never_fold_to_nothing(text):
    assert fold(text)


@given(st.text())
def test_case_and_composition_do_not_matter(text):
    assert fold(unicodedata.normalize("NFC", text)) == fold(unicodedata.normalize("NFD", text))


@given(st.text())
def test_words_hold_no_mark_and_stems_are_never_empty(text):
    for word in words(text):
        assert not any(unicodedata.combining(c) for c in word)
        assert stem(word)
        assert "\x00" not in word
