"""From a person's words to the lexemes that documents and queries share.

A lexeme is a folded, stemmed word, reduced to the first of its line in synonyms.txt where it has
one; words that mean one thing together are one word (`throw_pillow` there), and so is a number
with its unit (40 cm, 0,4 m and ٤٠ سم are 40cm). Documents keep the word as written too, so that a
beginning of it finds them and the very word that was typed comes first.
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
# What every piece here is. Beside another word it tells nothing, and few titles hold it.
_OF_ALL = frozenset(
    stem(word)
    for word in words(
        "maroc marocain marocaine marocains marocaines morocco moroccan artisanat artisanal"
        " artisanale handmade handcrafted handicraft craft مغربي مغربية المغرب تقليدي تقليدية"
    )
)
# Centimetres and metres as they follow a number.
_UNITS = {
    **dict.fromkeys(("cm", "centimetre", "centimetres", "centimeters", "سم", "سنتيمتر"), 1),
    **dict.fromkeys(("m", "metre", "metres", "meter", "meters", "متر", "م"), 100),
}
_SIZE = re.compile(r"(\d{1,4})(cm|m|سم)")
_TWO_SIZES = re.compile(r"(\d{2,4})x(\d{2,4})(?:cm)?")


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
        every = words(" ".join(one for one in line.split() if "_" not in one))
        for word in every:
            whole.setdefault(word, stem(every[0]))
            stems.setdefault(stem(word), stem(every[0]))
    return {**stems, **whole}


@cache
def _phrases() -> dict[tuple[str, str], str]:
    """Stems of two words that are one thing together, with the first word of their line."""
    found: dict[tuple[str, str], str] = {}
    for line in _SYNONYMS.read_text(encoding="utf-8").splitlines():
        for one in line.split():
            if "_" in one and not line.startswith("#"):
                first, second = map(stem, words(one.replace("_", " ")))
                found[first, second] = words(line)[0]
    return found


def tokens(text: str) -> list[str]:
    """The folded words of `text`; what is one thing in two words is one of them."""
    found: list[str] = []
    for word in words(_TEA.sub("tea", text)):
        one = _phrases().get((stem(found[-1]), stem(word))) if found else None
        size = _size(found[-1], word) if found else ""
        if one or size:
            found[-1] = one or size
        elif two := _TWO_SIZES.fullmatch(word):
            found += [f"{int(each)}cm" for each in two.groups()]
        elif alone := _SIZE.fullmatch(word):
            found.append(_size(*alone.groups()))
        else:
            found.append(word)
    return found


def _size(number: str, unit: str) -> str:
    """`40cm` where a number stands before a unit of length, else nothing."""
    if unit not in _UNITS or not number.isdigit() or len(number) > 4:
        return ""
    return f"{int(number) * _UNITS[unit]}cm"


@lru_cache(maxsize=50_000)
def lexeme(word: str) -> str:
    """The one form of a folded word."""
    known = synonyms()
    short = stem(word)[:LONGEST]
    return known.get(word) or known.get(short, short)


def lexemes(text: str, *, also_written: bool = True) -> dict[str, None]:
    """The lexemes of `text`, each once, in order; with the words as written beside them."""
    found: dict[str, None] = {}
    for word in tokens(text):
        one = lexeme(word)
        if one in _EMPTY:
            continue
        found[one] = None
        if also_written:
            found[stem(word)[:LONGEST]] = None
    return found


def asked(query: str, *, limit: int = 12) -> list[str]:
    """The words of a query worth looking for: folded, each once, at most `limit` of them."""
    every = [word[:LONGEST] for word in dict.fromkeys(tokens(query[:400]))][:limit]
    some = [word for word in every if lexeme(word) not in _EMPTY]
    telling = [word for word in some if lexeme(word) not in _OF_ALL]
    return telling or some or every


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


def all_of(asked_words: Sequence[str], *, open_end: bool = True, places: str = "") -> str:
    """A tsquery that wants every word; the last may be a beginning when it has three letters.

    `places` are the weights where a word counts ("ABC": not in the story alone); none is all.
    """
    return " & ".join(_terms(asked_words, open_end=open_end, places=places))


def any_of(asked_words: Sequence[str], *, open_end: bool = True, places: str = "") -> str:
    """A tsquery that any one word satisfies: when all together find nothing."""
    return " | ".join(_terms(asked_words, open_end=open_end, places=places))


def _terms(asked_words: Sequence[str], *, open_end: bool, places: str) -> list[str]:
    last = len(asked_words) - 1
    return [
        _term(word, open_end=open_end and at == last, places=places)
        for at, word in enumerate(asked_words)
    ]


def for_ranking(query: str, asked_words: Sequence[str]) -> str:
    """The same words, any of them, and each as it was written beside what it is reduced to."""
    written = "".join(f" | '{stem(word)}'" for word in asked_words if stem(word) != lexeme(word))
    return query.replace(" & ", " | ") + written


def _term(word: str, *, open_end: bool, places: str) -> str:
    short = stem(word)
    at = f":{places}" if places else ""
    forms = dict.fromkeys([f"'{lexeme(word)}'{at}"])
    if open_end and len(short) >= 3 and not word.isdigit():
        forms[f"'{short}':*{places}"] = None
    return f"({'|'.join(forms)})"
