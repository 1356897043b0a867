"""Take a document in and give it out again. What it is is told from its bytes, never its name."""

import hashlib
import re
from datetime import datetime

from maalem.kit.ids import new_id
from maalem.payments.db import Connection, Pool
from maalem.payments.errors import BadRequest
from maalem.payments.files.records import File

SIZE_MAX = 5 * 1024 * 1024
NAME_MAX = 255
EVIDENCE, IDENTITY = "dispute_evidence", "identity_document"
# How each kind of document begins, and what a browser calls it.
KINDS = {
    "jpg": (b"\xff\xd8\xff", "image/jpeg"),
    "png": (b"\x89PNG\r\n\x1a\n", "image/png"),
    "pdf": (b"%PDF-", "application/pdf"),
}
_ODD = re.compile(r"[^\w .()\[\]+,=@-]+")


def taken(
    content: bytes, *, account_id: str, purpose: str, filename: str | None, now: datetime
) -> File:
    """The document that these bytes are. Raises `BadRequest` for a size or a kind we don't take."""
    if not content:
        raise BadRequest("The file is empty.", code="parameter_invalid_empty", param="file")
    if len(content) > SIZE_MAX:
        raise too_large()
    kind = kind_of(content)
    if kind is None:
        raise BadRequest(
            "The file is not of a kind that we take: a JPEG, a PNG or a PDF.",
            param="file",
        )
    return File(
        id=new_id("file"),
        account_id=account_id,
        purpose=purpose,
        filename=plain_name(filename) or f"document.{kind}",
        type=kind,
        size=len(content),
        sha256=None if purpose == IDENTITY else hashlib.sha256(content).hexdigest(),
        created_at=now,
    )


def kind_of(content: bytes) -> str | None:
    """`jpg`, `png` or `pdf` by the first bytes, or None."""
    for kind, (magic, _) in KINDS.items():
        if content.startswith(magic):
            return kind
    return None


def plain_name(name: str | None) -> str:
    """The last part of a path, in letters that no header and no file system trips over."""
    last = re.split(r"[\\/]", name or "")[-1]
    return _ODD.sub("_", last).strip(" .")[-NAME_MAX:]


def too_large() -> BadRequest:
    """The refusal of a document that is over the limit."""
    return BadRequest(f"The file is larger than {SIZE_MAX} bytes.", param="file")


async def store_content(source: Pool | Connection, file: File, /, *, content: bytes) -> None:
    """Keep the bytes, once, before the record that names them: alone they are in nobody's way."""
    await source.execute(
        "INSERT INTO file_contents (account_id, sha256, content) VALUES ($1, $2, $3)"
        " ON CONFLICT DO NOTHING",
        file.account_id,
        file.sha256,
        content,
    )


async def content_of(source: Pool | Connection, file: File, /) -> bytes:
    """The bytes of a document."""
    content = await source.fetchval(
        "SELECT content FROM file_contents WHERE account_id = $1 AND sha256 = $2",
        file.account_id,
        file.sha256,
    )
    assert isinstance(content, bytes)
    return content
