"""/v1/confirmation_tokens, and the one that tests make"""

from typing import Literal

import msgspec

from maalem.payments import store
from maalem.payments.accounts import confirming, wire
from maalem.payments.accounts.methods import Taken, chosen
from maalem.payments.accounts.records import PaymentMethod
from maalem.payments.api import fields
from maalem.payments.api.call import Call, Decided, NoParams, Object
from maalem.payments.api.confirmation import the_token
from maalem.payments.api.fields import MethodData
from maalem.payments.api.routes import route
from maalem.payments.errors import BadRequest


class Create(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What a payer says on a page."""

    payment_method: str | None = None
    payment_method_data: MethodData | None = None
    return_url: str | None = None
    setup_future_usage: Literal["on_session", "off_session"] | None = None
    shipping: fields.Shipping | None = None


@route("POST", "/v1/confirmation_tokens", Create)
async def create(call: Call, params: Create) -> Decided:
    """Keep how a payer pays, to be confirmed later by a server; it serves once, for twelve hours.

    A page sends it with a publishable key, so that no card's number passes the merchant's server.
    """
    return await _made(call, params)


@route("POST", "/v1/test_helpers/confirmation_tokens", Create, resource="confirmation_token")
async def create_for_a_test(call: Call, params: Create) -> Decided:
    """The same from a server, in test mode, so that a test needs no page."""
    if call.payments.config.live:
        raise BadRequest(
            "Test helpers work in test mode only: use a test key.", code="livemode_mismatch"
        )
    return await _made(call, params)


@route("GET", "/v1/confirmation_tokens/{id}")
async def retrieve(call: Call, params: NoParams, token_id: str) -> Object:
    """A confirmation token, and what it was used for."""
    token = await the_token(call, token_id)
    method = await store.get(call.payments.pool, PaymentMethod, token.payment_method_id)
    assert method is not None
    return wire.confirmation_token(token, method)


async def _made(call: Call, params: Create) -> Decided:
    if params.return_url:
        fields.url(params.return_url, param="return_url")
    taken = await _method(call, params)
    token = confirming.made(
        taken,
        now=call.now,
        return_url=params.return_url or None,
        setup_future_usage=params.setup_future_usage,
        shipping=fields.shipping(params.shipping) if params.shipping else None,
    )
    return Decided(wire.confirmation_token(token, taken.method), taken.unit.put(token))


async def _method(call: Call, params: Create) -> Taken:
    if params.payment_method_data is not None:
        return await fields.new_method(
            call, params.payment_method_data, within="payment_method_data"
        )
    if not params.payment_method:
        raise BadRequest(
            "You must provide payment_method or payment_method_data.",
            code="parameter_missing",
            param="payment_method",
        )
    return await chosen(call.payments, call.account.id, params.payment_method)
