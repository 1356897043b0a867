"""One request, as its handler sees it, and what a handler answers.

A reading handler returns the object. A deciding handler returns `Decided`: the object and the
unit that makes it true; the edge commits it together with the idempotency key, and calls the
handler again should a record have changed meanwhile. A stepping handler asks a rail between two
commits; it makes a `Keep` and returns the answer that the keep has saved.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from maalem.payments.accounts.records import Account
from maalem.payments.api.auth import Caller
from maalem.payments.api.upload import Upload
from maalem.payments.context import Payments
from maalem.payments.events.outbox import Event, event
from maalem.payments.units import Claim, Unit

Object = dict[str, Any]


class NoParams(msgspec.Struct, forbid_unknown_fields=True):
    """An endpoint that takes nothing but `expand`."""


@dataclass(slots=True)
class Call:
    """Who asks what. `now` is the same for all that the request writes."""

    payments: Payments
    caller: Caller
    request_id: str
    path: str
    idempotency_key: str | None
    fingerprint: str
    holder: int
    expand: list[str]
    now: datetime
    fingerprint_before: str | None = None
    held: str | None = None
    upload: Upload | None = None
    fresh: dict[str, Object] = field(default_factory=dict)

    @property
    def account(self) -> Account:
        """In whose name it is asked."""
        return self.caller.account

    def event(
        self, type: str, obj: Object, *, before: Object | None = None, owner: str | None = None
    ) -> Event:
        """An event in the name of this request; `owner` is the object's, if not the caller, and
        `before` the object as it was shown until now."""
        return event(
            type,
            obj,
            account_id=owner or self.account.id,
            at=self.now,
            before=before,
            request_id=self.request_id,
            idempotency_key=self.idempotency_key,
        )

    def claim(self, use: str, *, status: int | None = None) -> Claim | None:
        """This request's part in its idempotency key, if it has one."""
        if self.idempotency_key is None:
            return None
        return Claim(
            use=use,
            account_id=self.account.id,
            key=self.idempotency_key,
            fingerprint=self.fingerprint,
            request_id=self.request_id,
            holder=self.holder,
            object_id=self.held,
            status=status,
        )


@dataclass(slots=True)
class Decided:
    """An object and the unit that makes it true. `fresh` may be expanded before it is stored.

    `once` is laid over the object in the first answer and kept nowhere: a replay goes without.
    """

    obj: Object
    unit: Unit
    fresh: tuple[Object, ...] = ()
    once: Object = field(default_factory=dict)


@dataclass(slots=True)
class Answered:
    """What goes back over the wire."""

    status: int
    body: bytes
    replayed: bool = False
    kept: bool = False
    kind: bytes = b"application/json"
    headers: tuple[tuple[bytes, bytes], ...] = ()


Render = Callable[[Any], Awaitable[tuple[int, Object, tuple[Object, ...]]]]


class StepKeep:
    """Holds a request's idempotency key from the first transaction to the second.

    `render` turns the outcome into (status, object, fresh objects to expand from).
    """

    def __init__(self, call: Call, *, render: Render, encode: Any) -> None:
        self._call, self._render, self._encode = call, render, encode
        self.answer: Answered | None = None

    def hold(self, object_id: str) -> Claim | None:
        """Claim the key for the object that is about to be worked on."""
        self._call.held = object_id
        return self._call.claim("hold")

    async def finish(self, outcome: Any) -> tuple[Claim | None, bytes]:
        """The saved answer, made once; the claim goes with the transaction that makes it true."""
        status, obj, fresh = await self._render(outcome)
        body = await self._encode(self._call, obj, fresh=fresh)
        self.answer = Answered(status, body)
        return self._call.claim("finish", status=status), body
