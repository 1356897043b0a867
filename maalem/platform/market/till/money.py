"""What an account has, what is kept back and why, and what goes to the bank when."""

from dataclasses import dataclass
from datetime import datetime, time

from django.utils import timezone

from maalem.platform.ground.gateway import desk, errors
from maalem.platform.ground.gateway.records import Holdings, Movement, Payout, Reserve

from . import words
from .access import Till
from .chart import Chart, chart, first_day

PAYOUTS = 12
# Two thousand lines: a month of a busy workshop. Above that the picture says that it is a part.
PAGES_MAX = 20


@dataclass(frozen=True)
class Out:
    """A payout as it is shown, with the sentence for what became of it."""

    payout: Payout
    word: words.Word
    icon: str
    why: words.Word = ""


@dataclass(frozen=True)
class Kept:
    """A sum that is kept back, and why."""

    reserve: Reserve
    why: words.Word


@dataclass(frozen=True)
class Money:
    """An account's money. `next` is the payout that arrives first of those on their way."""

    holdings: Holdings
    kept: tuple[Kept, ...]
    payouts: tuple[Out, ...]
    next: Payout | None
    rhythm: words.Word
    chart: Chart


def money(till: Till) -> Money | None:
    """The account's money; None where the institution does not answer."""
    try:
        holdings = desk.holdings(till.account)
        reserves = desk.reserves(till.account)
        payouts = desk.payouts(till.account, limit=PAYOUTS)
        lines, is_whole = _month(till)
    except errors.Unavailable:
        return None
    coming = [one for one in payouts if one.status in ("pending", "in_transit")]
    return Money(
        holdings=holdings,
        kept=tuple(
            Kept(one, words.KEPT.get(one.rule, words.KEPT_ANYHOW))
            for one in reserves
            if one.status == "held"
        ),
        payouts=tuple(_out(one) for one in payouts),
        next=min(coming, key=lambda one: one.arrives_on, default=None),
        rhythm=words.INTERVALS.get(holdings.interval, ""),
        chart=chart(lines, is_whole=is_whole),
    )


def _month(till: Till) -> tuple[list[Movement], bool]:
    since = int(timezone.make_aware(datetime.combine(first_day(), time())).timestamp())
    found: list[Movement] = []
    after = ""
    for _ in range(PAGES_MAX):
        lines, after = desk.movements(till.account, since=since, after=after)
        found += lines
        if not after:
            return found, True
    return found, False


def _out(payout: Payout) -> Out:
    why: words.Word = ""
    if payout.status == "failed":
        why = words.FAILURES.get(payout.failure, words.FAILED)
    return Out(payout, words.PAYOUTS[payout.status], words.PAYOUT_ICONS[payout.status], why)
