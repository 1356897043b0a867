"""One key, one effect, one answer.

The answer to a key is stored in the commit of its effect, so there is no moment at which one is
there without the other. A request that asks a rail holds its key from the first commit to the
second; a retry is told to wait (409) only while the holder lives, which is proved by an advisory
lock that PostgreSQL drops with the holder's connection. Otherwise the retry takes over the very
object that the dead request had begun.
"""

import asyncio
import hashlib
import logging
from typing import Any

import asyncpg
import msgspec

from maalem.payments.api.call import Answered, Call, Decided, Object
from maalem.payments.api.expand import expanded
from maalem.payments.api.params import Pairs
from maalem.payments.api.refusals import refusal_of
from maalem.payments.api.routes import Route
from maalem.payments.context import Payments
from maalem.payments.errors import ApiError, BadRequest, Busy, KeyMismatch
from maalem.payments.packed import unpack
from maalem.payments.units import ChangedMeanwhile, KeyTaken, Unit, UnitRefused

KEY_MAX = 255
_LOCKS = 7002
_TRIES = 8
_log = logging.getLogger("maalem.payments.api")


def fingerprint(path: str, pairs: Pairs, *, key: bytes) -> str:
    """What a retry must repeat: the endpoint and its parameters, in whatever order where the order
    says nothing. It does within a parameter that is written with `[]` (each makes the next place
    of a list) or twice.

    A keyed hash, because a card's number may be among them (PCI DSS 4.0.1, 3.5.1.1); the security
    code is left out, since nothing of it may be kept (3.3.1).
    """
    if not _order_counts(pairs):
        return _digest(path, sorted(pairs), key=key)
    lists = {name.partition("[")[0] for name, _ in pairs if "[]" in name}

    def place(pair: tuple[str, str]) -> str:
        root = pair[0].partition("[")[0]
        return root if root in lists else pair[0]

    return _digest(path, sorted(pairs, key=place), key=key, person=b"in order")


def fingerprint_before(path: str, pairs: Pairs, *, key: bytes) -> str | None:
    """How the same request was kept while values under one name were sorted; None: just so.

    Keys live for 35 days (`forget_keys`), so what was stored so until then is replayed by this.
    No request is kept so any more, nor can be: a fingerprint in order is another hash. So two
    orders of one list are mistaken for each other only under a key that is that old.
    """
    return _digest(path, sorted(pairs), key=key) if _order_counts(pairs) else None


def _order_counts(pairs: Pairs) -> bool:
    names = [name for name, _ in pairs]
    return len(set(names)) < len(names) or any("[]" in name for name in names)


def _digest(path: str, pairs: Pairs, *, key: bytes, person: bytes = b"") -> str:
    digest = hashlib.blake2b(path.encode(), key=key, digest_size=16, person=person)
    for name, value in pairs:
        if not name.endswith("[cvc]"):
            digest.update(f"\x00{len(name)}:{name}={value}".encode())
    return digest.hexdigest()


async def encode(call: Call, obj: Object, *, fresh: tuple[Object, ...] = ()) -> bytes:
    """The body for `obj` with what the caller wants expanded; a refusal has nothing of that."""
    if call.expand and "error" not in obj:
        call.fresh.update({item["id"]: item for item in fresh})
        obj = await expanded(call, obj, paths=call.expand)
    return msgspec.json.encode(obj)


class Holder:
    """This process, as other processes can tell that it lives."""

    def __init__(self) -> None:
        self.number = 0
        self._connection: Any = None
        self._lock = asyncio.Lock()

    async def register(self, payments: Payments) -> int:
        """The process's number, its lock held by a connection that is used for nothing else."""
        if self._connection is not None and not self._connection.is_closed():
            return self.number
        async with self._lock:
            if self._connection is None or self._connection.is_closed():
                connection = await asyncpg.connect(payments.config.database_url)
                self.number = await connection.fetchval("SELECT nextval('process_numbers')::int")
                await connection.execute("SELECT pg_advisory_lock($1, $2)", _LOCKS, self.number)
                self._connection = connection
        return self.number

    async def close(self) -> None:
        """Let go."""
        if self._connection is not None:
            await self._connection.close()


async def lives(payments: Payments, holder: int) -> bool:
    """Whether the process of that number still runs."""
    free = await payments.pool.fetchval("SELECT pg_try_advisory_xact_lock($1, $2)", _LOCKS, holder)
    return not free


