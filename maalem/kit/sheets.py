"""What a spreadsheet makes of the texts that we write into its files."""

# A spreadsheet counts with what begins with one of these, even out of a file. The wide ones count
# in the spreadsheets of the East.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_BEFORE = " \u00a0\ufeff\u200b"


def harmless(text: str) -> str:
    """`text`, such that no spreadsheet computes it: with an apostrophe before it if need be."""
    return f"'{text}" if text.lstrip(_BEFORE).startswith(FORMULA) else text
