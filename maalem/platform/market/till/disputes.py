"""Disputes as a till shows them: the list, and one case with all that belongs to it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from maalem.platform.ground.gateway import cases, desk, errors
from maalem.platform.ground.gateway.records import Charge, Dispute, Document
from maalem.platform.market.orders.models import OrderGroup
from maalem.platform.market.orders.words import group_of

from . import case_words as words
from . import deeds, evidence
from .access import Till
from .models import Deed
from .words import Word

PAGE = 25
_SOON = timedelta(days=3)


@dataclass(frozen=True)
class Case:
    """A dispute on its row. `days_left` counts from today, None where nothing is asked any more."""

    dispute: Dispute

    @property
    def word(self) -> Word:
        return words.STATES[self.dispute.status]

    @property
    def tone(self) -> str:
        return words.TONES[self.dispute.status]

    @property
    def why(self) -> Word:
        return words.REASONS.get(self.dispute.reason, words.REASON)

    @property
    def days_left(self) -> int | None:
        if not self.dispute.may_be_answered or not self.dispute.due_at:
            return None
        return max(0, (timezone.localtime(self.dispute.due_at).date() - timezone.localdate()).days)

    @property
    def is_urgent(self) -> bool:
        due = self.dispute.due_at
        return bool(self.dispute.may_be_answered and due and due - timezone.now() < _SOON)


@dataclass(frozen=True)
class Listing:
    """A page of disputes: those that wait for an answer apart, the next to be due first."""

    waiting: tuple[Case, ...] = ()
    others: tuple[Case, ...] = ()
    next_after: str = ""
    is_silent: bool = False


@dataclass(frozen=True)
class Said:
    """A piece of evidence: what was asked, and what was said or uploaded."""

    label: Word
    text: str = ""
    document: Document | None = None


@dataclass(frozen=True)
class Open:
    """A dispute's page. `draft` is the evidence that is laid by, or what we know already."""

    case: Case
    charge: Charge | None
    group: OrderGroup | None
    draft: Mapping[str, str]
    documents: Mapping[str, Document]
    deeds: list[Deed]

    @property
    def said(self) -> list[Said]:
        """The evidence as it stands, in the order in which it is asked."""
        there = self.case.dispute.evidence
        texts = [Said(word, there[name]) for name, word in evidence.TEXTS.items() if name in there]
        return texts + [
            Said(word, document=self.documents.get(name))
            for name, word in evidence.FILES.items()
            if name in there
        ]

    @property
    def next(self) -> Word:
        return words.NEXT[self.case.dispute.status]

    @property
    def helps(self) -> Word:
        return words.HELPS.get(self.case.dispute.reason, words.HELP)

    @property
    def fee_minor(self) -> int:
        """What the case cost, whoever wins it."""
        return self.case.dispute.fee_minor


def listing(till: Till, *, after: str = "") -> Listing:
    """A page of a till's disputes; never raises for silence."""
    if not till.is_open:
        return Listing()
    try:
        found = cases.disputes(till.account, after=after, limit=PAGE)
    except errors.Unavailable:
        return Listing(is_silent=True)
    rows = [Case(one) for one in found.disputes]
    waiting = [one for one in rows if one.dispute.may_be_answered]
    waiting.sort(key=lambda one: one.dispute.due_at or one.dispute.created_at)
    others = tuple(one for one in rows if not one.dispute.may_be_answered)
    return Listing(tuple(waiting), others, next_after=found.next_after)


def every(till: Till) -> Iterator[Dispute]:
    """All disputes, newest first, page after page. Raises Unavailable on the way."""
    after = ""
    while True:
        found = cases.disputes(till.account, after=after, limit=100)
        yield from found.disputes
        after = found.next_after
        if not after:
            return


def opened(till: Till, dispute: str) -> Open:
    """One dispute with its payment. Raises Refused for what is another's, or Unavailable."""
    case = cases.dispute(dispute, account=till.account)
    charge = desk.story(case.charge, account=till.account, told=False).charge
    group = OrderGroup.objects.filter(number=group_of(charge.group)).first()
    documents = {
        name: cases.document(case.evidence[name], account=till.account)
        for name in evidence.FILES
        if name in case.evidence
    }
    draft = dict(case.evidence) or evidence.known(till, group)
    return Open(Case(case), charge, group, draft, documents, deeds.about(dispute))
