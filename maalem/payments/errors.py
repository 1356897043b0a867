"""Refusals as the wire knows them: a closed set of types, a code, and a sentence.

The types and their HTTP statuses are Stripe's, because the official SDKs sort by them.
"""

from typing import Any


class ApiError(Exception):
    """A refusal that reaches the caller.

    `saved` says whether an idempotency key remembers it: work had begun. Refusals of a malformed
    request, of a wrong key or of too many requests are not remembered.
    """

    status = 400
    type = "invalid_request_error"
    saved = False

    def __init__(self, message: str, **fields: Any) -> None:
        super().__init__(message)
        self.message = message
        self.fields = {name: value for name, value in fields.items() if value is not None}

    @property
    def code(self) -> str | None:
        """The machine's word for the refusal, or None."""
        return self.fields.get("code")

    def body(self) -> dict[str, Any]:
        """The JSON envelope."""
        return {"error": {"type": self.type, "message": self.message, **self.fields}}


class BadRequest(ApiError):
    """The request can't be understood, or names what isn't there."""


class Unauthorised(ApiError):
    status = 401


class Forbidden(ApiError):
    status = 403


class NotFound(ApiError):
    """No such object, or it is another account's: the two are not told apart.

    `named` is the kind and the id that was asked for, where it was one.
    """

    status = 404
    named: tuple[str, str] | None = None

    @classmethod
    def of(cls, kind: str, id: str, *, param: str | None = None) -> "NotFound":
        """`kind` is the object's name in a sentence, such as `customer`."""
        name = kind.replace("_", " ")
        made = cls(f"No such {name}: '{id}'", code="resource_missing", param=param or "id")
        made.named = (kind, id)
        return made


class Refused(ApiError):
    """Understood, begun, and against a rule: the state, the balance, an amount left."""

    saved = True


class CardError(ApiError):
    """The payer's bank or wallet said no. Remembered, so that a retry gives the same answer."""

    status = 402
    type = "card_error"
    saved = True


class KeyMismatch(ApiError):
    """The idempotency key was used for another request."""

    type = "idempotency_error"


class Busy(ApiError):
    """The same key, or the same object, is being worked on: ask again in a moment."""

    status = 409


class Unavailable(ApiError):
    """Our own side can't answer now; nothing was done that a retry with the same key won't find."""

    status = 503
    type = "api_error"