class Keys:
    """Runs writing requests, each at most once per key."""

    def __init__(self) -> None:
        self._running: set[tuple[str, str]] = set()

    async def run(self, call: Call, found: Route, *, params: Any, ids: tuple[str, ...]) -> Answered:
        """The answer to a POST: made now, replayed, or taken over. Raises `ApiError`."""
        if call.idempotency_key is None:
            return await _execute(call, found, params=params, ids=ids)
        place = (call.account.id, call.idempotency_key)
        if place in self._running:
            raise _in_use(call.idempotency_key)
        self._running.add(place)
        try:
            # Most stepping requests claim their key before they do anything: they need not ask.
            if not found.steps or found.looks_first:
                saved = await self._saved(call)
                if saved is not None:
                    return await self._again(call, found, params=params, saved=saved)
            try:
                return await _execute(call, found, params=params, ids=ids)
            except KeyTaken:
                saved = await self._saved(call)
                assert saved is not None, "a claimed key is there"
                return await self._again(call, found, params=params, saved=saved)
            except ApiError:
                # What it named may have been used up by the very request that it repeats.
                saved = await self._saved(call) if found.steps else None
                if saved is None:
                    raise
                return await self._again(call, found, params=params, saved=saved)
        finally:
            self._running.discard(place)

    async def _saved(self, call: Call) -> Any:
        return await call.payments.pool.fetchrow(
            "SELECT * FROM idempotency_keys WHERE account_id = $1 AND key = $2",
            call.account.id,
            call.idempotency_key,
        )

    async def _again(self, call: Call, found: Route, *, params: Any, saved: Any) -> Answered:
        if saved["fingerprint"] not in (call.fingerprint, call.fingerprint_before):
            raise KeyMismatch(
                "Keys for idempotent requests can only be used with the same parameters they"
                f" were first used with. Try using a key other than '{call.idempotency_key}' if"
                " you meant to execute a different request."
            )
        if saved["done"]:
            return Answered(saved["status"], unpack(saved["body"]), replayed=True)
        if saved["holder"] != call.holder and await lives(call.payments, saved["holder"]):
            raise _in_use(call.idempotency_key or "")
        assert found.resume is not None, "only a stepping request leaves its key open"
        call.held = saved["object_id"]
        answer: Answered = await found.resume(call, params, saved["object_id"])
        # Another retry may have taken it over as well, and finished first: the key has its answer.
        stands = await self._saved(call)
        if stands is not None and stands["done"]:
            answer = Answered(stands["status"], unpack(stands["body"]))
        return answer


async def _execute(call: Call, found: Route, *, params: Any, ids: tuple[str, ...]) -> Answered:
    try:
        if found.steps:
            return await _step(call, found, params=params, ids=ids)
        return await _decide(call, found, params=params, ids=ids)
    except ApiError as error:
        if not error.saved:
            raise
        return await _save(call, status=error.status, body=error.body())
    except (
        asyncpg.PostgresError,
        asyncpg.InterfaceError,
        asyncpg.InternalClientError,
        OSError,
        UnitRefused,
    ):
        raise
    except Exception:
        _log.exception("%r failed (%s)", call.path, call.request_id)
        if call.held:  # a payment is under way: the next request with the key goes on with it
            raise
        return await _save(call, status=500, body=internal_error())


async def _step(call: Call, found: Route, *, params: Any, ids: tuple[str, ...]) -> Answered:
    for _ in range(_TRIES):
        try:
            answer: Answered = await found.handle(call, params, *ids)
            return answer
        except KeyTaken:
            raise
        except UnitRefused as refused:
            # It was the first commit that was refused, so the key is not held after all.
            call.held = None
            if not isinstance(refused, ChangedMeanwhile):
                raise refusal_of(refused) from refused
    raise _too_busy()


async def _decide(call: Call, found: Route, *, params: Any, ids: tuple[str, ...]) -> Answered:
    for _ in range(_TRIES):
        decided: Decided = await found.handle(call, params, *ids)
        body = await encode(call, decided.obj, fresh=decided.fresh)
        decided.unit.claim = call.claim("whole", status=200)
        try:
            await call.payments.writer.commit(decided.unit, answer=body)
        except ChangedMeanwhile:
            continue
        except KeyTaken:
            raise
        except UnitRefused as refused:
            raise refusal_of(refused) from refused
        if decided.once:
            body = await encode(call, {**decided.obj, **decided.once}, fresh=decided.fresh)
        return Answered(200, body)
    raise _too_busy()


async def _save(call: Call, *, status: int, body: Object) -> Answered:
    answer = msgspec.json.encode(body)
    claim = call.claim("finish" if call.held else "whole", status=status)
    if claim is not None:
        await call.payments.writer.commit(Unit(claim=claim), answer=answer)
    return Answered(status, answer, kept=claim is not None)


def checked_key(values: list[str]) -> str | None:
    """The key of the `Idempotency-Key` headers. Two different ones are refused."""
    if not values:
        return None
    if len(set(values)) > 1:
        raise BadRequest("You sent two different Idempotency-Key headers.")
    key = values[0].strip()
    if not 0 < len(key) <= KEY_MAX or "\x00" in key:
        raise BadRequest(f"An Idempotency-Key has 1 to {KEY_MAX} characters.")
    return key


def internal_error() -> Object:
    """The body of a 500."""
    return {
        "error": {
            "type": "api_error",
            "message": "Something went wrong on our side. It has been written down.",
        }
    }


def _in_use(key: str) -> Busy:
    return Busy(
        f"There is currently another in-progress request using this Idempotency Key: {key}."
        " Try again in a moment.",
        code="idempotency_key_in_use",
    )


def _too_busy() -> Busy:
    return Busy(
        "This object is being changed by other requests. Try again in a moment.",
        code="lock_timeout",
    )
