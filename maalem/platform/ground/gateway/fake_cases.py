"""Disputes, documents and reviews of the institution in memory."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from maalem.kit.ids import new_id

from .errors import Refused
from .fake_lists import named, part
from .records import Charge, Dispute, Disputes, Document, Review

FILE_MAX = 5 * 2**20
_BEGINNINGS = (b"\xff\xd8\xff", b"\x89PNG", b"%PDF")


@dataclass
class FakeCases:
    """The part of the stand-in that has disputes; it brings `now`, `_read` and `_write`."""

    cases: dict[str, list[Dispute]] = field(default_factory=dict)
    papers: dict[str, Document] = field(default_factory=dict)
    queue: dict[str, list[Review]] = field(default_factory=dict)

    def dispute_it(self, charge: Charge, *, account: str = "", **what: Any) -> Dispute:
        """A payer's bank wants the money of `charge` back; the newest of the disputes."""
        given = {"status": "needs_response", "reason": "product_not_received", "currency": "MAD"}
        given |= {"amount_minor": charge.amount_minor, "created_at": self.now()}
        given |= {"due_at": self.now() + timedelta(days=9), "charge": charge.id}
        case = Dispute(new_id("dp"), **{**given, **what})
        self.cases.setdefault(account, []).append(case)
        place = self.shelf[account].index(charge)
        self.shelf[account][place] = replace(charge, dispute=case.id)
        return case

    def decide(self, dispute: str, *, status: str, account: str = "") -> Dispute:
        """The network's word about a dispute."""
        return self._case(replace(self._of(dispute, account), status=status), account)

    def disputes(self, account: str, *, after: str, limit: int) -> Disputes:
        self._read("disputes")
        found = self.cases.get(account, [])[::-1]
        shown, next_after = part(found, after=after, limit=limit)
        return Disputes(shown, next_after=next_after)

    def dispute(self, dispute: str, *, account: str) -> Dispute:
        self._read("dispute")
        return self._of(dispute, account)

    def say(self, dispute: str, *, account: str, evidence: Any, submit: bool, key: str) -> Dispute:
        def do() -> Dispute:
            case = self._answerable(dispute, account)
            laid = {k: v for k, v in {**case.evidence, **evidence}.items() if v}
            if submit and not laid:
                raise Refused("nothing to submit", code="refused")
            what: dict[str, Any] = {"evidence": laid}
            if submit:
                what |= {"status": "under_review", "answers": case.answers + 1}
            return self._case(replace(case, **what), account)

        words = (dispute, account, tuple(sorted(evidence.items())), submit)
        return self._write("say", key, words=words, do=do)  # type: ignore[no-any-return]

    def give_in(self, dispute: str, *, account: str, key: str) -> Dispute:
        def do() -> Dispute:
            case = self._answerable(dispute, account)
            return self._case(replace(case, status="lost"), account)

        return self._write("give_in", key, words=(dispute, account), do=do)  # type: ignore[no-any-return]

    def upload(self, content: bytes, *, account: str, name: str, key: str) -> Document:
        def do() -> Document:
            if not content.startswith(_BEGINNINGS) or len(content) > FILE_MAX:
                raise Refused("neither JPEG, PNG nor PDF", code="file_type_unsupported")
            paper = Document(new_id("file"), name=name, size=len(content))
            self.papers[paper.id] = paper
            return paper

        words = (content, account, name)
        return self._write("upload", key, words=words, do=do)  # type: ignore[no-any-return]

    def document(self, document: str, *, account: str) -> Document:
        self._read("document")
        if document not in self.papers:
            raise Refused("no such file", code="resource_missing")
        return self.papers[document]

    def look_at(self, charge: Charge, *, account: str = "") -> Review:
        """A rule lets `charge` through and wants a person to look at it."""
        one = Review(
            new_id("prv"),
            charge=charge.id,
            intent=charge.intent,
            is_open=True,
            reason="rule",
            created_at=self.now(),
        )
        self.queue.setdefault(account, []).append(one)
        return one

    def reviews(self, account: str) -> tuple[Review, ...]:
        self._read("reviews")
        return tuple(one for one in self.queue.get(account, [])[::-1] if one.is_open)

    def review(self, review: str, *, account: str) -> Review:
        self._read("review")
        return named(self.queue.get(account, []), review)

    def approve(self, review: str, *, account: str, key: str) -> Review:
        def do() -> Review:
            return self._close(review, account=account, why="approved")

        return self._write("approve", key, words=(review, account), do=do)  # type: ignore[no-any-return]

    def _close(self, review: str, *, account: str, why: str) -> Review:
        rows = self.queue.get(account, [])
        for place, one in enumerate(rows):
            if review in (one.id, one.charge) and one.is_open:
                rows[place] = replace(one, is_open=False, closed=why)
                return rows[place]
        raise Refused("no such open review", code="resource_missing")

    def _of(self, dispute: str, account: str) -> Dispute:
        return named(self.cases.get(account, []), dispute)

    def _answerable(self, dispute: str, account: str) -> Dispute:
        case = self._of(dispute, account)
        if not case.may_be_answered:
            raise Refused("it is too late", code="dispute_closed")
        return case

    def _case(self, case: Dispute, account: str) -> Dispute:
        rows = self.cases[account]
        rows[[one.id for one in rows].index(case.id)] = case
        return case
