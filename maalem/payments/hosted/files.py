"""Files that a link opens: statements of account, safeguarding proofs."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from maalem.payments.context import Payments
from maalem.payments.hosted.visit import missing, payments_of
from maalem.payments.mode import Working
from maalem.payments.settlement.proofs import files as proofs
from maalem.payments.settlement.statements import files as statements
from maalem.payments.settlement.statements.files import File
from maalem.payments.settlement.statements.links import BadLink, Wanted, opened


async def statement(request: Request) -> Response:
    """A statement's PDF or CSV."""
    return await _sent(request, statements.file)


async def proof(request: Request) -> Response:
    """A safeguarding proof's PDF or CSV."""
    return await _sent(request, lambda payments, wanted: proofs.file(payments.pool, wanted))


async def _sent(request: Request, make: Callable[[Payments, Wanted], Awaitable[File]]) -> Response:
    """The file, for whoever holds the link; nobody keeps a copy on the way."""
    payments = payments_of(request)
    token = request.path_params["token"]
    with Working(live=payments.config.live):
        try:
            wanted = opened(payments.config, token, now=payments.clock.now())
            found = await make(payments, wanted)
        except BadLink:
            return missing(request)
    return Response(
        found.body,
        media_type=found.type,
        headers={
            "Content-Disposition": f'attachment; filename="{found.name}"',
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Referrer-Policy": "no-referrer",
        },
    )
