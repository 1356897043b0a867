"""Words as somebody typed or pasted them, made fit to be kept and shown."""

import re
import unicodedata

# Direction marks could show a text in another order than it was read in; what has no shape hides
# a word from the rules. The joiner stays: emoji and Persian words are written with it.
_UNSEEN = dict.fromkeys(
    [
        *(0xAD, 0x61C, 0x180E, 0x200B, 0x200E, 0x200F, 0x2028, 0x2029, 0x2060, 0xFEFF),
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
        *range(0xE0000, 0xE0080),
    ]
)

_CARD = re.compile(r"\d(?:[\s.-]?\d){12,18}")


def western(text: str) -> str:
    """The text with the digits of every script written 0 to 9, and wide letters as narrow ones."""
    return "".join(
        str(unicodedata.decimal(one)) if one.isdecimal() else one
        for one in unicodedata.normalize("NFKC", text)
    )


def plain(text: str) -> str:
    """The text in one writing, without what can't be seen and without heaps of empty lines."""
    lined = re.sub(r"\r\n?", "\n", text)
    seen = "".join(
        one
        for one in lined.translate(_UNSEEN)
        if one == "\n" or unicodedata.category(one) not in ("Cc", "Cs", "Co", "Cn")
    )
    spaced = re.sub(r"[^\S\n]+", " ", unicodedata.normalize("NFC", seen))
    return re.sub(r"\n{3,}", "\n\n", spaced).strip()


def holds_card(words: str) -> bool:
    """Whether a card's number is in the words: none may enter this service at all."""
    numbers = (re.sub(r"\D", "", hit) for hit in _CARD.findall(western(words)))
    return any(_luhn(number) for number in numbers)


def _luhn(number: str) -> bool:
    doubled = (int(d) * (1 + n % 2) for n, d in enumerate(reversed(number)))
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0
