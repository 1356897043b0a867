"""What the vault takes in, what it lends, and what it lets the others see."""

from dataclasses import dataclass, field
from enum import StrEnum

from maalem.payments.rails.ports import Declined


class CardProblem(StrEnum):
    """Why a card can't be taken in; each value is the wire's error `code`."""

    NUMBER = "invalid_number"
    INCORRECT_NUMBER = "incorrect_number"
    MONTH = "invalid_expiry_month"
    YEAR = "invalid_expiry_year"
    CVC = "invalid_cvc"


# The field of each problem, as the API names it under `card`.
FIELDS = {
    CardProblem.NUMBER: "number",
    CardProblem.INCORRECT_NUMBER: "number",
    CardProblem.MONTH: "exp_month",
    CardProblem.YEAR: "exp_year",
    CardProblem.CVC: "cvc",
}


class CardRefused(Exception):
    """The card was not taken in: it is mistyped (`problem`) or the network said no (`declined`)."""

    def __init__(
        self, problem: CardProblem | None = None, *, declined: Declined | None = None
    ) -> None:
        super().__init__(problem or (declined.decline_code if declined else None))
        self.problem, self.declined = problem, declined


class NoSuchCard(Exception):
    """No card of this token is in the vault, or it was forgotten."""


@dataclass(frozen=True, slots=True)
class TypedCard:
    """A card as a payer typed it. Never printed whole."""

    number: str = field(repr=False)
    exp_month: str
    exp_year: str
    cvc: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ClearCard:
    """A card lent for one call to a rail; the security code is never part of it."""

    number: str = field(repr=False)
    exp_month: int
    exp_year: int


@dataclass(frozen=True, slots=True)
class StoredCard:
    """What may be known of a card outside the vault."""

    token: str
    fingerprint: str
    brand: str
    bin: str
    last4: str
    funding: str
    country: str | None
    exp_month: int
    exp_year: int
    cvc_check: str
