"""The verbs of an officer who looks at the institution's own bank account. They only read.

Every one raises Refused (`resource_missing` for what is not there) or Unavailable.
"""

from datetime import date
from typing import cast

from .bank_records import BankFile, BankFiles, BankLines, Morning, Proof
from .calls import _bank


def morning() -> Morning:
    """Everything that waits for a person, and the newest safeguarding proof."""
    return cast(Morning, _bank().morning())


def proofs(*, since: date) -> tuple[Proof, ...]:
    """The proofs of the days since, newest first; a day that was proved again has two."""
    return cast(tuple[Proof, ...], _bank().proofs(since=since))


def proof(proof: str) -> Proof:
    """One proof, with links to its files for an hour."""
    return cast(Proof, _bank().proof(proof))


def bank_files(*, after: str = "", limit: int = 10) -> BankFiles:
    """What arrived from the bank, newest first."""
    return cast(BankFiles, _bank().bank_files(after=after, limit=limit))


def bank_file(file: str) -> BankFile:
    """One file, with the days of the account that it states."""
    return cast(BankFile, _bank().bank_file(file))


def bank_lines(file: str, *, is_matched: bool, after: str = "", limit: int = 50) -> BankLines:
    """The lines that a file tells, those that are explained or those that are not."""
    found = _bank().bank_lines(file, is_matched=is_matched, after=after, limit=limit)
    return cast(BankLines, found)
