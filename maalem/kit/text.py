"""Words as a search sees them: one form for the many ways in which a hand writes them.

`fold` makes the same string of spellings that readers take for the same: accents and case,
ligatures, Arabic vowel signs and stretched letters, the forms of hamza, Arabic-Indic digits,
Tifinagh's labialisation mark. It compares words, it does not print them.

Arabic is composed before anything is taken away. Decomposed text would lose the hamza together
with the vowel signs in some places and keep it in others. What stays apart, on purpose: final ya
is never made an alif, ta marbuta becomes ha and not ta, and the article stays in `fold` (`stem`
takes it off, for words long enough to miss nothing).
"""

import re
import unicodedata

# Forms of one letter. Gaf has three shapes in Moroccan print; all fall back to kaf.
_LETTERS = {
    **dict.fromkeys("أإآٱٲٳٵ", "ا"),
    **dict.fromkeys("ؤٶۄۅۆۇۈۉۊۋ", "و"),
    **dict.fromkeys("ئىیيېۍێٸے", "ي"),
    **dict.fromkeys("كکڪڭݣگ", "ك"),
    **dict.fromkeys("هةہھۀۂۃە", "ه"),
    "پ": "ب",
    "چ": "ج",
    "ژ": "ز",
    "ڤ": "ف",
    "ڥ": "ف",
    "œ": "oe",
    "æ": "ae",
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "ı": "i",
    "ħ": "h",
    # ε and ɣ are what Tamazight in Latin letters uses for ayn and ghayn.
    "ɛ": "a",
    "ε": "a",
    "ɣ": "gh",
}
_TATWEEL, _LABIALISATION = "\u0640", "\u2d6f"
# Joiners and direction marks: nothing a reader sees.
_UNSEEN = "\u200b\u200c\u200d\u200e\u200f\u061c\u2060\u00ad\ufeff\u202a\u202b\u202c\u202d\u202e"
_TABLE = str.maketrans({**_LETTERS, _TATWEEL: ""})
_BEFORE = str.maketrans(
    {
        _LABIALISATION: "",
        **dict.fromkeys(_UNSEEN + "\u2066\u2067\u2068\u2069", ""),
        **dict.fromkeys("’‘ʼʻ`´′＇", "'"),
    }
)
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
# L'argile, d'Azilal, qu'on: the word is what comes after. M'Goun and ma'alem are one word.
_ELIDED = re.compile(r"^(?:l|d|n|s|c|j|qu|jusqu|lorsqu|puisqu)'(?=.)")
_HAMZA = "ء"
_ARTICLES = ("وال", "بال", "كال", "فال", "لل", "ال")
_SHORTEST_STEM = 3


def fold(text: str) -> str:
    """The words of `text` in their one form, parted by single spaces. Folding twice is folding."""
    return " ".join(words(text))


def words(text: str) -> list[str]:
    """The folded words of `text`, in order."""
    plain = text.lower().replace("`", "'") if text.isascii() else _plain(text)
    found = []
    for match in _WORD.findall(plain):
        word = match
        if "'" in word:
            word = _ELIDED.sub("", word).replace("'", "")
        if word[-1] == _HAMZA:
            # Red is written حمراء and حمرا alike.
            word = word.rstrip(_HAMZA) or _HAMZA
        found.append(word)
    return found


def _plain(text: str) -> str:
    """One letter for each letter, no marks, Western digits."""
    composed = unicodedata.normalize("NFKC", text.translate(_BEFORE)).casefold()
    lettered = unicodedata.normalize("NFKC", composed).translate(_TABLE)
    apart = unicodedata.normalize("NFD", lettered)
    bare = "".join(c for c in apart if not unicodedata.combining(c) and _is_seen(c))
    # A few letters are themselves only after their marks are gone.
    return _digits(unicodedata.normalize("NFKC", bare).casefold().translate(_TABLE))


def _is_seen(character: str) -> bool:
    return unicodedata.category(character) != "Mn"


def _digits(text: str) -> str:
    if text.isascii():
        return text
    return "".join(
        str(unicodedata.decimal(c)) if c.isdecimal() and not c.isascii() else c for c in text
    )


def stem(word: str) -> str:
    """A folded word without its article (Arabic) or its plural and feminine ending (French).

    Light on purpose: it takes off only what leaves three letters or more, so that it joins
    `زليج` with `الزليج` and `carpets` with `carpet`, and never a word with another.
    """
    if word[0] >= "\u0600":
        for article in _ARTICLES:
            if word.startswith(article) and len(word) - len(article) >= _SHORTEST_STEM:
                return word[len(article) :]
        return word
    if not word.isascii() or word.isdigit():
        return word
    short = word[:-1] if word[-1] in "sx" else word
    short = short.rstrip("e")
    return short if len(short) >= _SHORTEST_STEM else word
