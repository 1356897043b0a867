"""/v1/customers"""

from typing import Annotated, Any

import msgspec

from maalem.kit.ids import new_id
from maalem.payments import store
from maalem.payments.accounts import wire
from maalem.payments.accounts.methods import let_go
from maalem.payments.accounts.records import Customer, PaymentMethod
from maalem.payments.acquiring.setup import mandates
from maalem.payments.api.call import Call, Decided, NoParams, Object
from maalem.payments.api.fields import Address, Email, Shipping
from maalem.payments.api.lists import ListParams, page
from maalem.payments.api.metadata import merged
from maalem.payments.api.routes import route
from maalem.payments.errors import BadRequest, NotFound
from maalem.payments.records import changed
from maalem.payments.units import Unit

Name = Annotated[str, msgspec.Meta(max_length=256)]
Phone = Annotated[str, msgspec.Meta(max_length=20)]
_TEXTS = ("name", "email", "phone", "description")


class InvoiceSettings(msgspec.Struct, forbid_unknown_fields=True):
    default_payment_method: str | None = None


class Given(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What creating and updating take."""

    name: Name | None = None
    email: Email | None = None
    phone: Phone | None = None
    description: str | None = None
    address: Address | str | None = None
    shipping: Shipping | str | None = None
    preferred_locales: list[str] | None = None
    invoice_settings: InvoiceSettings | None = None
    metadata: dict[str, str] | str | None = None


class Listing(ListParams, forbid_unknown_fields=True, kw_only=True):
    email: str | None = None


class Methods(ListParams, forbid_unknown_fields=True, kw_only=True):
    type: str | None = None


@route("POST", "/v1/customers", Given)
async def create(call: Call, params: Given) -> Decided:
    """Remember somebody who pays."""
    customer = Customer(
        id=new_id("cus"),
        account_id=call.account.id,
        metadata=merged({}, params.metadata),
        created_at=call.now,
        **{"preferred_locales": [], **await _given(call, params)},
    )
    unit = Unit().put(customer)
    unit.events.append(call.event("customer.created", wire.customer(customer)))
    return Decided(wire.customer(customer), unit)


@route("GET", "/v1/customers/{id}")
async def retrieve(call: Call, params: NoParams, customer_id: str) -> Object:
    """A customer; of a deleted one only that."""
    return wire.customer(await the_customer(call, customer_id, deleted=True))


@route("POST", "/v1/customers/{id}", Given)
async def update(call: Call, params: Given, customer_id: str) -> Decided:
    """Change what is given, keep the rest."""
    old = await the_customer(call, customer_id)
    new = changed(old, metadata=merged(old.metadata, params.metadata), **await _given(call, params))
    unit = Unit().put(new)
    shown = wire.customer(new)
    unit.events.append(call.event("customer.updated", shown, before=wire.customer(old)))
    return Decided(shown, unit)


@route("DELETE", "/v1/customers/{id}")
async def delete(call: Call, params: NoParams, customer_id: str) -> Decided:
    """Forget a customer and let go of her cards; her payments stay on the books."""
    old = await the_customer(call, customer_id)
    gone = changed(
        old,
        deleted=True,
        name=None,
        email=None,
        phone=None,
        description=None,
        address=None,
        shipping=None,
        metadata={},
    )
    unit = Unit().put(gone)
    kept = await store.select(call.payments.pool, PaymentMethod, "customer_id = $1", old.id)
    for method in kept:
        gone_with_her = let_go(method)
        unit.put(gone_with_her)
        shown = wire.payment_method(gone_with_her)
        unit.events.append(call.event("payment_method.detached", shown))
        await mandates.end(call.payments, unit, method_id=method.id)
    unit.events.append(call.event("customer.deleted", wire.customer(old)))
    return Decided(wire.customer(gone), unit)


@route("GET", "/v1/customers", Listing)
async def listing(call: Call, params: Listing) -> Object:
    """The account's customers, newest first."""
    where = {"account_id": call.account.id, "email": params.email, "deleted": False}
    return await page(call, Customer, params, where=where, show=wire.customer)


@route("GET", "/v1/customers/{id}/payment_methods", Methods)
async def methods(call: Call, params: Methods, customer_id: str) -> Object:
    """What she has left with us to pay with."""
    customer = await the_customer(call, customer_id)
    where = {
        "account_id": call.account.id,
        "customer_id": customer.id,
        "type": params.type,
    }
    return await page(call, PaymentMethod, params, where=where, show=wire.payment_method)


@route("GET", "/v1/customers/{id}/payment_methods/{method}")
async def one_method(call: Call, params: NoParams, /, *ids: str) -> Object:
    """One of the things that she has left with us to pay with."""
    customer_id, method_id = ids
    customer = await the_customer(call, customer_id)
    found = await store.get(
        call.payments.pool, PaymentMethod, method_id, account_id=call.account.id
    )
    if found is None or found.customer_id != customer.id:
        raise NotFound.of("PaymentMethod", method_id, param="payment_method")
    return wire.payment_method(found)


async def the_customer(
    call: Call, customer_id: str, *, deleted: bool = False, param: str = "id"
) -> Customer:
    """The caller's customer, or `NotFound`."""
    found = await store.get(call.payments.pool, Customer, customer_id, account_id=call.account.id)
    if found is None or (found.deleted and not deleted):
        raise NotFound.of("customer", customer_id, param=param)
    return found


async def _given(call: Call, params: Given) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in _TEXTS:
        value = getattr(params, name)
        if value is not None:
            found[name] = value or None
    for name in ("address", "shipping"):
        value = getattr(params, name)
        if value:
            if isinstance(value, str):
                raise BadRequest(f"Invalid hash for {name}.", param=name)
            found[name] = msgspec.to_builtins(value)
        elif value is not None:
            found[name] = None
    if params.preferred_locales is not None:
        found["preferred_locales"] = params.preferred_locales
    if params.invoice_settings and params.invoice_settings.default_payment_method:
        method_id = params.invoice_settings.default_payment_method
        method = await store.get(
            call.payments.pool, PaymentMethod, method_id, account_id=call.account.id
        )
        if method is None or method.customer_id is None:
            raise NotFound.of(
                "PaymentMethod", method_id, param="invoice_settings[default_payment_method]"
            )
        found["default_payment_method"] = method.id
    return found
