"""The institution's own bank account in memory; a test puts things in."""

from dataclasses import dataclass, field
from datetime import date

from .bank_records import BankFile, BankFiles, BankLine, BankLines, Morning, Proof
from .fake_lists import named, part


@dataclass
class FakeBank:
    """The part of the stand-in for officers; `proved`, `arrived` and `booked` have the oldest
    first."""

    waits: Morning = field(default_factory=Morning)
    proved: list[Proof] = field(default_factory=list)
    arrived: list[BankFile] = field(default_factory=list)
    booked: list[BankLine] = field(default_factory=list)

    def morning(self) -> Morning:
        self._read("morning")
        return self.waits

    def proofs(self, *, since: date) -> tuple[Proof, ...]:
        self._read("proofs")
        return tuple(one for one in self.proved[::-1] if one.day >= since)

    def proof(self, proof: str) -> Proof:
        self._read("proof")
        return named(self.proved, proof)

    def bank_files(self, *, after: str, limit: int) -> BankFiles:
        self._read("bank_files")
        return BankFiles(*part(self.arrived[::-1], after=after, limit=limit))

    def bank_file(self, file: str) -> BankFile:
        self._read("bank_file")
        return named(self.arrived, file)

    def bank_lines(self, file: str, *, is_matched: bool, after: str, limit: int) -> BankLines:
        self._read("bank_lines")
        found = [
            one for one in self.booked[::-1] if one.file == file and one.is_matched == is_matched
        ]
        return BankLines(*part(found, after=after, limit=limit))
