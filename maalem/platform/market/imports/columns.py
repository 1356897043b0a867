"""Which columns a sheet may have, in three languages, and what a line of it says. Pure."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from maalem.kit.text import fold
from maalem.kit.typed import plain, western
from maalem.platform.market.catalog.states import Supply
from maalem.platform.market.imports.states import Fault, FileFault, Unusable

TONGUES = ("fr", "ar", "en")
# Each field by the names that its column may bear. The first of each language stands in the model
# sheet that we give out.
NAMES: dict[str, dict[str, tuple[str, ...]]] = {
    "reference": {
        "fr": ("référence", "réf", "code article"),
        "ar": ("المرجع", "مرجع"),
        "en": ("reference", "ref", "sku"),
    },
    "craft": {
        "fr": ("métier", "catégorie"),
        "ar": ("الحرفة", "الصنف"),
        "en": ("craft", "category"),
    },
    "price": {
        "fr": ("prix", "prix mad", "prix en dirhams"),
        "ar": ("الثمن", "السعر", "الثمن بالدرهم"),
        "en": ("price", "price mad"),
    },
    "supply": {
        "fr": ("disponibilité",),
        "ar": ("التوفر",),
        "en": ("availability", "supply"),
    },
    "pieces": {
        "fr": ("nombre", "stock", "quantité"),
        "ar": ("العدد", "المخزون"),
        "en": ("pieces", "quantity"),
    },
    "days": {
        "fr": ("jours de travail", "délai"),
        "ar": ("أيام العمل",),
        "en": ("working days", "making days"),
    },
    "length_mm": {"fr": ("longueur cm",), "ar": ("الطول سم",), "en": ("length cm",)},
    "width_mm": {"fr": ("largeur cm",), "ar": ("العرض سم",), "en": ("width cm",)},
    "height_mm": {"fr": ("hauteur cm",), "ar": ("الارتفاع سم",), "en": ("height cm",)},
    "diameter_mm": {"fr": ("diamètre cm",), "ar": ("القطر سم",), "en": ("diameter cm",)},
    "weight_g": {"fr": ("poids kg",), "ar": ("الوزن كلغ",), "en": ("weight kg",)},
}
_TEXTS = {
    "title": {"fr": "nom", "ar": "الاسم", "en": "name"},
    "materials": {"fr": "matières", "ar": "المواد", "en": "materials"},
    "description": {"fr": "histoire", "ar": "الحكاية", "en": "story"},
}
for _name, _said in _TEXTS.items():
    for _tongue in TONGUES:
        NAMES[f"{_name}_{_tongue}"] = {
            language: (f"{said} {_tongue}",) for language, said in _said.items()
        }
NEEDED = ("reference", "craft", "price")
MOST_LETTERS = {"reference": 64, "title": 120, "materials": 200, "description": 4_000}
SUPPLIES = {
    Supply.UNIQUE: ("pièce unique", "unique", "قطعة فريدة", "one of a kind"),
    Supply.STOCK: ("en stock", "prêt", "stock", "متوفر", "جاهز", "ready", "in stock"),
    Supply.MADE_TO_ORDER: ("sur commande", "عند الطلب", "تحت الطلب", "made to order"),
}
# (by how much to multiply, the most that may stand in the cell)
_SIZES = {
    "length_mm": (10, 10_000),
    "width_mm": (10, 10_000),
    "height_mm": (10, 10_000),
    "diameter_mm": (10, 10_000),
    "weight_g": (1_000, 1_000),
}
_DEAREST_MINOR = 100_000_000
_MONEY = re.compile("mad|dhs?|درهم|دراهم", re.I)
_SIGNS = str.maketrans({"٫": ".", "٬": None, "'": None, "’": None})

_FIELD_OF = {
    fold(name): field_
    for field_, tongues in NAMES.items()
    for names in tongues.values()
    for name in names
} | {field_: field_ for field_ in NAMES}
_SUPPLY_OF = {fold(name): supply for supply, names in SUPPLIES.items() for name in names} | {
    supply.value: supply for supply in Supply
}


@dataclass(frozen=True)
class Piece:
    """What a line says of a piece. Amounts in centimes, lengths in mm, weight in g.

    `words` are title, materials and description by language; a column that the sheet lacks is not
    in `said`, and leaves what stands there as it is.
    """

    reference: str
    craft: int
    price_minor: int
    supply: Supply
    pieces: int
    days: int | None
    words: Mapping[str, Mapping[str, str]]
    sizes: Mapping[str, int | None]
    said: frozenset[str]


@dataclass
class _Reading:
    """One line while it is read: cells by field, and what is wrong so far."""

    cells: Mapping[str, str]
    faults: list[tuple[str, str, str]] = field(default_factory=list)

    def wrong(self, name: str, fault: Fault) -> None:
        self.faults.append((name, fault.value, self.cells.get(name, "")[:120]))

    def text(self, name: str, *, most: int, needed: bool = False) -> str:
        text = plain(self.cells.get(name, ""))
        if needed and not text:
            self.wrong(name, Fault.MISSING)
        elif len(text) > most:
            self.wrong(name, Fault.TOO_LONG)
        return text

    def number(self, name: str, *, by: int, most: int, least: int = 1) -> int | None:
        """A cell as a whole number of its `by`th parts; None for an empty or a wrong one."""
        typed = self.cells.get(name, "")
        if not plain(typed):
            return None
        try:
            found = decimal(typed) * by
        except InvalidOperation:
            self.wrong(name, Fault.NO_NUMBER)
            return None
        if found != found.to_integral_value() or not least <= found <= most:
            self.wrong(name, Fault.OUT_OF_RANGE)
            return None
        return int(found)


def decimal(typed: str) -> Decimal:
    """A number as people write it: `1 250,50`, `1,250.50`, `١٢٥٠٫٥`, `350 MAD`.

    With a point and a comma the later one is the decimal sign; one that stands alone is one too,
    unless three digits follow it. Raises `InvalidOperation`.
    """
    # Superscripts are no digits, though their plain form would be.
    if any(unicodedata.category(one) == "No" for one in typed):
        raise InvalidOperation
    bare = _MONEY.sub("", "".join(western(typed).split())).translate(_SIGNS)
    point, comma = bare.rfind("."), bare.rfind(",")
    if point >= 0 and comma >= 0:
        first, last = (",", ".") if point > comma else (".", ",")
        bare = bare.replace(first, "").replace(last, ".")
    elif comma >= 0 or point >= 0:
        sign = "," if comma >= 0 else "."
        _whole, _sign, part = bare.rpartition(sign)
        thousands = bare.count(sign) > 1 or (len(part) == 3 and sign == ",")
        bare = bare.replace(sign, "" if thousands else ".")
    if not re.fullmatch(r"[0-9]{1,15}(?:\.[0-9]{0,6})?|\.[0-9]{1,6}", bare):
        raise InvalidOperation
    return Decimal(bare)


def fields_of(head: Sequence[str]) -> list[str]:
    """The field behind each column of a sheet's head, empty for a column that is not ours.

    Raises `Unusable` where a needed one is missing or one stands there twice.
    """
    found = [_FIELD_OF.get(_head(name), "") for name in head]
    known = [name for name in found if name]
    for name in known:
        if known.count(name) > 1:
            raise Unusable(FileFault.COLUMN_TWICE, about=name)
    missing = [name for name in NEEDED if name not in known]
    if not any(name.startswith("title_") for name in known):
        missing.append("title_fr")
    if missing:
        raise Unusable(FileFault.NO_COLUMNS, about=missing[0])
    return found


def read_line(
    cells: Mapping[str, str], *, crafts: Mapping[str, int]
) -> Piece | list[tuple[str, str, str]]:
    """What a line says, or everything that is wrong with it: (column, fault, cell) each.

    `crafts` are ids by folded code, slug and name.
    """
    line = _Reading(cells)
    reference = line.text("reference", most=MOST_LETTERS["reference"], needed=True)
    craft = crafts.get(fold(cells.get("craft", "")).strip())
    if not craft:
        named = cells.get("craft", "").strip()
        line.wrong("craft", Fault.UNKNOWN_CRAFT if named else Fault.MISSING)
    price = line.number("price", by=100, most=_DEAREST_MINOR)
    if price is None and not any(one[0] == "price" for one in line.faults):
        line.wrong("price", Fault.MISSING)
    supply = _supply(line)
    words = {
        name: {
            tongue: text
            for tongue in TONGUES
            if (text := line.text(f"{name}_{tongue}", most=MOST_LETTERS[name]))
        }
        for name in _TEXTS
    }
    if not words["title"]:
        line.wrong(next(n for n in cells if n.startswith("title_")), Fault.MISSING)
    piece = {
        "pieces": _pieces(line, supply=supply),
        "days": _days(line, supply=supply),
        "sizes": {n: line.number(n, by=by, most=most * by) for n, (by, most) in _SIZES.items()},
    }
    if line.faults:
        return line.faults
    said = frozenset(name for name, cell in cells.items() if cell.strip())
    return Piece(
        reference=reference,
        craft=craft or 0,
        price_minor=price or 0,
        supply=supply,
        words=words,
        said=said,
        **piece,  # type: ignore[arg-type]
    )


def model_sheet(language: str) -> list[str]:
    """The head of the sheet that we give out, in one language."""
    return [tongues[language][0] for tongues in NAMES.values()]


def _supply(line: _Reading) -> Supply:
    typed = fold(line.cells.get("supply", "")).strip()
    if not typed:
        return Supply.STOCK if plain(line.cells.get("pieces", "")) else Supply.UNIQUE
    found = _SUPPLY_OF.get(typed)
    if found is None:
        line.wrong("supply", Fault.UNKNOWN_SUPPLY)
        return Supply.UNIQUE
    return found


def _pieces(line: _Reading, *, supply: Supply) -> int:
    found = line.number("pieces", by=1, most=999, least=0)
    if supply is Supply.MADE_TO_ORDER:
        return 0
    if supply is Supply.UNIQUE:
        if found is not None and found > 1:
            line.wrong("pieces", Fault.ONE_PIECE)
        return 1 if found is None else found
    if found is None and not any(one[0] == "pieces" for one in line.faults):
        line.wrong("pieces", Fault.MISSING)
    return found or 0


def _days(line: _Reading, *, supply: Supply) -> int | None:
    found = line.number("days", by=1, most=365)
    if supply is not Supply.MADE_TO_ORDER:
        return None
    if found is None and not any(one[0] == "days" for one in line.faults):
        line.wrong("days", Fault.MISSING)
    return found


def _head(name: Any) -> str:
    bare = str(name or "").replace("(", " ").replace(")", " ").replace("_", " ").replace("*", " ")
    folded = " ".join(fold(bare).split())
    return folded if folded in _FIELD_OF else folded.replace(" ", "_")
