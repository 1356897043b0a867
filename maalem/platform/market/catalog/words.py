"""From a person's words to the lexemes that documents and queries share.

A lexeme is a folded, stemmed word, reduced to the first of its line in synonyms.txt where it has
one. Documents keep the word as written too, so that a beginning of it finds them.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from pathlib import Path

from maalem.kit.text import stem, words

LONGEST = 40
_STORY_WORDS = 60
_SYNONYMS = Path(__file__).with_name("synonyms.txt")
# Folded, French tea would be the English article.
_TEA = re.compile(r"\bth[éÉ]s?\b", re.IGNORECASE)
# Words that every text holds. They are looked for only where a query has nothing else.
_EMPTY = frozenset(
    stem(word)
    for word in words(
        "de la le les du des en et un une au aux a pour avec sur dans par ce son sa ses est qui"
        " que the of for with and in on an to from by is it its or at as"
        " في من على و مع الى عن هذا هذه التي الذي ال ب ل"
    )
)


@cache
def synonyms() -> dict[str, str]:
    """Each word of synonyms.txt, and its stem, with the stem it is reduced to.

    A word belongs to its first line. Whole words come before stems: cuire is no leather (cuir).
    """
    whole: dict[str, str] = {}
    stems: dict[str, str] = {}
    for line in _SYNONYMS.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        every = words(line)
        for word in every:
            whole.setdefault(word, stem(every[0]))
            stems.setdefault(stem(word), stem(every[0]))
    return {**stems, **whole}


@lru_cache(maxsize=50_000)
def lexeme(word: str) -> str:
    """The one form of a folded word."""
    known = synonyms()
    short = stem(word)[:LONGEST]
    return known.get(word) or known.get(short, short)


def lexemes(text: str, *, also_written: bool = True) -> dict[str, None]:
    """The lexemes of `text`, each once, in order; with the words as written beside them."""
    found: dict[str, None] = {}
    for word in words(_TEA.sub("tea", text)):
        one = lexeme(word)
        if one in _EMPTY:
            continue
        found[one] = None
        if also_written:
            found[stem(word)[:LONGEST]] = None
    return found


def asked(query: str, *, limit: int = 12) -> list[str]:
    """The words of a query worth looking for: folded, each once, at most `limit` of them."""
    folded = words(_TEA.sub("tea", query[:400]))
    every = [word[:LONGEST] for word in dict.fromkeys(folded)][:limit]
    telling = [word for word in every if lexeme(word) not in _EMPTY]
    return telling or every


def vector(*, a: Iterable[str], b: Iterable[str], c: Iterable[str], d: Iterable[str]) -> str:
    """A tsvector literal: every lexeme once, at the heaviest weight it occurs with.

    Positions only carry the weight, so one lexeme is one position and a row stays small. Of the
    story (d) the first words of each text are enough.
    """
    found: dict[str, str] = {}
    for weight, texts in (("A", a), ("B", b), ("C", c)):
        for text in texts:
            for one in lexemes(text):
                found.setdefault(one, weight)
    for text in d:
        story = [one for one in lexemes(text, also_written=False) if len(one) > 2]
        for one in story[:_STORY_WORDS]:
            found.setdefault(one, "D")
    return " ".join(f"'{one}':1{weight}" for one, weight in found.items())


def all_of(asked_words: Sequence[str], *, open_end: bool = True) -> str:
    """A tsquery that wants every word; the last may be a beginning when it has three letters."""
    return " & ".join(
        _term(word, open_end=open_end and word is asked_words[-1]) for word in asked_words
    )


def any_of(asked_words: Sequence[str], *, open_end: bool = True) -> str:
    """A tsquery that any one word satisfies: for ranking, and when all together find nothing."""
    return " | ".join(
        _term(word, open_end=open_end and word is asked_words[-1]) for word in asked_words
    )


def _term(word: str, *, open_end: bool) -> str:
    short = stem(word)
    forms = dict.fromkeys([f"'{lexeme(word)}'"])
    if open_end and len(short) >= 3 and not word.isdigit():
        forms[f"'{short}':*"] = None
    return f"({'|'.join(forms)})"
