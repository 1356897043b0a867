"""What the papers of a parcel are made of. Amounts are centimes of `currency`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from maalem.platform.market.shipping import postal, s10
from maalem.platform.market.shipping.countries import HOME


@dataclass(frozen=True, slots=True)
class Party:
    """Who sends, or who receives. `lines` are of the address, without the country."""

    name: str
    lines: tuple[str, ...]
    country: str
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """Pieces of one kind: their words by language, their customs code (bare digits or empty).

    `net_g` is the weight of all of them, None where nobody weighed one.
    """

    said: Mapping[str, str]
    quantity: int
    net_g: int | None
    value_minor: int
    code: str
    origin: str = HOME


@dataclass(frozen=True, slots=True)
class Parcel:
    """A parcel as its papers tell it. `gross_g` is its weight as packed, None until weighed."""

    number: str
    on: date
    sender: Party
    addressee: Party
    contents: tuple[Content, ...]
    shipping_minor: int
    currency: str = "MAD"
    gross_g: int | None = None
    tracking: s10.Number | None = None

    @property
    def value_minor(self) -> int:
        return sum(content.value_minor for content in self.contents)

    @property
    def net_g(self) -> int | None:
        """The contents' weight, None while one of them has none."""
        each = [content.net_g for content in self.contents if content.net_g is not None]
        return sum(each) if len(each) == len(self.contents) else None

    @property
    def goes_abroad(self) -> bool:
        return self.addressee.country != self.sender.country

    @property
    def form(self) -> postal.Form:
        """The post's form. Without the packed weight it is the one that always holds."""
        return postal.form(
            value_minor=self.value_minor, weight_g=self.gross_g, kinds=len(self.contents)
        )
