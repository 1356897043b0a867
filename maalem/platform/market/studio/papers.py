"""A sale's parcel as its papers tell it: gathered from the order and its pieces. Nothing writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import override

from maalem.platform.craft.artisans.models import Artisan
from maalem.platform.market.catalog.models import Product
from maalem.platform.market.orders.models import Order, OrderLine
from maalem.platform.market.orders.words import frozen, place_of, spoken
from maalem.platform.market.shipping import hs, s10
from maalem.platform.market.shipping.classing import Suggestion, Thing, suggest
from maalem.platform.market.shipping.measures import HOME, Effect, Measure, asked_of
from maalem.platform.market.shipping.models import Classification
from maalem.platform.market.shipping.papers.records import Content, Parcel, Party


@dataclass(frozen=True)
class Piece:
    """One line of the parcel: what is declared of it, what we suggest, and what is missing."""

    line: OrderLine
    content: Content
    suggestion: Suggestion
    confirmed: Classification | None
    measures: tuple[Measure, ...]
    on: date

    @property
    def asks(self) -> list[tuple[Measure, str]]:
        """What to ask before it is sent, with the law behind it where that was verified."""
        return [
            (one, one.law_on(self.on) if one.verified else "")
            for one in self.measures
            if one.effect is not Effect.TELL
        ]

    @property
    def code(self) -> str:
        return self.content.code

    @property
    def needs_code(self) -> bool:
        return not self.content.code

    @property
    def needs_weight(self) -> bool:
        return self.content.net_g is None

    @property
    def needs_words(self) -> bool:
        """Whether it has no name that a postal form may bear: those are French and English."""
        return not any(self.line.title.get(language) for language in ("fr", "en"))

    @property
    def is_ready(self) -> bool:
        return not (self.needs_code or self.needs_weight or self.needs_words)

    @property
    def may_change(self) -> bool:
        """Whether the piece is still there to be said something of."""
        return self.line.product_id is not None

    @property
    def choices(self) -> list[str]:
        """Codes to choose from, the suggested one first; the declared one is among them."""
        codes = [self.suggestion.code, self.code, *self.suggestion.near]
        return [code for code in dict.fromkeys(codes) if code]


@dataclass(frozen=True)
class Papers:
    """All about one parcel. `tells` holds for it whole."""

    parcel: Parcel
    pieces: tuple[Piece, ...]
    tells: tuple[Measure, ...]

    @property
    def is_ready(self) -> bool:
        return all(piece.is_ready for piece in self.pieces)


def gather(
    order: Order,
    *,
    artisan: Artisan,
    phone: str,
    on: date,
    gross_g: int | None = None,
    tracking: s10.Number | None = None,
) -> Papers:
    """The papers of `order`, in three queries whatever its size."""
    lines = list(order.lines.all())
    ids = [line.product_id for line in lines if line.product_id]
    products = {
        product.pk: product
        for product in Product.objects.filter(pk__in=ids, artisan_id=order.artisan_id)
        .select_related("craft")
        .only("title", "materials", "technique", "hs_code", "weight_g", "craft__hs_hint")
    }
    # The last one said of each product: later rows come over earlier ones.
    said = {one.product_id: one for one in Classification.objects.filter(product_id__in=products)}
    country = order.group.country
    pieces = tuple(
        _piece(line, products.get(line.product_id), said.get(line.product_id), to=country, on=on)
        for line in lines
    )
    parcel = Parcel(
        number=order.number,
        on=on,
        sender=_sender(order, artisan, phone=phone),
        addressee=_addressee(order),
        contents=tuple(piece.content for piece in pieces),
        shipping_minor=order.shipping_minor,
        currency=order.currency,
        gross_g=gross_g,
        tracking=tracking or sent_as(order),
    )
    every = {one.id: one for piece in pieces for one in piece.measures}
    tells = tuple(one for one in every.values() if one.effect is Effect.TELL)
    return Papers(parcel, pieces=pieces, tells=tells)


def sent_as(order: Order) -> s10.Number | None:
    """The number a parcel was handed over under, where it is a post's."""
    try:
        return s10.parse(order.tracking)
    except s10.NoNumber:
        return None


def _piece(
    line: OrderLine,
    product: Product | None,
    said: Classification | None,
    *,
    to: str,
    on: date,
) -> Piece:
    """What is declared is the piece's own as it is now: a correction counts for this parcel too."""
    materials = frozen(product.materials) if product else line.snapshot.get("materials", {})
    technique = frozen(product.technique) if product else {}
    raw = product.hs_code if product else line.snapshot.get("hs_code", "")
    code = hs.parse(raw) if hs.is_code(raw) else ""
    weight_g = (product.weight_g if product else None) or line.snapshot.get("weight_g")
    hint = product.craft.hs_hint if product else ""
    suggestion = suggest(Thing(line.title, materials, technique, hint))
    texts = [*line.title.values(), *materials.values()]
    measures = asked_of(code or suggestion.code, texts=texts, origin=HOME, destination=to, on=on)
    content = Content(
        said=_described(line.title, materials),
        quantity=line.quantity,
        net_g=weight_g * line.quantity if weight_g else None,
        value_minor=line.total_minor,
        code=code,
    )
    confirmed = said if said and said.code == code else None
    return Piece(line, content, suggestion, confirmed, measures, on)


def _described(title: Mapping[str, str], materials: Mapping[str, str]) -> dict[str, str]:
    """`Tapis noué, laine de mouton`: a name alone is too vague for a customs officer."""
    return {
        language: f"{name}، {materials[language]}"
        if language == "ar" and materials.get(language)
        else ", ".join(filter(None, [name, materials.get(language, "")]))
        for language, name in title.items()
        if name
    }


def _sender(order: Order, artisan: Artisan, *, phone: str) -> Party:
    place = [spoken(frozen(artisan.workshop), language="fr"), spoken(order.place, language="fr")]
    name = spoken(order.seller, language="fr")
    return Party(name, _lines(place), HOME, phone=phone)


def _addressee(order: Order) -> Party:
    group = order.group
    with override("fr"):
        lines = place_of(group.address, country=group.country)
    # Abroad the last line is the country, which the papers write themselves.
    lines = lines if group.country == HOME else lines[:-1]
    return Party(group.name, _lines(lines), group.country, phone=group.phone, email=group.email)


def _lines(lines: Sequence[str]) -> tuple[str, ...]:
    return tuple(line for line in lines if line)
