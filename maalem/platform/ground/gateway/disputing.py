"""Disputes over the wire: reading them, laying evidence by, handing it in, giving in."""

import io
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from .plain import dispute_of, document_of, whose
from .records import Dispute, Disputes, Document


class Disputing:
    """The part of the live gateway that works on disputes. `account` is empty for our own."""

    reading: Any
    writing: Any
    guard: Callable[[], AbstractContextManager[None]]
    write_guard: Callable[[], AbstractContextManager[None]]

    def disputes(self, account: str, *, after: str, limit: int) -> Disputes:
        wanted: dict[str, Any] = {"limit": limit}
        if after:
            wanted["starting_after"] = after
        with self.guard():
            found = self.reading.v1.disputes.list(wanted, whose(account)).to_dict()
            cases = tuple(dispute_of(one) for one in found["data"])
            return Disputes(cases, next_after=cases[-1].id if found["has_more"] else "")

    def dispute(self, dispute: str, *, account: str) -> Dispute:
        with self.guard():
            return dispute_of(
                self.reading.v1.disputes.retrieve(dispute, {}, whose(account)).to_dict()
            )

    def say(
        self, dispute: str, *, account: str, evidence: Mapping[str, str], submit: bool, key: str
    ) -> Dispute:
        with self.write_guard():
            found = self.writing.v1.disputes.update(
                dispute,
                {"evidence": dict(evidence), "submit": submit},
                {"idempotency_key": key, **whose(account)},
            )
            return dispute_of(found.to_dict())

    def give_in(self, dispute: str, *, account: str, key: str) -> Dispute:
        with self.write_guard():
            found = self.writing.v1.disputes.close(
                dispute, {}, {"idempotency_key": key, **whose(account)}
            )
            return dispute_of(found.to_dict())

    def upload(self, content: bytes, *, account: str, name: str, key: str) -> Document:
        file = io.BytesIO(content)
        file.name = name
        with self.write_guard():
            found = self.writing.v1.files.create(
                {"purpose": "dispute_evidence", "file": file},
                {"idempotency_key": key, **whose(account)},
            )
            return document_of(found.to_dict())

    def document(self, document: str, *, account: str) -> Document:
        with self.guard():
            found = self.reading.v1.files.retrieve(document, {}, whose(account))
            return document_of(found.to_dict())
