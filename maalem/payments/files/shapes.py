"""What `files/wire.py` renders."""

from typing import Literal, TypedDict

from maalem.payments.shapes import Never, Timestamp


class FileLinks(TypedDict):
    object: Literal["list"]
    data: list[Never]
    has_more: bool
    url: str


class File(TypedDict):
    """A document that was sent in."""

    id: str
    object: Literal["file"]
    created: Timestamp
    expires_at: Never
    filename: str | None
    links: FileLinks
    purpose: Literal["dispute_evidence", "identity_document"]
    size: int
    title: Never
    type: Literal["jpg", "pdf", "png"]
    url: str | None
