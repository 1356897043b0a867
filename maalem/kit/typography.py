"""How a language sets its signs, where a writer types an ordinary space."""

import re

_BEFORE_COLON = re.compile(" (?=[:»])")
_BEFORE_HIGH = re.compile(" (?=[;!?])")
_AFTER_QUOTE = re.compile("(?<=«) ")


def french(text: str) -> str:
    """`text` with French spaces before high signs and inside « », at which no line is broken.

    Narrow (U+202F) before `;`, `!` and `?`, whole (U+00A0) elsewhere, as the Imprimerie nationale
    sets them.
    """
    text = _BEFORE_HIGH.sub("\u202f", text)
    return _AFTER_QUOTE.sub("\u00a0", _BEFORE_COLON.sub("\u00a0", text))
