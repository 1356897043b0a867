"""Names in three languages where the census gives two.

English is the French spelling without what English does not write, or the usual exonym. A few
French spellings of the census file are brought to the usual one.
"""

_FRENCH = {
    "Mohammadia": "Mohammedia",
    "El Kelâa Des-Sraghna": "El Kelâa des Sraghna",
    "Ech-challalate": "Ech-Challalate",
}
# Read from left to right, the longer first: a region is named after several towns.
_ENGLISH = {
    "Tanger": "Tangier",
    "Tétouan": "Tetouan",
    "Fès": "Fez",
    "Meknès": "Meknes",
    "Kénitra": "Kenitra",
    "Béni Mellal": "Beni Mellal",
    "Khénifra": "Khenifra",
    "Marrakech": "Marrakesh",
    "Laâyoune": "Laayoune",
    "Khémisset": "Khemisset",
    "Médiouna": "Mediouna",
}


def in_three(name_fr: str, name_ar: str) -> dict[str, str]:
    """`{"fr": …, "ar": …, "en": …}` for one place of the census file."""
    french = _FRENCH.get(name_fr, name_fr)
    english = french
    for spelling, exonym in _ENGLISH.items():
        english = english.replace(spelling, exonym)
    return {"fr": french, "ar": name_ar, "en": english}
