"""Pictures of people's papers: sealed when they come, read before they count, then forgotten.

What a person is to be checked by must be there, be hers to show, be meant for it and be what it
says; the register is asked only about such a picture.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from maalem.payments import store
from maalem.payments.context import Payments
from maalem.payments.errors import BadRequest, NotFound
from maalem.payments.files.keep import IDENTITY, kind_of
from maalem.payments.files.records import File
from maalem.payments.rails.identity import READABLE, UNREADABLE

# The names of Stripe's test documents; in live mode there are none.
_DOCUMENTED = frozenset({READABLE, UNREADABLE})
# A picture that nobody's record names is dropped after this.
_LEFT_AFTER = timedelta(days=1)


class Picture(NamedTuple):
    """A picture that was read: its kind and its size in bytes."""

    kind: str
    size: int


def is_documented(payments: Payments, name: str) -> bool:
    """Whether that is the name of a test document."""
    return not payments.config.live and name in _DOCUMENTED


async def keep(payments: Payments, file: File, *, content: bytes) -> None:
    """Seal the bytes of `file`, before its record is stored: alone they are in nobody's way."""
    sealed = await payments.vault.pictures.seal(content, place=file.id)
    await payments.pool.execute(
        "INSERT INTO identity_documents (file_id, sealed) VALUES ($1, $2)", file.id, sealed
    )


async def usable(
    payments: Payments, file_id: str, *, owners: Sequence[str | None], param: str
) -> Picture:
    """The picture, read. Raises `NotFound` for one that none of `owners` uploaded, `BadRequest`
    for one that was meant for something else or can't be read."""
    found = await store.get(payments.pool, File, file_id)
    if found is None or found.account_id not in owners:
        raise NotFound(f"No such file upload: '{file_id}'", code="resource_missing", param=param)
    if found.purpose != IDENTITY:
        raise BadRequest(
            f"The file {file_id} was uploaded for the purpose {found.purpose}: a document needs the"
            f" purpose {IDENTITY}.",
            param=param,
        )
    picture = await _read(payments, found)
    if picture is None:
        raise BadRequest(f"The file {file_id} can't be read any more.", param=param)
    return picture


async def seen(payments: Payments, file_id: str, *, owners: Sequence[str | None]) -> Picture | None:
    """The picture as the register is told of it, or None where there is none to be told of."""
    try:
        return await usable(payments, file_id, owners=owners, param="document")
    except (BadRequest, NotFound):
        return None


async def forget(payments: Payments) -> int:
    """Drop pictures of people who are gone, and those that nobody was shown by within a day."""
    tag = await payments.pool.execute(
        "DELETE FROM identity_documents d WHERE d.created_at < $1 AND NOT EXISTS"
        " (SELECT FROM persons p WHERE p.document_front = d.file_id AND NOT p.deleted)",
        payments.clock.now() - _LEFT_AFTER,
    )
    return int(tag.rpartition(" ")[2])


async def _read(payments: Payments, file: File) -> Picture | None:
    sealed = await payments.pool.fetchval(
        "SELECT sealed FROM identity_documents WHERE file_id = $1", file.id
    )
    if sealed is None:
        return None
    content = await payments.vault.pictures.open(sealed, place=file.id)
    if kind_of(content) != file.type or len(content) != file.size:
        return None
    return Picture(file.type, len(content))
