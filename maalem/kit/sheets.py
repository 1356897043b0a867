"""What a spreadsheet makes of the texts that we write into its files."""

import re

# A spreadsheet counts with what begins with one of these, even out of a file. The wide ones count
# in the spreadsheets of the East.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Our own amounts stay numbers, also below zero.
_AMOUNT = re.compile(r"-?[0-9]+\.[0-9]{2}")
_BEFORE = " \u00a0\ufeff\u200b"


def harmless(text: str) -> str:
    """`text`, such that no spreadsheet computes it: with an apostrophe before it if need be."""
    if _AMOUNT.fullmatch(text):
        return text
    return f"'{text}" if text.lstrip(_BEFORE).startswith(FORMULA) else text
