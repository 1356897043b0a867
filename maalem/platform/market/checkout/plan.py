"""A purchase as it would be: parcels, carriage, promises, totals, a digest to agree to. Pure."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from maalem.platform.market.cart.queries import Contents, Line, Seller
from maalem.platform.market.catalog.states import Supply
from maalem.platform.market.shipping import carriage
from maalem.platform.market.shipping.border import Border


@dataclass(frozen=True)
class Parcel:
    """What one seller sends, what it costs to carry (centimes), and when it leaves.

    `border` is what is due where it arrives, paid to the carrier there; None within Morocco.
    """

    seller: Seller
    lines: tuple[Line, ...]
    weight_g: int
    shipping_minor: int
    leaves_by: date
    # Of what is made to order: when its making begins.
    making_from: date | None = None
    # Later than today, because its workshop has no room for it before.
    waits_for_room: bool = False
    border: Border | None = None

    @property
    def goods_minor(self) -> int:
        return sum(line.total_minor for line in self.lines)

    @property
    def total_minor(self) -> int:
        return self.goods_minor + self.shipping_minor

    @property
    def balance_minor(self) -> int:
        """What is paid when it is ready: where there is a balance, the carriage is part of it."""
        later = sum(line.balance_minor for line in self.lines)
        return later + self.shipping_minor if later else 0

    @property
    def due_now_minor(self) -> int:
        return self.total_minor - self.balance_minor


@dataclass(frozen=True)
class Plan:
    """All parcels of a purchase. `agreed` stands for everything that the buyer is shown."""

    parcels: tuple[Parcel, ...]
    agreed: str
    currency: str = "MAD"

    @property
    def goods_minor(self) -> int:
        return sum(parcel.goods_minor for parcel in self.parcels)

    @property
    def shipping_minor(self) -> int:
        return sum(parcel.shipping_minor for parcel in self.parcels)

    @property
    def total_minor(self) -> int:
        return self.goods_minor + self.shipping_minor

    @property
    def balance_minor(self) -> int:
        return sum(parcel.balance_minor for parcel in self.parcels)

    @property
    def due_now_minor(self) -> int:
        return self.total_minor - self.balance_minor

    @property
    def crosses_a_border(self) -> bool:
        return any(parcel.border for parcel in self.parcels)

    @property
    def landed_minor(self) -> int | None:
        """Centimes until everything is in the buyer's hands; None while a line is not known."""
        known = [parcel.border.total_minor for parcel in self.parcels if parcel.border]
        if not known or None in known:
            return None
        return sum(one for one in known if one is not None)


def plan(
    contents: Contents,
    *,
    zone: str,
    whom: Mapping[str, Any],
    on: date,
    begins: Mapping[int, date] | None = None,
) -> Plan:
    """The purchase of `contents`, sent to `whom` (name, telephone, address) in `zone`.

    `begins` says of sellers that have no room now from when on they make what is ordered.
    """
    begins = begins or {}
    parcels = tuple(
        Parcel(
            seller=parcel.seller,
            lines=parcel.lines,
            weight_g=(weight := _weight(parcel.lines)),
            shipping_minor=carriage.shipping(zone, weight_g=weight, on=on),
            leaves_by=carriage.leaves_by(
                (_days(line) for line in parcel.lines),
                ordered_on=begins.get(parcel.seller.pk, on),
            ),
            making_from=begins.get(parcel.seller.pk, on) if made_in(parcel.lines) else None,
            waits_for_room=begins.get(parcel.seller.pk, on) > on,
        )
        for parcel in contents.parcels
    )
    return Plan(parcels, agreed=_digest(parcels, whom=whom), currency=contents.currency)


def made_in(lines: tuple[Line, ...]) -> int:
    """How many pieces of these lines are made to order."""
    return sum(line.quantity for line in lines if line.piece.supply == Supply.MADE_TO_ORDER)


def _weight(lines: tuple[Line, ...]) -> int:
    return carriage.weigh((line.piece.weight_g, line.quantity) for line in lines)


def _days(line: Line) -> int | None:
    made = line.piece.supply == Supply.MADE_TO_ORDER
    return line.piece.making_days if made else None


def _digest(parcels: tuple[Parcel, ...], *, whom: Mapping[str, Any]) -> str:
    shown = {
        "whom": whom,
        "parcels": [
            [
                parcel.seller.pk,
                parcel.shipping_minor,
                parcel.balance_minor,
                [[line.piece.variant, line.quantity, line.price_minor] for line in parcel.lines],
                # The month for which she waits, where she does: else the digest is as it was.
                *([f"{parcel.making_from:%Y-%m}"] if parcel.waits_for_room else []),
            ]
            for parcel in parcels
        ],
    }
    text = json.dumps(shown, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
