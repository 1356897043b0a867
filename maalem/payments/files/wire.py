"""A document as the wire shows it."""

from typing import Any

from maalem.payments.files.keep import IDENTITY
from maalem.payments.files.records import File
from maalem.payments.records import epoch


def file(record: File, *, payments_url: str) -> dict[str, Any]:
    """The `file` object; `url` is where its bytes are, for whoever has the account's key."""
    return {
        "id": record.id,
        "object": "file",
        "created": epoch(record.created_at),
        "expires_at": None,
        "filename": record.filename,
        "links": {
            "object": "list",
            "data": [],
            "has_more": False,
            "url": f"/v1/file_links?file={record.id}",
        },
        "purpose": record.purpose,
        "size": record.size,
        "title": None,
        "type": record.type,
        # A picture of somebody's papers is given out to nobody.
        "url": None
        if record.purpose == IDENTITY
        else f"{payments_url}/v1/files/{record.id}/contents",
    }
