"""The edge of /v1: from an HTTP request to a call, and from an answer or a refusal back.

A plain ASGI callable, because this is the hot path: a table look-up, one parse, one handler.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, NamedTuple

import asyncpg
import msgspec

from maalem.kit.ids import new_id
from maalem.payments.accounts.keys import Kind
from maalem.payments.api import v1
from maalem.payments.api.access import admit, shortened
from maalem.payments.api.auth import Caller, Gate
from maalem.payments.api.call import Answered, Call
from maalem.payments.api.cross_origin import preflight, readable
from maalem.payments.api.idempotency import (
    Holder,
    Keys,
    checked_key,
    encode,
    fingerprint,
    fingerprint_before,
    internal_error,
)
from maalem.payments.api.other_mode import told_of_the_other_mode
from maalem.payments.api.params import BODY_MAX, pairs_of, read, tree_of
from maalem.payments.api.routes import Route, match
from maalem.payments.api.upload import read_upload
from maalem.payments.api.versions import check, is_known
from maalem.payments.context import Modes, Payments
from maalem.payments.errors import ApiError, BadRequest, NotFound, Unavailable
from maalem.payments.events.outbox import API_VERSION
from maalem.payments.mode import Working

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
# Each is a reading of the database for every object of a list.
EXPANDED_MAX = 20
BODY_WITHIN_S = 30.0
_log = logging.getLogger("maalem.payments.api")
# A database that is not there, or can't do its work: no room, no file that may grow (XX000).
_DOWN = (
    asyncpg.PostgresConnectionError,
    asyncpg.PostgresSystemError,
    asyncpg.InternalServerError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    OSError,
    TimeoutError,
)

v1.load()


class Headers:
    """A request's headers; names lower case."""

    def __init__(self, raw: list[tuple[bytes, bytes]]) -> None:
        self._raw = raw

    def get(self, name: bytes) -> str | None:
        """The first value, or None."""
        for key, value in self._raw:
            if key == name:
                return value.decode("latin-1")
        return None

    def every(self, name: bytes) -> list[str]:
        """Each value that was sent under the name."""
        return [value.decode("latin-1") for key, value in self._raw if key == name]


class _Request(NamedTuple):
    """What came in, and for which endpoint. `words` are the parameters as they were written."""

    method: str
    path: str
    hit: tuple[Route, tuple[str, ...]] | None
    words: bytes
    receive: Receive
    headers: Headers
    request_id: str
    extra: list[tuple[bytes, bytes]]


class Api:
    """ASGI application for `/v1/…`. `modes` is set when the service starts."""

    def __init__(self) -> None:
        self.modes: Modes | None = None
        self._gate = Gate()
        # Of each mode, by whether it is live.
        self._holders = (Holder(), Holder())
        self._keys = (Keys(), Keys())

    async def close(self) -> None:
        """Serve nobody any more, and let go of the databases."""
        self.modes = None
        for holder in self._holders:
            await holder.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request_id = new_id("req")
        headers = Headers(scope["headers"])
        extra = readable(scope["method"], scope["path"], headers)
        if scope["method"] == "OPTIONS":
            answer = preflight(scope["path"], headers)
            await _send(send, answer, [*_base_headers(headers, request_id), *answer.headers])
            return
        try:
            answer = await self._answer(
                scope, receive, headers=headers, request_id=request_id, extra=extra
            )
        except ApiError as error:
            answer = _refusal(error, extra)
        except _DOWN as problem:
            _log.error("%s %r: %r", request_id, scope["path"], problem)
            extra.append((b"stripe-should-retry", b"true"))
            down = Unavailable("The payment service can't reach its database. Try again.")
            answer = Answered(down.status, msgspec.json.encode(down.body()))
        except Exception:
            _log.exception("%s %r", request_id, scope["path"])
            answer = Answered(500, msgspec.json.encode(internal_error()))
        if answer.replayed:
            extra.append((b"idempotent-replayed", b"true"))
        if _is_final(answer):
            extra.append((b"stripe-should-retry", b"false"))
        await _send(send, answer, [*_base_headers(headers, request_id), *answer.headers, *extra])

    async def _answer(
        self,
        scope: Scope,
        receive: Receive,
        /,
        *,
        headers: Headers,
        request_id: str,
        extra: list[tuple[bytes, bytes]],
    ) -> Answered:
        modes = self.modes
        if modes is None:
            raise Unavailable("The payment service is starting. Try again in a moment.")
        method, path = scope["method"], scope["path"]
        hit = match(method, path) if "\x00" not in path else None
        body = b""
        if method == "POST" and not (hit and hit[0].upload):
            body = await _body(receive, most=hit[0].body_max if hit else BODY_MAX)
        caller = await self._gate.caller(
            modes,
            authorization=headers.get(b"authorization"),
            account=headers.get(b"stripe-account"),
        )
        check(headers.get(b"stripe-version"), headers.get(b"stripe-context"))
        words = body if method == "POST" else scope["query_string"]
        request = _Request(method, path, hit, words, receive, headers, request_id, extra)
        payments = modes.of(live=caller.live)
        with Working(live=caller.live):
            if caller.key.kind != Kind.PUBLISHABLE:
                try:
                    return await self._served(payments, caller, request)
                except NotFound as missing:
                    raise await told_of_the_other_mode(modes, caller, missing) from None
            try:
                answer = await self._served(payments, caller, request)
            except ApiError as error:
                answer = _refusal(error, extra)
            answer.body = shortened(answer.body)
            return answer

    async def _served(self, payments: Payments, caller: Caller, request: _Request) -> Answered:
        method, path, headers = request.method, request.path, request.headers
        if request.hit is None:
            raise NotFound(f"Unrecognized request URL ({method}: {path}).")
        found, ids = request.hit
        upload = None
        if found.upload:
            # A document is read only for those who may send one.
            await admit(payments, caller, found, ids=ids, tree={})
            upload = await read_upload(headers.get(b"content-type"), request.receive)
        pairs = upload.pairs if upload else pairs_of(request.words)
        tree = tree_of(pairs)
        await admit(payments, caller, found, ids=ids, tree=tree)
        expand = _expand(tree.pop("expand", None))
        params = read(found.params, tree)
        writes = method == "POST"
        key = checked_key(headers.every(b"idempotency-key")) if writes else None
        if caller.key.kind == Kind.PUBLISHABLE:
            key = None  # whoever reads the page could ask for the answers to the merchant's keys
        named, secret = path + (caller.key.officer_id or ""), payments.config.fingerprint_key
        call = Call(
            payments=payments,
            caller=caller,
            request_id=request.request_id,
            path=path,
            idempotency_key=key,
            fingerprint=fingerprint(named, pairs, key=secret) if key else "",
            fingerprint_before=fingerprint_before(named, pairs, key=secret) if key else None,
            holder=await self._holders[caller.live].register(payments) if key else 0,
            expand=expand,
            now=payments.clock.now(),
            upload=upload,
        )
        if key:
            request.extra.append((b"idempotency-key", key.encode("latin-1")))
        if method in ("POST", "DELETE"):
            return await self._keys[caller.live].run(call, found, params=params, ids=ids)
        shown = await found.handle(call, params, *ids)
        return shown if isinstance(shown, Answered) else Answered(200, await encode(call, shown))


