"""The verbs for disputes: what payers' banks want back, and what is answered.

`account` is a connected account's id, empty for the platform's own. Reads raise Refused
(`resource_missing` for what is another's) or Unavailable, writes Refused or Unknown.
"""

from collections.abc import Mapping
from typing import cast

from .calls import _bank
from .records import Dispute, Disputes, Document


def disputes(account: str = "", *, after: str = "", limit: int = 25) -> Disputes:
    """An account's disputes, newest first."""
    return cast(Disputes, _bank().disputes(account, after=after, limit=limit))


def dispute(dispute: str, *, account: str = "") -> Dispute:
    """One dispute, with the evidence that was laid by."""
    return cast(Dispute, _bank().dispute(dispute, account=account))


def lay_by(dispute: str, *, evidence: Mapping[str, str], key: str, account: str = "") -> Dispute:
    """Keep evidence for later; an empty value takes what was there away."""
    found = _bank().say(dispute, account=account, evidence=evidence, submit=False, key=key)
    return cast(Dispute, found)


def hand_in(dispute: str, *, key: str, account: str = "") -> Dispute:
    """Send all the evidence that was laid by to the payer's bank: once, and for good."""
    return cast(Dispute, _bank().say(dispute, account=account, evidence={}, submit=True, key=key))


def give_in(dispute: str, *, key: str, account: str = "") -> Dispute:
    """Let the payer have it: the dispute is lost at once."""
    return cast(Dispute, _bank().give_in(dispute, account=account, key=key))


def upload(content: bytes, *, name: str, key: str, account: str = "") -> Document:
    """Take in a JPEG, a PNG or a PDF of at most 5 MB. Refused for anything else."""
    return cast(Document, _bank().upload(content, account=account, name=name, key=key))


def document(document: str, *, account: str = "") -> Document:
    """The name and the size of what was uploaded."""
    return cast(Document, _bank().document(document, account=account))
