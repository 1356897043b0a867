"""Confirmation tokens: made where a payer says how she pays, used up by one confirmation."""

from datetime import datetime, timedelta
from typing import Any

from maalem.kit.ids import new_id
from maalem.payments.accounts.methods import Taken, unspent
from maalem.payments.accounts.records import ConfirmationToken
from maalem.payments.errors import BadRequest
from maalem.payments.records import changed

LIFE = timedelta(hours=12)


def made(taken: Taken, *, now: datetime, **said: Any) -> ConfirmationToken:
    """A token of the method, to be stored with it. Raises `Refused` for a spent one."""
    method = unspent(taken.method)
    return ConfirmationToken(
        id=new_id("ctoken"),
        account_id=method.account_id,
        payment_method_id=method.id,
        expires_at=now + LIFE,
        created_at=now,
        **said,
    )


def usable(token: ConfirmationToken, *, now: datetime) -> ConfirmationToken:
    """The token, if a confirmation may use it. Raises `BadRequest`."""
    used_for = token.payment_intent_id or token.setup_intent_id
    if used_for is not None:
        raise BadRequest(
            f"The ConfirmationToken {token.id} was used for {used_for}; each is used once.",
            code="token_already_used",
            param="confirmation_token",
        )
    if token.expires_at <= now:
        raise BadRequest(
            f"The ConfirmationToken {token.id} has expired: make a new one.",
            code="confirmation_token_expired",
            param="confirmation_token",
        )
    return token


def used(token: ConfirmationToken, intent_id: str, /) -> ConfirmationToken:
    """The token, as the commit of what it confirms stores it."""
    name = "setup_intent_id" if intent_id.startswith("seti_") else "payment_intent_id"
    return changed(token, **{name: intent_id})
