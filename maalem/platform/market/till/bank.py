"""An officer's morning: whether clients' money is there, what waits, what the bank told."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.urls import reverse
from django.utils import timezone

from maalem.platform.craft.artisans.models import Artisan
from maalem.platform.ground.gateway import bank_desk
from maalem.platform.ground.gateway.bank_records import (
    BankFile,
    BankFiles,
    BankLine,
    BankLines,
    Proof,
    Thing,
    Waiting,
)

from . import bank_words as words
from .access import PLATFORM
from .words import Word

DAYS, FILES, LINES = 30, 6, 50
# The picture's own units; it is stretched to the page, so it holds bars and no letters.
WIDTH, HEIGHT, GAP, LEAST = 600, 120, 4, 6
# Said at the top of the page already.
_SAID = frozenset({"proof"})


@dataclass(frozen=True)
class Day:
    """A day of the picture with its newest proof; `kind` is even, differs, none, or open for one
    that has not ended, and so can't have been proved."""

    on: date
    proof: Proof | None
    kind: str
    x: int = 0
    y: float = 0
    width: int = 0
    height: float = 0


@dataclass(frozen=True)
class Days:
    """The last days, the oldest first."""

    days: tuple[Day, ...]
    top_minor: int

    @property
    def newest(self) -> list[Day]:
        """Those that there is something to say of, the newest first."""
        return [one for one in reversed(self.days) if one.kind != "open"]

    @property
    def odd(self) -> list[Day]:
        """Those that somebody should look at, the newest first."""
        return [one for one in self.newest if one.kind != "even"]

    @property
    def proved(self) -> int:
        return sum(1 for one in self.days if one.kind == "even")

    @property
    def differing(self) -> int:
        return sum(1 for one in self.days if one.kind == "differs")

    @property
    def missing(self) -> int:
        """Days without a proof since the first that has one."""
        return sum(1 for one in self.days if one.kind == "none")


@dataclass(frozen=True)
class Item:
    """One thing that waits, in words, with the page where it is looked at."""

    thing: Thing
    word: Word
    reference: str = ""
    link: str = ""
    whose: str = ""


@dataclass(frozen=True)
class Queue:
    """All things of one kind that wait."""

    kind: str
    word: Word
    to_do: Word
    command: str
    count: int
    items: tuple[Item, ...]

    @property
    def more(self) -> int:
        return self.count - len(self.items)

    @property
    def is_grave(self) -> bool:
        """Whether something may be wrong, not only undone."""
        return self.kind in ("findings", "bank_lines", "parked")


@dataclass(frozen=True)
class Arrived:
    """A file of the bank, in words."""

    file: BankFile
    word: Word
    refusal: Word = ""

    @property
    def tone(self) -> str:
        """Which of the list's colours says it."""
        if self.file.refusal:
            return "failed"
        return "held" if self.file.unmatched else "paid"


@dataclass(frozen=True)
class Line:
    """A movement of the account, in words: what it is, or why nobody knows."""

    line: BankLine
    word: Word


@dataclass(frozen=True)
class Morning:
    """The page."""

    proof: Proof | None
    queues: tuple[Queue, ...]
    days: Days
    files: tuple[Arrived, ...]
    more_files: bool


@dataclass(frozen=True)
class Told:
    """A file with its lines: those that nobody has explained, and a page of the others."""

    arrived: Arrived
    open: tuple[Line, ...]
    more_open: bool
    explained: tuple[Line, ...]
    next_after: str


def morning() -> Morning:
    """Raises Unavailable or Refused."""
    found = bank_desk.morning()
    files = bank_desk.bank_files(limit=FILES)
    first = timezone.localdate() - timedelta(days=DAYS - 1)
    return Morning(
        proof=found.proof,
        queues=queues(found.waiting),
        days=days(bank_desk.proofs(since=first), first=first),
        files=tuple(arrived(one) for one in files.files),
        more_files=bool(files.next_after),
    )


