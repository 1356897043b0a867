"""Amounts as people type them."""

import re
from decimal import Decimal

# Dirhams: spaces between thousands, a comma or a point before centimes.
_AMOUNT = re.compile(r"[0-9]{1,9}(?:[.,][0-9]{1,2})?")


def minor_of(said: str) -> int:
    """Centimes of what was typed in dirhams; -1, which no rule takes, where it is no amount."""
    western = "".join(
        str(int(one)) if one.isdecimal() else one for one in said if not one.isspace()
    ).replace("٫", ",")
    if not _AMOUNT.fullmatch(western):
        return -1
    return int(Decimal(western.replace(",", ".")) * 100)
