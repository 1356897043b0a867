"""A product as its page tells it: sizes, weight, when it leaves, what can still be bought."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from i18nfield.strings import LazyI18nString

from maalem.kit.money import share
from maalem.platform.market.catalog import queries
from maalem.platform.market.catalog.fair import Card, card_today
from maalem.platform.market.catalog.kept import kept
from maalem.platform.market.catalog.models import Craft
from maalem.platform.market.catalog.ratings import Stars, Told, told
from maalem.platform.market.catalog.reductions import Applied, Kind, verdict
from maalem.platform.market.catalog.states import SUPPLY_NAMES, CardShown, Status, Supply
from maalem.platform.market.catalog.stored import Stored
from maalem.platform.market.catalog.told_aloud import ToldAloud, told_aloud

# Working days a workshop has to hand over a piece that stands ready.
READY_DAYS = 2
_FACT = "<div><dt>{}</dt><dd>{}</dd></div>"


@dataclass(frozen=True)
class Photo:
    """A picture of the piece; what `path` and `tone` are, its table says."""

    path: str
    alt: str
    width: int
    height: int
    tone: str


@dataclass(frozen=True)
class Choice:
    """One variant, with how many of it exist and how many may be ordered now."""

    pk: int
    sku: str
    label: str
    price_minor: int
    currency: str
    on_hand: int
    most: int
    # The lowest price of the thirty days before this one, where the law lets us show it.
    was_minor: int | None


@dataclass(frozen=True)
class Drawing:
    """The piece to scale beside a tea glass or a person, as attributes of an SVG.

    Numbers are strings with a point, whatever the language. A carpet is drawn as it hangs.
    """

    person: bool
    flat_round: bool
    box: str
    floor: str
    beside: str
    x: str
    y: str
    width: str
    height: str

    @property
    def radius(self) -> str:
        """Of a round piece without height, such as a dish seen from above."""
        return _number(float(self.width) / 2)

    @property
    def middle(self) -> str:
        """The x of its centre."""
        return _number(float(self.x) + float(self.width) / 2)

    @property
    def half_up(self) -> str:
        """The y of its centre."""
        return _number(float(self.y) + float(self.height) / 2)


class Piece:
    """What the product page asks for, in the language of the page."""

    def __init__(self, stored: Stored, *, now: datetime) -> None:
        self.stored = stored
        self._now = int(now.timestamp())
        self._today = timezone.localdate(now)
        self.supply = Supply(stored.supply)
        self.withdrawn = stored.status == Status.WITHDRAWN.value
        self.title = _text(stored.title)
        self.description = _text(stored.description)
        self.materials = _text(stored.materials)
        self.technique = _text(stored.technique)
        self.care = _text(stored.care)
        self.maker = _text(stored.maker)
        self.artisan = _text(stored.artisan)
        self.commune = _text(stored.commune)
        self.region = _text(stored.region)

    @cached_property
    def photos(self) -> list[Photo]:
        """Its pictures in their order."""
        rows = json.loads(self.stored.photos or "[]")
        return [Photo(path, _text(alt), *size) for path, alt, *size in rows]

    @cached_property
    def choices(self) -> list[Choice]:
        """Its variants in their order."""
        return [
            Choice(
                pk,
                sku,
                _text(label),
                price,
                currency,
                on_hand,
                self._most(on_hand - reserved),
                self._was(pk),
            )
            for pk, sku, label, price, currency, on_hand, reserved in json.loads(
                self.stored.variants or "[]"
            )
        ]

    @cached_property
    def stars(self) -> Stars:
        """What its buyers gave it."""
        return Stars(tuple(json.loads(self.stored.rating)[0]) if self.stored.rating else ())

    @cached_property
    def fair(self) -> Card | None:
        """What its price is made of, where the workshop shows that; None while no rule can say."""
        if self.stored.card is None or self.stored.price_from_minor is None:
            return None
        materials, minutes, _shown, kind, craft, region = json.loads(self.stored.card)
        facts = {"kind": kind, "craft": craft, "region": region}
        facts["artisan"] = self.stored.artisan_slug
        return card_today(
            self.stored.price_from_minor,
            materials_minor=materials,
            minutes=minutes,
            facts=facts,
            on=self._today,
        )

    @cached_property
    def voice(self) -> ToldAloud | None:
        """Its story, told aloud by who made it."""
        return told_aloud(*json.loads(self.stored.voice)) if self.stored.voice else None

    @property
    def shows_hours(self) -> bool:
        """Whether the workshop shows how long it took and what an hour brings."""
        return self.stored.card is not None and json.loads(self.stored.card)[2] == CardShown.HOURS

    @cached_property
    def reviews(self) -> list[Told]:
        """The newest few."""
        return told(json.loads(self.stored.rating)[1]) if self.stored.rating else []

    @cached_property
    def _prices(self) -> dict[int, list[Applied]]:
        found: dict[int, list[Applied]] = {}
        for variant, at, price in json.loads(self.stored.prices or "[]"):
            found.setdefault(variant, []).append(Applied(at, price))
        return found

    def _was(self, variant: int) -> int | None:
        said = verdict(self._prices.get(variant, ()), now=self._now)
        return said.was_minor if said.kind is Kind.SHOWN else None

    def _most(self, free: int) -> int:
        return queries.buyable(free, supply=self.supply)

    @cached_property
    def craft(self) -> Craft:
        """The product's craft, out of what the process keeps."""
        return next(craft for craft in queries.crafts() if craft.pk == self.stored.craft_id)

    @property
    def trail(self) -> list[Craft]:
        """From the root craft to the branch."""
        parent = self.craft.parent_id
        above = [craft for craft in queries.crafts() if craft.pk == parent]
        return [*above, self.craft]

    @cached_property
    def open_choices(self) -> list[Choice]:
        """What can be ordered now."""
        return [choice for choice in self.choices if choice.most > 0]

    @property
    def for_sale(self) -> bool:
        """Whether it can be put into a cart: there is one, and its workshop can be paid."""
        return bool(self.open_choices) and self.stored.open

    @property
    def most(self) -> int:
        """The largest quantity that the form offers."""
        return max((choice.most for choice in self.open_choices), default=0)

    @property
    def quantities(self) -> range:
        """The quantities the form offers."""
        return range(1, self.most + 1)

    @property
    def price_varies(self) -> bool:
        """Whether the variants have different prices."""
        return len({choice.price_minor for choice in self.choices}) > 1

    @property
    def promised(self) -> bool:
        """Pieces exist, all of them in somebody's hands at the till."""
        return not self.open_choices and any(c.on_hand for c in self.choices)

    @property
    def supply_name(self) -> str:
        """One of a kind, ready, made to order."""
        return str(SUPPLY_NAMES[self.supply])

    @property
    def dispatch(self) -> str:
        """When it leaves the workshop, in words."""
        if self.supply is Supply.MADE_TO_ORDER:
            days = self.stored.making_days or 1
            return ngettext(
                "Made for you in %(days)s working day, then sent.",
                "Made for you in %(days)s working days, then sent.",
                days,
            ) % {"days": days}
        return ngettext(
            "Leaves the workshop within %(days)s working day.",
            "Leaves the workshop within %(days)s working days.",
            READY_DAYS,
        ) % {"days": READY_DAYS}

    @property
    def full_until(self) -> date | None:
        """Until when its workshop takes on no more pieces made to order; None where it does."""
        until = self.stored.full_until
        made = self.supply is Supply.MADE_TO_ORDER
        return until if made and until is not None and until >= self._today else None

    @property
    def deposit_minor(self) -> int:
        """What of its lowest price is paid when it is ordered; 0 where all is."""
        price, percent = self.stored.price_from_minor, self.stored.deposit_percent
        return share(price, bps=percent * 100) if price and percent else 0

    @property
    def facts(self) -> SafeString:
        """What is known of it, as rows of a list: materials, technique, sizes, care, maker."""
        rows = (
            (_("Materials"), self.materials),
            (_("Technique"), self.technique),
            *((name, format_html("<bdi>{}</bdi>", value)) for name, value in self.measures),
            (_("Care"), self.care),
            (_("Made by"), self.maker),
        )
        return format_html_join("\n", _FACT, (row for row in rows if row[1]))

    @property
    def measures(self) -> list[tuple[str, str]]:
        """Names and values of the sizes in centimetres and of the weight, where they are known."""
        product = self.stored
        sizes = (
            (_("Length"), product.length_mm),
            (_("Width"), product.width_mm),
            (_("Height"), product.height_mm),
            (_("Diameter"), product.diameter_mm),
        )
        found = [(name, _("%(n)s cm") % {"n": _tenths(mm)}) for name, mm in sizes if mm]
        if product.weight_g:
            found.append((_("Weight"), _weight(product.weight_g)))
        return found

    @property
    def scale(self) -> str:
        """The piece drawn to scale, where two of its sizes are known."""
        product = self.stored
        across = product.diameter_mm or product.width_mm or product.length_mm
        up = product.height_mm or (product.length_mm if product.width_mm else product.diameter_mm)
        if not across or not up:
            return ""
        flat_round = bool(product.diameter_mm and not product.height_mm)
        return _drawn(across, up, flat_round=flat_round)


