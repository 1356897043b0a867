"""Dated rates, who pays by which plan, and the lines that a payment freezes."""

from datetime import date
from typing import Any, NamedTuple

import msgspec

SCHEME, INTERCHANGE, SERVICE, DISPUTE = "scheme", "interchange", "service", "dispute"
KEPT, RETURNED = "kept", "returned"
STANDARD = "standard"
# A charge's frozen lines, as `charges.fee_lines` has them.
Kept = list[dict[str, Any]] | None


class Rate(msgspec.Struct, kw_only=True, frozen=True):
    """A row of `fee_rates`. `share_bps` of the amount and `fixed` minor units, at most `cap`.

    It counts for payments from `valid_from` until the day before `valid_until` that match
    whatever is not None.
    """

    id: str
    line: str
    plan_id: str | None = None
    rail: str | None = None
    origin: str | None = None
    funding: str | None = None
    merchant_kind: str | None = None
    currency: str | None = None
    share_bps: int
    fixed: int = 0
    cap: int | None = None
    on_refund: str = KEPT
    valid_from: date
    valid_until: date | None = None


class Terms(msgspec.Struct, kw_only=True, frozen=True):
    """What an account has agreed on: a plan, and its kind where rates tell kinds apart."""

    account_id: str
    plan_id: str = STANDARD
    merchant_kind: str | None = None
    valid_from: date
    valid_until: date | None = None


class Line(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True):
    """One fee: `amount` minor units on a payment `of` so much, by the rate as it read that day.

    What is as it mostly is, is not written: each charge keeps such lines.
    """

    line: str
    of: int
    amount: int
    rate: str
    share_bps: int
    fixed: int = 0
    cap: int | None = None
    on_refund: str = KEPT


class FeeLines(NamedTuple):
    """What a payment costs us (scheme, interchange) and what it costs its merchant (service)."""

    scheme: Line | None = None
    interchange: Line | None = None
    service: Line | None = None

    @property
    def fee(self) -> int:
        """What the merchant pays of it."""
        return self.service.amount if self.service else 0

    @property
    def costs(self) -> int:
        """What goes to the issuer's side, whoever the merchant is."""
        return self.interchange.amount if self.interchange else 0

    def frozen(self, *, after: Kept = None, part: str | None = None) -> Kept:
        """As a charge keeps them, behind those of its earlier parts; None where there are none.

        `part` is the capture's id, by which the network clears it; a payment that is taken at once
        is cleared by its attempt's, which the charge knows.
        """
        named = {} if part is None else {"part": part}
        new = [{**msgspec.to_builtins(line), **named} for line in self if line is not None]
        return [*(after or ()), *new] or None


def returnable(kept: Kept, name: str) -> int:
    """How much of a charge's lines `name` goes back with a full refund."""
    lines = [msgspec.convert(line, Line) for line in kept or ()]
    return sum(line.amount for line in lines if line.line == name and line.on_refund == RETURNED)
