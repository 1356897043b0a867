"""A document that a merchant uploaded: what is known of it, its bytes apart."""

from datetime import datetime
from typing import ClassVar

from maalem.payments.records import Record


class File(Record, kw_only=True, frozen=True):
    """An uploaded document; its bytes are those of `sha256` (hexadecimal). Never changed.

    A picture of somebody's papers (`identity_document`) has no digest: it is sealed and apart.
    """

    TABLE: ClassVar[str] = "files"

    account_id: str
    purpose: str
    filename: str
    type: str
    size: int
    sha256: str | None
    created_at: datetime
