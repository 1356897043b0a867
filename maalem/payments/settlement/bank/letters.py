"""Names as a bank's file takes them: the Latin letters, digits and marks that every bank reads.

The European Payments Council's guidelines allow a-z, A-Z, 0-9, space and / - ? : ( ) . , ' +
and Moroccan banks ask for the same. An artisan's name may be written in Arabic or in Tifinagh;
it is spelled out letter by letter, as a clerk would who has to fill in the field. The account
number decides where money goes; the name only has to be recognisable.
"""

import re
import unicodedata

from maalem.kit.text import fold

_ARABIC = {
    "ا": "a", "أ": "a", "إ": "i", "آ": "aa", "ٱ": "a", "ء": "", "ؤ": "ou", "ئ": "i", "ب": "b",
    "ت": "t", "ث": "th", "ج": "j", "ح": "h", "خ": "kh", "د": "d", "ذ": "d", "ر": "r", "ز": "z",
    "س": "s", "ش": "ch", "ص": "s", "ض": "d", "ط": "t", "ظ": "d", "ع": "a", "غ": "gh", "ف": "f",
    "ڤ": "v", "ڥ": "v", "ق": "q", "ك": "k", "گ": "g", "ڭ": "g", "ݣ": "g", "ل": "l", "م": "m",
    "ن": "n", "ه": "h", "ة": "a", "و": "ou", "ي": "i", "ى": "a", "پ": "p", "چ": "ch", "ژ": "j",
    "\u064e": "a", "\u064f": "ou", "\u0650": "i",
}  # fmt: skip
_TIFINAGH = {
    "ⴰ": "a", "ⴱ": "b", "ⴳ": "g", "ⴷ": "d", "ⴹ": "d", "ⴻ": "e", "ⴼ": "f", "ⴽ": "k", "ⵀ": "h",
    "ⵃ": "h", "ⵄ": "a", "ⵅ": "kh", "ⵇ": "q", "ⵉ": "i", "ⵊ": "j", "ⵍ": "l", "ⵎ": "m", "ⵏ": "n",
    "ⵓ": "ou", "ⵔ": "r", "ⵕ": "r", "ⵖ": "gh", "ⵙ": "s", "ⵚ": "s", "ⵛ": "ch", "ⵜ": "t", "ⵟ": "t",
    "ⵡ": "w", "ⵢ": "y", "ⵣ": "z", "ⵥ": "z", "ⵯ": "",
}  # fmt: skip
_LATIN = {
    "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "ß": "ss", "ł": "l", "Ł": "L",
    "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "TH", "ı": "i", "ħ": "h", "Ħ": "H",
    "ɛ": "a", "Ɛ": "A", "ε": "a", "ɣ": "gh", "Ɣ": "GH", "&": "+", "_": "-", "’": "'", "‘": "'",
    "ʼ": "'", "ʻ": "'", "`": "'", "´": "'", "–": "-", "—": "-", "…": "...", ";": ",", "،": ",",
    "؛": ",", "؟": "?", "«": "'", "»": "'", '"': "'", "“": "'", "”": "'", "°": "o",
}  # fmt: skip
_TABLE = str.maketrans({**_ARABIC, **_TIFINAGH, **_LATIN})
_OUTSIDE = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")
_ARTICLE = re.compile(r"\bal(?=[a-z])")


def latin(text: str, *, longest: int) -> str:
    """`text` in the bank's letters, at most `longest` of them; empty if nothing can be spelled."""
    arabic = any("\u0600" <= c <= "\u06ff" for c in text)
    composed = unicodedata.normalize("NFC", text)
    spelled = unicodedata.normalize("NFKD", composed.translate(_TABLE)).translate(_TABLE)
    western = "".join(_digit(c) for c in spelled if not unicodedata.combining(c))
    plain = " ".join(_OUTSIDE.sub(" ", western).split())
    if arabic:
        plain = _ARTICLE.sub("al ", plain).title()
    if not plain:
        plain = _OUTSIDE.sub("", fold(text))
    return slashes(plain)[:longest].strip().rstrip("/")


def slashes(text: str) -> str:
    """No slash at either end and no two in a row: such a text means something else to banks."""
    return re.sub("/{2,}", "/", text).strip("/ ")


def _digit(character: str) -> str:
    if character.isascii() or not character.isdecimal():
        return character
    return str(unicodedata.decimal(character))
