"""/v1/{payment_intents,charges,customers}/search"""

from maalem.payments.accounts import wire as accounts_wire
from maalem.payments.accounts.records import Customer
from maalem.payments.acquiring import wire
from maalem.payments.acquiring.records import Charge, Intent
from maalem.payments.api.call import Call, Object
from maalem.payments.api.routes import route
from maalem.payments.api.search import Field, Kind, SearchParams, results


def _paid_with(kind: Kind, trait: str) -> Field:
    """A trait of the method that a charge was paid with; the charge's own copy is packed."""
    found = f"(SELECT {trait} FROM payment_methods m WHERE m.id = charges.payment_method_id)"  # noqa: S608
    return Field(kind, found)


_SHARED = {
    "amount": Field("number", "amount"),
    "created": Field("time", "created_at"),
    "currency": Field("token", "currency"),
    "customer": Field("token", "customer_id"),
    "metadata": Field("map", "metadata"),
    "status": Field("token", "status"),
}
INTENTS = _SHARED
CHARGES = {
    **_SHARED,
    "billing_details.address.postal_code": _paid_with("text", "billing_address ->> 'postal_code'"),
    # Payer's name and address, dispute, receipt and group are ours: what a person knows who asks.
    "billing_details.email": _paid_with("text", "billing_email"),
    "billing_details.name": _paid_with("text", "billing_name"),
    "disputed": Field("flag", "dispute_id IS NOT NULL"),
    "payment_method_details.card.brand": _paid_with("text", "brand"),
    "payment_method_details.card.exp_month": _paid_with("number", "exp_month"),
    "payment_method_details.card.exp_year": _paid_with("number", "exp_year"),
    "payment_method_details.card.fingerprint": _paid_with("token", "fingerprint"),
    "payment_method_details.card.last4": _paid_with("token", "last4"),
    "receipt_number": Field("token", "receipt_number"),
    "refunded": Field("flag", "amount_captured > 0 AND amount_captured = amount_refunded"),
    "transfer_group": Field("token", "transfer_group"),
}
CUSTOMERS = {
    "created": Field("time", "created_at"),
    "email": Field("text", "email"),
    "metadata": Field("map", "metadata"),
    "name": Field("text", "name"),
    "phone": Field("text", "phone"),
}


@route("GET", "/v1/payment_intents/search", SearchParams)
async def intents(call: Call, params: SearchParams) -> Object:
    """The account's payment intents that a query finds."""
    return await results(call, Intent, params, fields=INTENTS, show=wire.intent)


@route("GET", "/v1/charges/search", SearchParams)
async def charges(call: Call, params: SearchParams) -> Object:
    """The account's charges that a query finds."""
    return await results(call, Charge, params, fields=CHARGES, show=wire.charge)


@route("GET", "/v1/customers/search", SearchParams)
async def customers(call: Call, params: SearchParams) -> Object:
    """The account's customers that a query finds; deleted ones are not found."""
    return await results(
        call,
        Customer,
        params,
        fields=CUSTOMERS,
        show=accounts_wire.customer,
        where="NOT deleted",
    )
