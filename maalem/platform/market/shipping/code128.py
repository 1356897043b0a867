"""Bar code 128 (ISO/IEC 15417): the widths of bars and spaces that say a text.

Printable ASCII stands in set B; four digits or more in a row are written in pairs (set C), which
makes a tracking number a third shorter.
"""

import re

# Bar, space, bar, space, bar, space: widths in modules of the symbols 0 to 105, then the stop.
_WIDTHS = re.findall(
    r"[1-4]{6,7}",
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 "
    "112232 122132 122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 "
    "311222 321122 321221 312212 322112 322211 212123 212321 232121 111323 131123 131321 "
    "112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 "
    "313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 "
    "314111 221411 431111 111224 111422 121124 121421 141122 141221 112214 112412 122114 "
    "122411 142112 142211 241211 221114 413111 241112 134111 111242 121142 121241 114212 "
    "124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 "
    "114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112",
)
_START_B, _START_C, _STOP = 104, 105, 106
_TO_C, _TO_B = 99, 100
# Quiet on both sides, in modules: a reader needs it to see where the code begins.
QUIET = 10


def symbols(text: str) -> list[int]:
    """The symbols of `text`, start, check and stop among them.

    Raises ValueError for what set B does not hold.
    """
    if not text or not all(" " <= sign <= "~" for sign in text):
        raise ValueError("a bar code holds printable ASCII")
    found: list[int] = []
    for run in re.findall(r"(?:\d\d){2,}|.", text):
        in_pairs = len(run) > 1
        if not found:
            found.append(_START_C if in_pairs else _START_B)
            now = in_pairs
        elif in_pairs != now:
            found.append(_TO_C if in_pairs else _TO_B)
            now = in_pairs
        if in_pairs:
            found += [int(run[at : at + 2]) for at in range(0, len(run), 2)]
        else:
            found.append(ord(run) - 32)
    check = found[0] + sum(place * symbol for place, symbol in enumerate(found[1:], start=1))
    return [*found, check % 103, _STOP]


def bars(text: str) -> list[tuple[int, int]]:
    """(where it begins, how wide) of every bar of `text`, in modules, after the quiet zone."""
    place, found = QUIET, []
    for symbol in symbols(text):
        for at, width in enumerate(_WIDTHS[symbol]):
            if at % 2 == 0:
                found.append((place, int(width)))
            place += int(width)
    return found


def width(text: str) -> int:
    """How many modules the whole bar code takes, quiet zones on both sides."""
    last, wide = bars(text)[-1]
    return last + wide + QUIET
