"""Names as a search compares them: no accents, no vowel signs, one form of each letter."""

import re
import unicodedata

# Letters that people write in place of one another: alif with hamza or madda, ta marbuta and
# ha, alif maqsura and ya, and the three ways of writing a hard g in Moroccan place names.
_ARABIC = str.maketrans("أإآٱىةؤئگڭ", "ااااىهوىكك") | str.maketrans("ي", "ى")
_TATWEEL = "\u0640"


def fold(text: str) -> str:
    """The form two spellings of one place share: `Tétouan` and `tetouan`, `أزيلال` and `ازيلال`."""
    plain = text.casefold().translate(_ARABIC).replace(_TATWEEL, "")
    apart = unicodedata.normalize("NFKD", plain)
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return re.sub(r"[\W_]+", " ", bare).strip()