def days(proofs: Iterable[Proof], *, first: date) -> Days:
    """The picture of the days from `first` to today, by the newest proof of each."""
    newest: dict[date, Proof] = {}
    for one in proofs:
        kept = newest.get(one.day)
        if kept is None or kept.counted_at < one.counted_at:
            newest[one.day] = one
    top = max((one.clients_minor for one in newest.values()), default=0)
    begun, step = min(newest, default=None), WIDTH // DAYS
    shown = []
    for place in range(DAYS):
        on = first + timedelta(days=place)
        proof = newest.get(on)
        tall = max(LEAST, HEIGHT * max(0, proof.clients_minor) / top) if proof and top else LEAST
        shown.append(
            Day(
                on,
                proof,
                kind=_kind(proof, on, begun=begun),
                x=place * step + GAP // 2,
                y=round(HEIGHT - tall, 1),
                width=step - GAP,
                height=round(tall, 1),
            )
        )
    return Days(tuple(shown), top_minor=top)


def _kind(proof: Proof | None, on: date, *, begun: date | None) -> str:
    if proof is not None:
        return "even" if proof.is_even else "differs"
    over = on < timezone.localdate() - timedelta(days=1)
    return "none" if begun is not None and begun < on and over else "open"


def queues(waiting: Iterable[Waiting]) -> tuple[Queue, ...]:
    """What waits, in the order in which it is told; the proof is told by itself."""
    told = [one for one in waiting if one.kind not in _SAID]
    accounts = {thing.account for one in told for thing in one.oldest if thing.account}
    rows = Artisan.objects.filter(payments_account__in=accounts)
    owners = {row.payments_account: row for row in rows}
    return tuple(
        Queue(
            one.kind,
            words.KINDS.get(one.kind, one.kind),
            words.TO_DO.get(one.kind, ""),
            words.COMMANDS.get(one.kind, ""),
            count=one.count,
            items=tuple(_item(one.kind, thing, owners.get(thing.account)) for thing in one.oldest),
        )
        for one in told
    )


def _item(kind: str, thing: Thing, owner: Artisan | None) -> Item:
    link = reverse("till:bank_file", args=[PLATFORM, thing.file]) if thing.file else ""
    whose = str(owner.name) if owner else ""
    item = Item(thing, thing.about or thing.id, link=link, whose=whose)
    slug = owner.slug if owner else PLATFORM
    if kind == "findings":
        return replace(item, word=words.FINDINGS.get(thing.kind, words.FOUND))
    if kind == "bank_lines":
        why = words.REASONS.get(thing.kind, words.UNLOOKED)
        return replace(item, word=why, reference=thing.about)
    if kind == "deeds":
        return replace(item, word=words.DEEDS.get(thing.kind, thing.kind))
    if kind == "parked":
        return replace(item, word=f"{thing.kind}: {thing.id}")
    if kind == "payouts":
        return replace(item, link=reverse("till:payout", args=[slug, thing.id]), word=thing.id)
    if kind == "disputes":
        return replace(item, link=reverse("till:dispute", args=[slug, thing.id]), word=thing.id)
    return item


def arrived(file: BankFile) -> Arrived:
    """A file in words."""
    refusal = words.REFUSALS.get(file.refusal, words.REFUSED) if file.refusal else ""
    return Arrived(file, words.MESSAGES.get(file.message[:8], words.FILE), refusal)


def files(*, after: str) -> tuple[tuple[Arrived, ...], str]:
    """A page of what arrived, and where the next begins. Raises Unavailable or Refused."""
    found: BankFiles = bank_desk.bank_files(after=after, limit=25)
    return tuple(arrived(one) for one in found.files), found.next_after


def told(file: str, *, after: str) -> Told:
    """One file with its lines. Raises Unavailable or Refused."""
    found = bank_desk.bank_file(file)
    nothing = BankLines(())
    open_ = nothing
    if found.unmatched and not after:
        open_ = bank_desk.bank_lines(file, is_matched=False, limit=LINES)
    known = nothing
    if found.count > found.unmatched:
        known = bank_desk.bank_lines(file, is_matched=True, after=after, limit=LINES)
    return Told(
        arrived(found),
        open=tuple(Line(one, words.REASONS.get(one.reason, words.UNLOOKED)) for one in open_.lines),
        more_open=bool(open_.next_after),
        explained=tuple(Line(one, words.MATCHES[one.matched_as]) for one in known.lines),
        next_after=known.next_after,
    )
