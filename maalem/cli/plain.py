"""Texts of other people, for a terminal: shown as they are, but none of them is obeyed."""

import unicodedata


def printable(text: str) -> str:
    """`text` on one line, with what moves a cursor, paints or turns a line round written out.

    Merchants write metadata, payers write names, anybody writes on a bank transfer: a terminal
    would obey the escapes in them.
    """
    return "".join(_shown(letter) for letter in text)


def _shown(letter: str) -> str:
    if letter.isprintable():
        return letter
    if unicodedata.category(letter) == "Zs":
        return " "
    return letter.encode("unicode_escape").decode("ascii")
