"""What the demo is made of, before it is anybody's table: frozen, and free of any framework."""

from dataclasses import dataclass
from typing import Any, NamedTuple


class Text(NamedTuple):
    """The same thing said in French, Arabic and English."""

    fr: str
    ar: str
    en: str

    def __getitem__(self, which: Any) -> Any:
        """By place, as any tuple, or by language: text["ar"]."""
        return getattr(self, which) if isinstance(which, str) else tuple.__getitem__(self, which)

    def fill(self, **words: "Text | str | int") -> "Text":
        """The text with its {slots} filled, each language with its own word."""
        return Text(
            *(
                said.format(**{k: w[i] if isinstance(w, tuple) else w for k, w in words.items()})
                for i, said in enumerate(self)
            )
        )


def join(*texts: Text, by: str = " ") -> Text:
    """Texts one after the other, language by language; empty ones leave no gap."""
    return Text(*(by.join(t[i] for t in texts if t[i]) for i in range(3)))


EMPTY = Text("", "", "")


@dataclass(frozen=True, slots=True)
class DemoCraft:
    """A family of crafts (no parent) or a craft of it. `zgh` is Tifinagh, empty where unsure."""

    code: str
    slug: str
    parent: str
    name: Text
    blurb: Text
    zgh: str
    hs_hint: str
    position: int
    picture: str


@dataclass(frozen=True, slots=True)
class DemoMaker:
    name: Text
    story: Text
    since_year: int


@dataclass(frozen=True, slots=True)
class DemoArtisan:
    """A workshop. `commune` is an HCP code; `account_key` opens its payments account once."""

    slug: str
    kind: str
    name: Text
    gender: str
    craft: str
    commune: str
    workshop: Text
    story: Text
    since_year: int
    contact: str
    phone: str
    account_key: str
    makers: tuple[DemoMaker, ...] = ()


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody who can sign in; `artisan` is the slug of the workshop they act for, or empty."""

    name: str
    phone: str
    email: str
    language: str
    artisan: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class DemoVariant:
    label: Text
    price_minor: int
    on_hand: int


@dataclass(frozen=True, slots=True)
class DemoPhoto:
    """A picture to draw: what, in which colours, from which dice; view 0 is the whole thing."""

    kind: str
    palette: str
    seed: int
    view: int
    alt: Text


@dataclass(frozen=True, slots=True)
class DemoProduct:
    """A thing for sale. Lengths in mm, weight in g, amounts in centimes of a dirham."""

    slug: str
    sku: str
    artisan: str
    maker: int | None
    craft: str
    template: str
    title: Text
    description: Text
    materials: Text
    technique: Text
    care: Text
    length_mm: int | None
    width_mm: int | None
    height_mm: int | None
    diameter_mm: int | None
    weight_g: int
    making_days: int
    supply: str
    price_minor: int
    hs_code: str
    published_min_ago: int
    variants: tuple[DemoVariant, ...]
    photos: tuple[DemoPhoto, ...]


@dataclass(frozen=True, slots=True)
class Demo:
    crafts: tuple[DemoCraft, ...]
    artisans: tuple[DemoArtisan, ...]
    persons: tuple[DemoPerson, ...]
    products: tuple[DemoProduct, ...]
