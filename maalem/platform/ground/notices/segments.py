"""How many segments a text costs. Source: 3GPP TS 23.038 (alphabet) and TS 23.040 (joining).

A text wholly in the GSM 7-bit alphabet has 160 characters in one segment and 153 in each of
several; any other is sent as UCS-2, with 70 and 67. Characters of the extension table count twice,
and so does what lies outside UTF-16's first plane.
"""

from dataclasses import dataclass

_BASIC = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = set("\f^{}\\[~]|€")
# What typography adds and a telephone does not miss, so that French stays in the cheap alphabet.
_PLAIN = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "“": '"',
        "”": '"',
        "«": '"',
        "»": '"',
        "–": "-",
        "—": "-",
        "…": "...",
        "\u00a0": " ",
        "\u202f": " ",
        "\u2068": "",
        "\u2069": "",
    }
)


@dataclass(frozen=True)
class Size:
    """`alphabet` gsm7|ucs2, `units` of it, and the `segments` a carrier bills."""

    alphabet: str
    units: int
    segments: int


def size(text: str) -> Size:
    """Count `text` as a carrier does; an empty one has no segment."""
    if all(letter in _BASIC or letter in _EXTENDED for letter in text):
        units = sum(2 if letter in _EXTENDED else 1 for letter in text)
        return Size("gsm7", units, _segments(units, alone=160, joined=153))
    units = len(text.encode("utf-16-be")) // 2
    return Size("ucs2", units, _segments(units, alone=70, joined=67))


def plain(text: str) -> str:
    """`text` in the cheap alphabet where only its punctuation and missing accents stand in the way.

    Accents that the alphabet lacks (â ê î ç) are dropped only if that is enough; Arabic is left.
    """
    simple = text.translate(_PLAIN)
    if size(simple).alphabet == "gsm7":
        return simple
    bare = simple.translate(str.maketrans("âêîôûëïçœŒÂÊÎÔÀÈ", "aeioueicoOAEIOAE"))
    return bare if size(bare).alphabet == "gsm7" else simple


def _segments(units: int, *, alone: int, joined: int) -> int:
    if units <= alone:
        return 1 if units else 0
    return -(-units // joined)
