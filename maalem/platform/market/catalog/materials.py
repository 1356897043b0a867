"""What pieces are made of, as a facet: read from the workshop's own words on materials.

There is no field to fill in for it. A piece counts as of a material when its materials name it in
any of the three languages; nothing is concluded from the craft or the title. Whole words only: what
is silvered is not silver, and a patina is not what it looks like.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from maalem.kit.text import fold, stem, words


@dataclass(frozen=True)
class Material:
    """Its name on pages, and the folded words by which workshops name it."""

    name: str | Promise
    called: frozenset[str]


def _material(name: Promise | str, called: str) -> Material:
    return Material(name, frozenset(words(called)))


MATERIALS: dict[str, Material] = {
    "wool": _material(_("Wool"), "laine laines wool صوف"),
    "cotton": _material(_("Cotton"), "coton cotton قطن"),
    "silk": _material(_("Silk"), "soie silk حرير"),
    "linen": _material(_("Linen"), "lin linen كتان"),
    "leather": _material(
        _("Leather and skin"),
        "cuir peau vachette basane leather goatskin sheepskin cowhide calfskin جلد",
    ),
    "clay": _material(
        _("Clay and glazed tile"),
        "argile terre faience zellige clay earthenware terracotta طين فخار خزف زليج",
    ),
    "wood": _material(
        _("Wood"), "bois cedre thuya noyer citronnier wood hardwood cedar walnut خشب ارز عرعار جوز"
    ),
    "brass": _material(_("Brass and copper"), "laiton cuivre brass copper نحاس"),
    "iron": _material(_("Iron and steel"), "fer acier iron steel حديد فولاذ"),
    "silver": _material(_("Silver"), "argent sterling فضة"),
    "glass": _material(_("Glass"), "verre glass زجاج"),
    "stone": _material(_("Stone"), "marbre onyx pierre marble stone رخام جزع حجر"),
    "plaster": _material(_("Plaster"), "platre plaster جبص"),
    "straw": _material(
        _("Palm, reed and raffia"),
        "doum osier roseau raphia jonc paille willow reed raffia rush سعف قصب رافيا صفصاف دوم",
    ),
}
# What only looks like a material.
_ONLY_LIKE = [
    fold(each)
    for each in [
        "patine laiton",
        "patine cuivre",
        "ton argent",
        "couleur argent",
        "brass patina",
        "copper patina",
        "nickel silver",
        "لمعة نحاسية",
        "لون فضي",
        "لون نحاسي",
    ]
]
_AND = "و"


def mark(code: str) -> str:
    """The lexeme that stands for a material in documents: no word that is typed can be it."""
    return f"={code}"


def made_of_what(texts: Iterable[str]) -> list[str]:
    """The codes of the materials that these texts name, in their order."""
    named: set[str] = set()
    for text in texts:
        plain = f" {fold(text)} "
        for like in _ONLY_LIKE:
            plain = plain.replace(f" {like} ", " ")
        for word in plain.split():
            named.add(word)
            # Arabic writes the article and "and" onto the word. A Latin stem would say too much.
            if not word.isascii():
                named |= {stem(word), stem(word.removeprefix(_AND) or word)}
    return [code for code, material in MATERIALS.items() if material.called & named]
