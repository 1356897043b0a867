"""The telephone number that names a Moroccan mobile wallet."""

import re

from maalem.payments.vault.digits import fold_digits

# Moroccan mobile numbers: 06 and 07, nine digits after the country code.
_MOBILE = re.compile(r"^(?:\+|00)?(?:212)?0?([67]\d{8})$")


def wallet_phone(typed: str) -> str | None:
    """The number in E.164 (`+2126…`), or None if it is no Moroccan mobile."""
    folded = fold_digits(typed).replace("(", "").replace(")", "").replace("/", "")
    found = _MOBILE.match(folded)
    return f"+212{found.group(1)}" if found and folded.isascii() else None
