"""What an account has, what is kept back and why, and what goes to the bank when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from maalem.platform.ground.gateway import desk, errors
from maalem.platform.ground.gateway.records import Bank, Holdings, Movement, Payout, Reserve

from . import words
from .access import Till
from .chart import Chart, chart, first_day
from .outcomes import Outcomes, outcomes

PAYOUTS, MONTHS = 12, 3
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
    """An account's money. `next` is the payout that arrives first of those on their way, `bank`
    where they go, `months` those that are over and have a paper; `outcomes` is the platform's."""

    holdings: Holdings
    kept: tuple[Kept, ...]
    payouts: tuple[Out, ...]
    next: Payout | None
    rhythm: words.Word
    chart: Chart
    bank: Bank | None = None
    months: tuple[date, ...] = ()
    outcomes: Outcomes | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether the bank account is so new that nothing goes there yet."""
        starts = self.bank.payouts_from if self.bank else None
        return starts is not None and starts > timezone.now()


def money(till: Till, *, by: str = "day") -> Money | None:
    """The account's money; None where the institution does not answer."""
    try:
        holdings = desk.holdings(till.account)
        reserves = desk.reserves(till.account)
        payouts = desk.payouts(till.account, limit=PAYOUTS).payouts
        lines, is_whole = _lines(till, by=by)
        banks = () if till.is_platform else desk.banks(till.account)
        ends = outcomes() if till.is_platform else None
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
        chart=chart(lines, by=by, is_whole=is_whole),
        bank=next((one for one in banks if one.is_default), None),
        months=_months(),
        outcomes=ends,
    )


def movements(till: Till, *, since: date) -> Iterator[Movement]:
    """All movements since a day, newest first, page after page. Raises Unavailable on the way."""
    second = int(timezone.make_aware(datetime.combine(since, time())).timestamp())
    after = ""
    while True:
        lines, after = desk.movements(till.account, since=second, after=after)
        yield from lines
        if not after:
            return


def every_payout(till: Till) -> Iterator[Payout]:
    """All payouts, newest first, page after page. Raises Unavailable on the way."""
    after = ""
    while True:
        found = desk.payouts(till.account, limit=100, after=after)
        yield from found.payouts
        after = found.next_after
        if not after:
            return


def _months() -> tuple[date, ...]:
    """The first days of the last months that are over, the newest first."""
    found, day = [], timezone.localdate().replace(day=1)
    for _ in range(MONTHS):
        day = (day - timedelta(days=1)).replace(day=1)
        found.append(day)
    return tuple(found)


def _lines(till: Till, *, by: str) -> tuple[list[Movement], bool]:
    since = int(timezone.make_aware(datetime.combine(first_day(by), time())).timestamp())
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
