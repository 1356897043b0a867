"""`confirmation_token` of a confirmation: what was said on a page counts as if it were sent."""

from typing import Any, TypeVar

import msgspec

from maalem.payments import store
from maalem.payments.accounts import confirming
from maalem.payments.accounts.methods import Taken
from maalem.payments.accounts.records import ConfirmationToken
from maalem.payments.api import fields
from maalem.payments.api.call import Call
from maalem.payments.errors import NotFound

P = TypeVar("P", bound=msgspec.Struct)


async def with_token(call: Call, params: P) -> tuple[P, ConfirmationToken | None]:
    """The parameters with what their token holds, and the token. What is sent goes first.

    Raises `NotFound`, or `BadRequest` for a token that is used or has expired.
    """
    name = getattr(params, "confirmation_token", None)
    if not name:
        return params, None
    token = confirming.usable(await the_token(call, name), now=call.now)
    held: dict[str, Any] = {
        "return_url": token.return_url,
        "setup_future_usage": token.setup_future_usage,
        "shipping": token.shipping and msgspec.convert(token.shipping, fields.Parcel),
    }
    if getattr(params, "payment_method_data", None) is None:
        held["payment_method"] = token.payment_method_id
    given = {
        field: value
        for field, value in held.items()
        if value is not None and getattr(params, field, "not there") is None
    }
    return msgspec.structs.replace(params, **given), token


async def look_again(call: Call, taken: Taken | None, token: ConfirmationToken | None) -> None:
    """Raise `BadRequest` where the token was used since it was read, which spent its method.

    So that of many who use one token at once each but the first hears of the token.
    """
    if taken is not None and token is not None and taken.method.spent:
        confirming.usable(await the_token(call, token.id), now=call.now)


def spend(taken: Taken | None, token: ConfirmationToken | None, *, on: str) -> None:
    """Have the token used up in the commit that stores what it confirms, the intent `on`."""
    if taken is not None and token is not None:
        taken.unit.put(confirming.used(token, on))


async def the_token(call: Call, token_id: str) -> ConfirmationToken:
    """The caller's token, or `NotFound`."""
    found = await store.get(
        call.payments.pool, ConfirmationToken, token_id, account_id=call.account.id
    )
    if found is None:
        raise NotFound.of("confirmation_token", token_id, param="confirmation_token")
    return found
