"""/v1/files: documents that a merchant uploads: evidence in a dispute, pictures of papers."""

from typing import Literal

import msgspec

from maalem.payments import store
from maalem.payments.accounts import documents
from maalem.payments.api.call import Answered, Call, Decided, NoParams, Object
from maalem.payments.api.expand import loader
from maalem.payments.api.lists import ListParams, page
from maalem.payments.api.routes import route
from maalem.payments.errors import Forbidden, NotFound
from maalem.payments.files import keep, wire
from maalem.payments.files.records import File
from maalem.payments.units import Unit

Purpose = Literal["dispute_evidence", "identity_document"]


class Create(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`file` stands for the document by its hash."""

    purpose: Purpose
    file: str


class Listing(ListParams, forbid_unknown_fields=True, kw_only=True):
    purpose: Purpose | None = None


@route("POST", "/v1/files", Create, upload=True)
async def create(call: Call, params: Create) -> Decided:
    """Take a document in: a JPEG, a PNG or a PDF, of at most 5 MB."""
    assert call.upload is not None, "the route says so"
    taken = keep.taken(
        call.upload.content,
        account_id=call.account.id,
        purpose=params.purpose,
        filename=call.upload.filename,
        now=call.now,
    )
    if taken.purpose == keep.IDENTITY:
        await documents.keep(call.payments, taken, content=call.upload.content)
    else:
        await keep.store_content(call.payments.pool, taken, content=call.upload.content)
    return Decided(_shown(call, taken), Unit().put(taken))


@route("GET", "/v1/files/{id}")
async def retrieve(call: Call, params: NoParams, file_id: str) -> Object:
    """What is known of a document."""
    return _shown(call, await the_file(call, file_id, param="file"))


@route("GET", "/v1/files/{id}/contents")
async def contents(call: Call, params: NoParams, file_id: str) -> Answered:
    """The document itself, to be saved: it is never shown in the institution's own pages."""
    found = await the_file(call, file_id, param="file")
    if found.purpose == keep.IDENTITY:
        raise Forbidden("A picture of somebody's papers is given out to nobody.")
    content = await keep.content_of(call.payments.pool, found)
    named = f'attachment; filename="{found.id}.{found.type}"'
    return Answered(
        200,
        content,
        kind=keep.KINDS[found.type][1].encode(),
        headers=(
            (b"content-disposition", named.encode()),
            (b"x-content-type-options", b"nosniff"),
        ),
    )


@route("GET", "/v1/files", Listing)
async def listing(call: Call, params: Listing) -> Object:
    """The account's documents, newest first."""
    where = {"account_id": call.account.id, "purpose": params.purpose}
    return await page(call, File, params, where=where, show=lambda found: _shown(call, found))


async def the_file(call: Call, file_id: str, *, param: str) -> File:
    """The caller's document, or `NotFound`."""
    found = await store.get(call.payments.pool, File, file_id, account_id=call.account.id)
    if found is None:
        raise NotFound(f"No such file upload: '{file_id}'", code="resource_missing", param=param)
    return found


def _shown(call: Call, found: File) -> Object:
    return wire.file(found, payments_url=call.payments.config.payments_url)


@loader("file")
async def _expand(call: Call, file_id: str) -> Object | None:
    try:
        return _shown(call, await the_file(call, file_id, param="file"))
    except NotFound:
        return None
