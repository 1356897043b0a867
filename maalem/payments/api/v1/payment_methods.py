"""/v1/payment_methods and /v1/tokens"""

import msgspec

from maalem.kit.ids import new_id
from maalem.payments import store
from maalem.payments.accounts import wire
from maalem.payments.accounts.methods import (
    Taken,
    billing,
    chosen,
    documented,
    is_documented,
    let_go,
    take_card,
    unspent,
)
from maalem.payments.accounts.records import PaymentMethod, Token
from maalem.payments.acquiring.setup import mandates
from maalem.payments.api import fields
from maalem.payments.api.bank_accounts import BankAccountData, taken
from maalem.payments.api.call import Call, Decided, NoParams, Object
from maalem.payments.api.fields import BillingDetails, MethodData, TypedData
from maalem.payments.api.lists import ListParams, page
from maalem.payments.api.metadata import merged
from maalem.payments.api.routes import route
from maalem.payments.api.v1.customers import the_customer
from maalem.payments.errors import BadRequest, NotFound, Refused
from maalem.payments.records import changed
from maalem.payments.settlement import wire as settlement_wire
from maalem.payments.settlement.records import BankToken
from maalem.payments.units import Unit


class CardUpdate(msgspec.Struct, forbid_unknown_fields=True):
    exp_month: int | None = None
    exp_year: int | None = None


class Update(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    billing_details: BillingDetails | None = None
    card: CardUpdate | None = None
    metadata: dict[str, str] | str | None = None


class Attach(msgspec.Struct, forbid_unknown_fields=True):
    customer: str


class Listing(ListParams, forbid_unknown_fields=True, kw_only=True):
    customer: str | None = None
    type: str | None = None


class CreateToken(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    card: TypedData | None = None
    bank_account: BankAccountData | None = None


@route("POST", "/v1/payment_methods", MethodData)
async def create(call: Call, params: MethodData) -> Decided:
    """Keep a card or a wallet to be charged; the card's number goes to the vault and stays."""
    taken = await fields.new_method(call, params)
    return Decided(wire.payment_method(taken.method), taken.unit)


@route("GET", "/v1/payment_methods/{id}")
async def retrieve(call: Call, params: NoParams, method_id: str) -> Object:
    """A payment method; a documented name gives a fresh one of its kind."""
    return wire.payment_method((await _the_method(call, method_id)).method)


@route("POST", "/v1/payment_methods/{id}", Update)
async def update(call: Call, params: Update, method_id: str) -> Decided:
    """Change what is known of its holder."""
    old = (await _the_method(call, method_id)).method
    details = billing(msgspec.to_builtins(params.billing_details)) if params.billing_details else {}
    given = {name: value for name, value in details.items() if value is not None}
    if params.card is not None:
        month, year = params.card.exp_month, params.card.exp_year
        if month is not None and not 1 <= month <= 12:
            raise BadRequest(
                "Your card's expiration month is invalid.",
                code="invalid_expiry_month",
                param="card[exp_month]",
            )
        if year is not None and not 2000 <= year <= 2100:
            raise BadRequest(
                "Your card's expiration year is invalid.",
                code="invalid_expiry_year",
                param="card[exp_year]",
            )
        given |= {"exp_month": month or old.exp_month, "exp_year": year or old.exp_year}
    new = changed(old, metadata=merged(old.metadata, params.metadata), **given)
    unit = Unit().put(new)
    shown, before = wire.payment_method(new), wire.payment_method(old)
    unit.events.append(call.event("payment_method.updated", shown, before=before))
    return Decided(shown, unit)


@route("GET", "/v1/payment_methods", Listing)
async def listing(call: Call, params: Listing) -> Object:
    """Payment methods, newest first."""
    if params.customer:
        await the_customer(call, params.customer, param="customer")
    where = {
        "account_id": call.account.id,
        "customer_id": params.customer,
        "type": params.type,
    }
    return await page(call, PaymentMethod, params, where=where, show=wire.payment_method)


@route("POST", "/v1/payment_methods/{id}/attach", Attach)
async def attach(call: Call, params: Attach, method_id: str) -> Decided:
    """Let a customer pay with it again."""
    customer = await the_customer(call, params.customer, param="customer")
    taken = await _the_method(call, method_id)
    method = unspent(taken.method)
    if method.customer_id is not None and method.customer_id != customer.id:
        raise Refused(
            "The payment method you provided has already been attached to a customer.",
            code="payment_method_already_attached",
        )
    if taken.unit.puts:  # a documented name: it is stored attached
        new = msgspec.structs.replace(method, customer_id=customer.id)
    else:
        new = changed(method, customer_id=customer.id)
    unit = Unit().put(new)
    unit.events.append(call.event("payment_method.attached", wire.payment_method(new)))
    return Decided(wire.payment_method(new), unit)


@route("POST", "/v1/payment_methods/{id}/detach")
async def detach(call: Call, params: NoParams, method_id: str) -> Decided:
    """Take it from its customer."""
    method = (await _the_method(call, method_id)).method
    if method.customer_id is None:
        raise Refused(
            "The payment method you provided is not attached to a customer so detachment is"
            " impossible."
        )
    new = let_go(method)
    unit = Unit().put(new)
    unit.events.append(call.event("payment_method.detached", wire.payment_method(new)))
    await mandates.end(call.payments, unit, method_id=new.id)
    return Decided(wire.payment_method(new), unit)


@route("POST", "/v1/tokens", CreateToken)
async def create_token(call: Call, params: CreateToken) -> Decided:
    """A card or a bank account, to be used once."""
    if params.bank_account is not None and params.card is None:
        number = await taken(call, params.bank_account, param="bank_account")
        return Decided(settlement_wire.bank_token(number), Unit().put(number))
    if params.card is None or params.bank_account is not None:
        raise BadRequest(
            "You must supply either a card or a bank account to create a token.",
            code="parameter_missing",
            param="card",
        )
    method = await take_card(
        call.payments,
        call.account.id,
        typed=fields.typed(params.card),
        **billing({"name": params.card.name}),
    )
    token = Token(
        id=new_id("tok"),
        account_id=call.account.id,
        payment_method_id=method.id,
        created_at=call.now,
    )
    return Decided(wire.token(token, method), Unit().put(method, token))


@route("GET", "/v1/tokens/{id}")
async def retrieve_token(call: Call, params: NoParams, token_id: str) -> Object:
    """A token and whether it was used."""
    if token_id.startswith("btok_"):
        number = await store.get(
            call.payments.pool, BankToken, token_id, account_id=call.account.id
        )
        if number is None:
            raise NotFound.of("token", token_id)
        return settlement_wire.bank_token(number)
    if is_documented(call.payments, token_id):
        method = await documented(call.payments, call.account.id, name=token_id)
        token = Token(
            id=token_id,
            account_id=call.account.id,
            payment_method_id=method.id,
            created_at=call.now,
        )
        return wire.token(token, method)
    found = await store.get(call.payments.pool, Token, token_id, account_id=call.account.id)
    if found is None:
        raise NotFound.of("token", token_id)
    kept = await store.get(call.payments.pool, PaymentMethod, found.payment_method_id)
    assert kept is not None
    return wire.token(found, kept)


async def _the_method(call: Call, method_id: str) -> Taken:
    if method_id.startswith("tok_"):
        raise NotFound.of("PaymentMethod", method_id)
    return await chosen(call.payments, call.account.id, method_id)
