"""The institution's own desk over the wire: what waits, what the bank told, the daily proof."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

from .bank_plain import bank_file_of, bank_line_of, morning_of, proof_of
from .bank_records import BankFile, BankFiles, BankLines, Morning, Proof

DESK, OURS = "/v1/desk", ""
PROOFS_MAX = 100


class BankWatching:
    """The part of the live gateway for officers. It is read with the platform's own key."""

    guard: Callable[[], AbstractContextManager[None]]
    _raw: Callable[..., Any]

    def morning(self) -> Morning:
        with self.guard():
            return morning_of(self._raw(f"{DESK}/morning", OURS))

    def proofs(self, *, since: date) -> tuple[Proof, ...]:
        said = {"day": {"gte": since.isoformat()}, "limit": PROOFS_MAX}
        with self.guard():
            found = self._raw(f"{DESK}/safeguarding_proofs", OURS, **said)
            return tuple(proof_of(one) for one in found["data"])

    def proof(self, proof: str) -> Proof:
        with self.guard():
            return proof_of(self._raw(f"{DESK}/safeguarding_proofs/{proof}", OURS))

    def bank_files(self, *, after: str, limit: int) -> BankFiles:
        said: dict[str, Any] = {"limit": limit}
        said |= {"starting_after": after} if after else {}
        with self.guard():
            found = self._raw(f"{DESK}/bank_files", OURS, **said)
            files = tuple(bank_file_of(one) for one in found["data"])
            return BankFiles(files, next_after=files[-1].id if found["has_more"] else "")

    def bank_file(self, file: str) -> BankFile:
        with self.guard():
            return bank_file_of(self._raw(f"{DESK}/bank_files/{file}", OURS))

    def bank_lines(self, file: str, *, is_matched: bool, after: str, limit: int) -> BankLines:
        said: dict[str, Any] = {"file": file, "limit": limit}
        said["status"] = "matched" if is_matched else "unmatched"
        said |= {"starting_after": after} if after else {}
        with self.guard():
            found = self._raw(f"{DESK}/bank_lines", OURS, **said)
            lines = tuple(bank_line_of(one) for one in found["data"])
            return BankLines(lines, next_after=lines[-1].id if found["has_more"] else "")