def _is_final(answer: Answered) -> bool:
    """Whether the same request would be answered the same for ever, or until somebody acts.

    A 409 passes, and so may a failure of ours, unless it is what the idempotency key keeps.
    """
    if answer.status >= 500:
        return answer.replayed or answer.kept
    return answer.status >= 400 and answer.status not in (409, 429)


def _refusal(error: ApiError, extra: list[tuple[bytes, bytes]]) -> Answered:
    if error.status in (409, 503):
        extra.append((b"stripe-should-retry", b"true"))
    return Answered(error.status, msgspec.json.encode(error.body()))


def _expand(given: Any) -> list[str]:
    if given is None:
        return []
    paths = [given] if isinstance(given, str) else given
    if not isinstance(paths, list) or not all(isinstance(path, str) and path for path in paths):
        raise BadRequest("Invalid expand.", param="expand")
    once = list(dict.fromkeys(paths))
    if len(once) > EXPANDED_MAX:
        raise BadRequest(f"You can expand {EXPANDED_MAX} properties at most.", param="expand")
    return once


async def _body(receive: Receive, *, most: int) -> bytes:
    """The body, whoever sends it: of bounded size, within bounded time, copied once or twice.

    What comes in pieces of one byte is not put together anew for each of them. The first piece is
    awaited as long as the server does (`serve.Bounded`): mostly it is all, and there.
    """
    whole = bytearray()
    if not await _piece(receive, whole, most=most):
        return bytes(whole)
    try:
        async with asyncio.timeout(BODY_WITHIN_S):
            while await _piece(receive, whole, most=most):
                pass
            return bytes(whole)
    except TimeoutError:
        raise BadRequest(f"The request did not arrive within {BODY_WITHIN_S:.0f} s.") from None


async def _piece(receive: Receive, whole: bytearray, /, *, most: int) -> bool:
    """Add what comes next to `whole`; whether there is more."""
    message = await receive()
    if message["type"] == "http.disconnect":
        raise BadRequest("The request was broken off.")
    whole += message.get("body", b"")
    if len(whole) > most:
        raise BadRequest(f"The request is larger than {most} bytes.")
    return bool(message.get("more_body", False))


def _base_headers(headers: Headers, request_id: str) -> list[tuple[bytes, bytes]]:
    version = headers.get(b"stripe-version")
    if version is None or not is_known(version):
        version = API_VERSION
    base = [
        (b"cache-control", b"no-store"),
        (b"request-id", request_id.encode()),
        (b"stripe-version", version.encode("latin-1", "replace")),
    ]
    account = headers.get(b"stripe-account")
    if account:
        base.append((b"stripe-account", account.encode("latin-1")))
    return base


async def _send(send: Send, answer: Answered, headers: list[tuple[bytes, bytes]]) -> None:
    length = str(len(answer.body)).encode()
    await send(
        {
            "type": "http.response.start",
            "status": answer.status,
            "headers": [(b"content-type", answer.kind), *headers, (b"content-length", length)],
        }
    )
    await send({"type": "http.response.body", "body": answer.body})
