"""A form with a document, as an endpoint that takes one sees it."""

import hashlib
from dataclasses import dataclass

from maalem.payments.api.params import Pairs, checked_pairs
from maalem.payments.errors import BadRequest
from maalem.payments.multipart import Receive, parts


@dataclass(frozen=True, slots=True)
class Upload:
    """A form with a document. Among `pairs` the document stands as what it is, by its hash."""

    pairs: Pairs
    content: bytes
    filename: str | None


async def read_upload(content_type: str | None, receive: Receive) -> Upload:
    """The form that is being sent. Raises `BadRequest` for one that is broken or too large."""
    found = await parts(content_type, receive)
    if found.named not in (None, "file"):
        raise BadRequest(f"Received unknown parameter: {found.named}", param=found.named)
    digest = hashlib.sha256(found.content).hexdigest()
    pairs = [
        (name, digest if name == found.named and not text else text) for name, text in found.pairs
    ]
    return Upload(checked_pairs(pairs), found.content, found.filename)
