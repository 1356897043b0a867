"""Misspelt words: each that no document holds becomes the likest one that some do.

A likely slip is one letter left out, put in, exchanged, or changed with its neighbour, in any
script. All such forms of a word are written down and looked up by their names, so that the work
is bounded by the length of what was typed, whatever the number of words that the shop holds.
Long Latin words may have two slips: those the trigram index proposes, and they are counted here.
An Arabic word is tried in Latin letters too: تابيس is tapis. What no slip explains stays as it is,
so that a thing that is not sold here is not taken for another.
"""

from maalem.kit.text import stem
from maalem.platform.market.catalog.words import lexeme
from maalem.platform.rows import rows

# Shorter words are too near to too many others, longer ones are none that anybody mistypes.
_SHORTEST, _LONGEST = 4, 24
_TELLING = 6
_LONG = 8
# Of a query, so many words are mended at most.
_MOST = 4
_PROPOSED = 12
_ALPHABETS = (
    "abcdefghijklmnopqrstuvwxyz",
    "ابتثجحخدذرزسشصضطظعغفقكلمنهوي",
    "ⴰⴱⴳⴷⴹⴻⴼⴽⵀⵃⵄⵅⵇⵉⵊⵍⵎⵏⵓⵔⵕⵖⵙⵚⵛⵜⵟⵡⵢⵣⵥ",
)
_IN_LATIN = str.maketrans(
    dict(zip("ابتثجحخدذرزسصضطظعغفقكلمنهوي", "abttjhkddrzssdtdagfqklmnaoi", strict=True))
    | {"ش": "ch"}
)
# What a word sounds like: its consonants, those that are easily taken for each other being one.
_SOUND = str.maketrans(
    {
        **dict.fromkeys("aeiouyhاويهعⴰⵉⵓⵢⵄⵀ", ""),
        **dict.fromkeys("szcxسشصثⵙⵚⵛⵣⵥزذظ", "s"),
        **dict.fromkeys("kqgjقكغخجⴽⵇⴳⵖⵅⵊ", "k"),
        **dict.fromkeys("dtدضتطⴷⴹⵜⵟ", "t"),
        **dict.fromkeys("bpvwfبفⴱⴼⵡ", "b"),
        **dict.fromkeys("mمⵎ", "m"),
        **dict.fromkeys("nنⵏ", "n"),
        **dict.fromkeys("rرⵔⵕ", "r"),
        **dict.fromkeys("lلⵍ", "l"),
    }
)


def mend(typed: tuple[str, ...]) -> tuple[str, ...]:
    """The words of a query, those that nothing holds replaced where something near is held."""
    held = _held([lexeme(word) for word in typed])
    lost = [word for word in typed if lexeme(word) not in held and _worth(word)][:_MOST]
    if not lost:
        return typed
    near = {word: _slips(word) for word in lost}
    counts = _held([lexeme(slip) for slips in near.values() for slip in slips])
    likest: dict[str, str] = {}
    for word, slips in near.items():
        there = [slip for slip in slips if lexeme(slip) in counts]
        if there:
            likest[word] = max(there, key=lambda slip: _likeness(slip, word, counts))
        elif len(word) >= _LONG and word.isascii():
            likest[word] = _twice(word)
    return tuple(likest.get(word, word) for word in typed)


def _worth(word: str) -> bool:
    return _SHORTEST <= len(word) <= _LONGEST and not any(letter.isdigit() for letter in word)


def _sound(word: str) -> str:
    return word.translate(_SOUND)


def _likeness(slip: str, word: str, counts: dict[str, int]) -> tuple[bool, bool, int, str]:
    """What sounds alike comes first, and slips seldom befall a first letter."""
    return _sound(slip) == _sound(word), slip[0] == word[0], counts[lexeme(slip)], slip


def _slips(word: str) -> set[str]:
    """Every form of a word that is one slip away: of the whole of it, and of its stem."""
    short = stem(word)
    found = {slip for slip in _edits(word) if _likely(slip, word)}
    found |= {slip for slip in _edits(short) if _likely(slip, short) and stem(slip) == slip}
    latin = word.translate(_IN_LATIN)
    if not word.isascii() and latin.isascii() and len(latin) > _SHORTEST:
        found |= {slip for slip in {latin, *_edits(latin)} if _sound(slip) == _sound(latin)}
    return found - {word}


def _likely(slip: str, word: str) -> bool:
    """Short words have many neighbours: theirs must sound alike, or be the same letters."""
    if len(word) >= _TELLING:
        return True
    return _sound(slip) == _sound(word) or sorted(slip) == sorted(word)


def _edits(word: str) -> set[str]:
    """One slip away."""
    letters = next((a for a in _ALPHABETS if word[0] in a), "")
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    changed = {a + b[1:] for a, b in cuts if b}
    changed |= {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    changed |= {a + letter + b[1:] for a, b in cuts if b for letter in letters}
    changed |= {a + letter + b for a, b in cuts for letter in letters}
    return {one for one in changed if len(one) >= _SHORTEST - 1 and one != word}


def _held(wanted: list[str]) -> dict[str, int]:
    """Those of these lexemes that documents hold, with in how many."""
    every = list(dict.fromkeys(wanted))
    return dict(rows("SELECT word, products FROM catalog_word WHERE word = ANY(%s)", [every]))


def _twice(word: str) -> str:
    """The likest held word that is two slips away, or the word itself."""
    short = stem(word)
    proposed = rows(
        "SELECT word FROM catalog_word WHERE word %% %s AND word !~ '^='"
        " ORDER BY similarity(word, %s) DESC, products DESC LIMIT %s",
        [short, short, _PROPOSED],
    )
    return next((like for (like,) in proposed if distance(short, like) <= 2), word)


def distance(one: str, other: str) -> int:
    """How many slips lie between two words, neighbours that changed places being one."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        before, last, row = row, before, [at]
        for to, against in enumerate(other, 1):
            cost = min(before[to] + 1, row[to - 1] + 1, before[to - 1] + (letter != against))
            if at > 1 and to > 1 and letter == other[to - 2] and against == one[at - 2]:
                cost = min(cost, last[to - 2] + 1)
            row.append(cost)
    return row[-1]