# A tea glass is 9 cm high and 6 wide; a person 170 cm high, drawn 45 wide.
_GLASS, _PERSON = (60, 90), (450, 1700)
_UP, _ACROSS, _MARGIN = 200.0, 320.0, 4


@kept(seconds=3_600)
def _drawn(across: int, up: int, *, flat_round: bool) -> SafeString:
    person = max(across, up) > 700
    beside_width, beside_height = _PERSON if person else _GLASS
    start = beside_width * 1.5
    scale = min(_UP / max(up, beside_height), _ACROSS / (start + across))
    floor = max(up, beside_height) * scale
    whole = (start + across) * scale + 2 * _MARGIN
    drawing = Drawing(
        person=person,
        flat_round=flat_round,
        box=f"-{_MARGIN} -{_MARGIN} {_number(whole)} {_number(floor + 2 * _MARGIN)}",
        floor=_number(floor),
        beside=f"translate(0 {_number(floor)}) scale({scale:.5f})",
        x=_number(start * scale),
        y=_number(floor - up * scale),
        width=_number(across * scale),
        height=_number(up * scale),
    )
    return render_to_string("catalog/scale.html", {"drawing": drawing})


def _text(stored: str | None) -> str:
    return str(LazyI18nString(stored)) if stored else ""


def _number(value: float) -> str:
    return f"{value:.2f}"


def _tenths(mm: int) -> str:
    return number_format(mm / 10, 0 if mm % 10 == 0 else 1)


def _weight(grams: int) -> str:
    if grams < 1_000:
        return _("%(n)s g") % {"n": grams}
    return _("%(n)s kg") % {"n": number_format(grams / 1_000, 1 if grams % 1_000 else 0)}
