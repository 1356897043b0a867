"""What is left of words that somebody typed or pasted."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as some

from maalem.kit.typed import plain


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  un   tapis \t", "un tapis"),
        ("e\u0301te\u0301", "été"),
        ("\u202e100 MAD", "100 MAD"),
        ("زر\u200fبية", "زربية"),
        ("a\r\n\r\n\r\n\r\nb", "a\n\nb"),
        ("a\x00b\x07", "ab"),
        ("👩\u200d🎨", "👩\u200d🎨"),
        ("\ufeff", ""),
    ],
)
def test_it_is_kept_as_it_is_seen(typed, kept):
    assert plain(typed) == kept


@given(some.text())
def test_doing_it_again_changes_nothing_and_nothing_unseen_is_left(typed):
    kept = plain(typed)
    assert plain(kept) == kept
    assert not any(unicodedata.category(one) == "Cc" and one != "\n" for one in kept)
