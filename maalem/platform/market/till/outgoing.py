"""What leaves for the bank: each payout with what it carried, and the payout of a payment."""

from dataclasses import dataclass
from datetime import timedelta

from maalem.platform.ground.gateway import desk, errors
from maalem.platform.ground.gateway.records import Bank, Charge, Movement, Payout

from . import words
from .access import Till
from .words import Word

# How long after it was free a payment may have waited for its payout, and how many are looked at.
_WITHIN = timedelta(days=45)
_LOOKED_AT = 3
LINES = 100


@dataclass(frozen=True)
class Line:
    """One movement of a payout; `payment` is the payment's id where it has a page."""

    movement: Movement
    word: Word
    payment: str = ""


@dataclass(frozen=True)
class Load:
    """A payout's page. `is_listed` is False for one by hand: it takes a sum and no payments."""

    payout: Payout
    word: Word
    icon: str
    why: Word
    lines: tuple[Line, ...]
    next_after: str
    is_listed: bool
    bank: Bank | None

    @property
    def taken_minor(self) -> int:
        """The payout without what it owes to other lines: their sum, where all are shown."""
        return sum(one.movement.net_minor for one in self.lines)


def load(till: Till, payout: str, *, after: str = "") -> Load:
    """One payout with a page of its lines. Raises Refused for another's, or Unavailable."""
    found = desk.payout(payout, account=till.account)
    lines: tuple[Movement, ...] = ()
    further = ""
    if found.is_automatic:
        lines, further = desk.carried(payout, account=till.account, after=after, limit=LINES)
    own = [one for one in lines if one.source != payout]
    why = words.FAILURES.get(found.failure, words.FAILED) if found.status == "failed" else ""
    return Load(
        payout=found,
        word=words.PAYOUTS[found.status],
        icon=words.PAYOUT_ICONS[found.status],
        why=why,
        lines=tuple(_line(one) for one in own),
        next_after=further,
        is_listed=found.is_automatic,
        bank=_bank(till, found),
    )


def payout_of(till: Till, charge: Charge) -> Payout | None:
    """The payout that carried a payment; None while there is none, or where that isn't known."""
    line = charge.movement
    if till.is_platform or line is None or not line.is_available:
        return None
    since = int(max(line.available_at, line.created_at).timestamp())
    until = since + int(_WITHIN.total_seconds())
    try:
        made = desk.payouts(till.account, limit=100, since=since, until=until).payouts
        scheduled = [one for one in reversed(made) if one.is_automatic]
        for payout in scheduled[:_LOOKED_AT]:
            mine, _ = desk.carried(payout.id, account=till.account, source=charge.id, limit=1)
            if mine:
                return payout
    except errors.GatewayError:
        return None
    return None


def _line(movement: Movement) -> Line:
    source = movement.source
    payment = source if source.startswith(("ch_", "py_")) else ""
    return Line(movement, words.MOVEMENTS.get(movement.kind, words.MOVED), payment)


def _bank(till: Till, payout: Payout) -> Bank | None:
    if till.is_platform:
        return None
    return next((one for one in desk.banks(till.account) if one.id == payout.bank), None)
