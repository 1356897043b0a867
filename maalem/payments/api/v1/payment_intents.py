"""/v1/payment_intents"""

from functools import partial
from typing import Any, Literal

import msgspec

from maalem.kit.ids import new_id
from maalem.payments import store
from maalem.payments.accounts import limits
from maalem.payments.accounts.methods import Taken, chosen, spending, unspent
from maalem.payments.accounts.records import Customer, PaymentMethod
from maalem.payments.acquiring import attempts, wire
from maalem.payments.acquiring.admission import admitted
from maalem.payments.acquiring.confirm import confirm as ask_for_it
from maalem.payments.acquiring.confirm import resume as go_on
from maalem.payments.acquiring.confirm import wants_challenge
from maalem.payments.acquiring.outcome import Confirmed, client_secret
from maalem.payments.acquiring.records import Intent
from maalem.payments.acquiring.states import IntentStatus
from maalem.payments.api import fields, terms
from maalem.payments.api.call import Answered, Call, Object, StepKeep
from maalem.payments.api.confirmation import look_again, spend, with_token
from maalem.payments.api.fields import MethodData
from maalem.payments.api.idempotency import encode
from maalem.payments.api.lists import ListParams, page
from maalem.payments.api.metadata import merged
from maalem.payments.api.routes import route
from maalem.payments.api.terms import TransferData
from maalem.payments.errors import BadRequest, NotFound
from maalem.payments.ledger import wire as ledger_wire
from maalem.payments.units import Unit

METHOD_TYPES = ("card", "wallet")
READY = (IntentStatus.REQUIRES_PAYMENT_METHOD, IntentStatus.REQUIRES_CONFIRMATION)


class AutomaticMethods(msgspec.Struct, forbid_unknown_fields=True):
    """`automatic_payment_methods`: whatever the account can take."""

    enabled: bool
    allow_redirects: Literal["always", "never"] = "always"


class CardOptions(msgspec.Struct, forbid_unknown_fields=True):
    """`payment_method_options[card]`."""

    request_three_d_secure: Literal["any", "automatic", "challenge"] = "automatic"
    capture_method: Literal["manual", ""] | None = None
    request_multicapture: Literal["if_available", "never"] | None = None
    request_incremental_authorization: Literal["if_available", "never"] | None = None


class MethodOptions(msgspec.Struct, forbid_unknown_fields=True):
    """`payment_method_options`."""

    card: CardOptions | None = None


class Paying(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What both creating and confirming take about the way of paying."""

    confirmation_token: str | None = None
    payment_method: str | None = None
    payment_method_data: MethodData | None = None
    payment_method_options: MethodOptions | None = None
    return_url: str | None = None
    off_session: bool = False
    error_on_requires_action: bool = False
    use_stripe_sdk: bool = False
    receipt_email: fields.Email | None = None
    setup_future_usage: Literal["on_session", "off_session", ""] | None = None
    shipping: fields.Parcel | str | None = None


class Create(Paying, forbid_unknown_fields=True, kw_only=True):
    amount: int
    currency: str
    confirm: bool = False
    capture_method: Literal["automatic", "automatic_async", "manual"] = "automatic"
    confirmation_method: Literal["automatic", "manual"] = "automatic"
    payment_method_types: list[str] | None = None
    automatic_payment_methods: AutomaticMethods | None = None
    customer: str | None = None
    description: fields.Text | None = None
    statement_descriptor: fields.Descriptor | None = None
    transfer_group: str | None = None
    metadata: dict[str, str] | str | None = None
    application_fee_amount: int | None = None
    transfer_data: TransferData | None = None
    on_behalf_of: str | None = None


class Confirm(Paying, forbid_unknown_fields=True, kw_only=True):
    capture_method: Literal["automatic", "automatic_async", "manual"] | None = None


class Retrieve(msgspec.Struct, forbid_unknown_fields=True):
    client_secret: str | None = None


class Listing(ListParams, forbid_unknown_fields=True, kw_only=True):
    customer: str | None = None


async def _resume(call: Call, params: Create | Confirm, intent_id: str) -> Answered:
    keep = _keep(call)
    refuses = params.error_on_requires_action
    await go_on(call.payments, intent_id, keep=keep, refuse_challenge=refuses)
    assert keep.answer is not None
    return keep.answer


@route("POST", "/v1/payment_intents", Create, steps=True, resume=_resume)
async def create(call: Call, params: Create) -> Answered:
    """Make an intent; with `confirm` pay it in the same call."""
    params, token = await with_token(call, params)
    _check(params)
    limits.may_charge(call.account)
    taken = await given_method(call, params)
    await look_again(call, taken, token)
    if taken is not None:
        unspent(taken.method)
    if params.customer:
        await the_customer(call, params.customer)
    if not params.confirm:
        _refuse_early(params)
    shares = await _shares(call, params)
    intent = _new_intent(call, params, taken=taken, shares=shares)
    if not call.account.vouched:
        await limits.room_for(
            call.payments, call.account, amount=intent.amount, currency=intent.currency
        )
    if params.confirm:
        if taken is None:
            raise BadRequest(
                "You cannot confirm this PaymentIntent because it's missing a payment method.",
                code="payment_intent_unexpected_state",
            )
        spend(taken, token, on=intent.id)
        return await _pay(call, params, intent=intent, taken=taken, stored=False)
    unit = taken.unit if taken else Unit()
    unit.put(intent)
    unit.events.append(call.event("payment_intent.created", wire.intent(intent)))
    body = await encode(call, wire.intent(intent))
    unit.claim = call.claim("whole", status=200)
    await call.payments.writer.commit(unit, answer=body)
    return Answered(200, body)


@route("GET", "/v1/payment_intents/{id}", Retrieve)
async def retrieve(call: Call, params: Retrieve, intent_id: str) -> Object:
    """An intent as it stands."""
    found = await the_intent(call, intent_id)
    if params.client_secret is not None and params.client_secret != found.client_secret:
        raise BadRequest("The client_secret does not match.", param="client_secret")
    return wire.intent(found)


@route("GET", "/v1/payment_intents", Listing)
async def listing(call: Call, params: Listing) -> Object:
    """The account's intents, newest first."""
    where = {"account_id": call.account.id, "customer_id": params.customer}
    return await page(call, Intent, params, where=where, show=wire.intent)


# An open challenge is given up for the new way of paying, before that is recorded.
@route(
    "POST",
    "/v1/payment_intents/{id}/confirm",
    Confirm,
    steps=True,
    resume=_resume,
    looks_first=True,
)
async def confirm(call: Call, params: Confirm, intent_id: str) -> Answered:
    """Pay an intent that is there."""
    intent = await the_intent(call, intent_id)
    params, token = await with_token(call, params)
    _check(params)
    taken = await given_method(call, params)
    if taken is None and intent.payment_method_id is not None:
        taken = await chosen(call.payments, call.account.id, intent.payment_method_id)
    if taken is None:
        raise BadRequest(
            "You cannot confirm this PaymentIntent because it's missing a payment method. You can"
            " either update the PaymentIntent with a payment method and then confirm it again, or"
            " confirm it again directly with a payment method.",
            code="payment_intent_unexpected_state",
            payment_intent=wire.intent(intent),
        )
    await look_again(call, taken, token)
    spend(taken, token, on=intent.id)
    return await _pay(call, params, intent=intent, taken=taken, stored=True)


async def _pay(
    call: Call, params: Paying, *, intent: Intent, taken: Taken, stored: bool
) -> Answered:
    allowed(taken.method, intent.payment_method_types)
    if taken.method.spent and not (stored and await _tried_here(call, intent, taken.method)):
        unspent(taken.method)
    fields.owned_by(taken.method, intent.customer_id)
    if taken.method.type == "wallet" and intent.capture_method == "manual":
        raise BadRequest("A wallet payment can't be captured later.", param="capture_method")
    asked = intent
    if stored and isinstance(params, Confirm):
        asked = msgspec.structs.replace(intent, **said(params))
    if intent.status in READY:
        intent = asked
    keep = _keep(call)
    method, also = spending(taken, kept=bool(intent.setup_future_usage))
    also += await admitted(call.payments, call.account, intent)
    confirmed = await ask_for_it(
        call.payments,
        intent=intent,
        method=method,
        merchant=None if intent.on_behalf_of else call.account.business_name,
        return_url=params.return_url or None,
        off_session=params.off_session,
        force_challenge=wants_challenge(asked),
        refuse_challenge=params.error_on_requires_action,
        request_id=call.request_id,
        idempotency_key=call.idempotency_key,
        keep=keep,
        stored=stored,
        also=also,
    )
    if keep.answer is None:  # the challenge that was open had been passed: that payment stands
        status, obj, fresh = await _shown(call, confirmed)
        return Answered(status, await encode(call, obj, fresh=fresh))
    return keep.answer


async def _tried_here(call: Call, intent: Intent, method: PaymentMethod) -> bool:
    """Whether the intent's own last try was with that method: it may be tried again."""
    last = await attempts.find(call.payments.pool, intent.attempt_id or "")
    return last is not None and last.payment_method_id == method.id


def _keep(call: Call) -> StepKeep:
    return StepKeep(call, render=partial(_shown, call), encode=encode)


async def _shown(call: Call, confirmed: Confirmed) -> tuple[int, Object, tuple[Object, ...]]:
    if confirmed.refusal is not None:
        return confirmed.refusal.status, confirmed.refusal.body(), ()
    if not call.expand:
        return 200, wire.intent(confirmed.intent), ()
    fresh: list[Object] = [*confirmed.shared]
    if confirmed.charge is not None:
        fresh.append(wire.charge(confirmed.charge))
    if confirmed.transaction is not None:
        fresh.append(ledger_wire.balance_transaction(confirmed.transaction))
    return 200, wire.intent(confirmed.intent), tuple(fresh)


async def _shares(call: Call, params: Create) -> dict[str, Any]:
    if (params.application_fee_amount, params.transfer_data, params.on_behalf_of) == (None,) * 3:
        return {}
    return await terms.shared(
        call,
        amount=fields.amount(params.amount),
        fee=params.application_fee_amount,
        data=params.transfer_data,
        on_behalf_of=params.on_behalf_of,
    )


def _new_intent(
    call: Call, params: Create, *, taken: Taken | None, shares: dict[str, Any]
) -> Intent:
    intent_id = new_id("pi")
    has_method = taken is not None
    return Intent(
        id=intent_id,
        account_id=call.account.id,
        amount=fields.amount(params.amount),
        currency=fields.currency(params.currency),
        status=IntentStatus.REQUIRES_CONFIRMATION
        if has_method
        else IntentStatus.REQUIRES_PAYMENT_METHOD,
        capture_method=_capture_method(params),
        confirmation_method=params.confirmation_method,
        client_secret=client_secret(intent_id),
        customer_id=params.customer or None,
        payment_method_id=taken.method.id if taken else None,
        payment_method_types=_wanted_types(params),
        return_url=params.return_url or None,
        description=params.description or None,
        receipt_email=params.receipt_email or None,
        statement_descriptor=params.statement_descriptor or None,
        transfer_group=params.transfer_group or None,
        shipping=fields.shipping(params.shipping) if params.shipping else None,
        setup_future_usage=params.setup_future_usage or None,
        metadata=merged({}, params.metadata),
        created_at=call.now,
        payment_method_options=_kept(params.payment_method_options),
        automatic_payment_methods=_automatic(params),
        **shares,
    )


def _check(params: Create | Confirm) -> None:
    """What can be told to be wrong before anything is taken in."""
    if isinstance(params, Create):
        fields.amount(params.amount)
        fields.currency(params.currency)
        merged({}, params.metadata)
        _wanted_types(params)
    if params.return_url:
        fields.url(params.return_url, param="return_url")
    if isinstance(params.shipping, str):
        fields.shipping(params.shipping)


def said(params: Any) -> dict[str, Any]:
    """The fields of the intent that a confirmation or an update says anew."""
    anew: dict[str, Any] = {}
    for name in ("receipt_email", "setup_future_usage"):
        if getattr(params, name) is not None:
            anew[name] = getattr(params, name) or None
    if params.shipping is not None:
        anew["shipping"] = fields.shipping(params.shipping)
    if params.capture_method is not None:
        anew["capture_method"] = params.capture_method
    options = params.payment_method_options
    if options is not None:
        anew["payment_method_options"] = _kept(options)
        if options.card is not None and options.card.capture_method:
            anew["capture_method"] = options.card.capture_method
    return anew


def allowed(method: PaymentMethod, types: list[str]) -> None:
    """Refuse a method of a kind that the intent does not take."""
    if method.type not in types:
        raise BadRequest(
            f"The PaymentMethod provided ({method.type}) is not allowed for this PaymentIntent.",
            param="payment_method",
        )


def _kept(options: MethodOptions | None) -> dict[str, Any] | None:
    """`payment_method_options` as they are shown again."""
    if options is None or options.card is None:
        return None
    given = msgspec.structs.asdict(options.card)
    return {"card": {name: value for name, value in given.items() if value}}


def _capture_method(params: Create) -> str:
    options = params.payment_method_options
    by_card = options.card.capture_method if options and options.card else None
    return by_card or params.capture_method


def _automatic(params: Create) -> dict[str, Any] | None:
    given = params.automatic_payment_methods
    return msgspec.to_builtins(given) if given is not None else None


def _refuse_early(params: Create) -> None:
    for name in ("confirmation_token", "off_session", "return_url", "error_on_requires_action"):
        if getattr(params, name):
            raise BadRequest(
                f"You can only use the parameter {name} if you pass confirm=true.", param=name
            )


def _wanted_types(params: Create) -> list[str]:
    if params.payment_method_types is not None:
        return types(params.payment_method_types)
    automatic = params.automatic_payment_methods
    if params.payment_method_data is not None:
        return [params.payment_method_data.type]
    return list(METHOD_TYPES) if automatic and automatic.enabled else ["card"]


def types(given: list[str]) -> list[str]:
    """The kinds of methods, each once. Raises `BadRequest`."""
    for name in given:
        if name not in METHOD_TYPES:
            raise BadRequest(
                f"The payment method type provided: {name} is invalid.",
                code="payment_intent_invalid_parameter",
                param="payment_method_types",
            )
    if not given:
        raise BadRequest("payment_method_types is empty.", param="payment_method_types")
    return list(dict.fromkeys(given))


async def given_method(call: Call, params: Any) -> Taken | None:
    """The way of paying that is given, as details or by its id."""
    if params.payment_method_data is not None:
        return await fields.new_method(
            call, params.payment_method_data, within="payment_method_data"
        )
    if params.payment_method:
        return await chosen(call.payments, call.account.id, params.payment_method)
    return None


async def the_customer(call: Call, customer_id: str) -> Customer:
    """The caller's customer, or `NotFound`."""
    found = await store.get(call.payments.pool, Customer, customer_id, account_id=call.account.id)
    if found is None or found.deleted:
        raise NotFound.of("customer", customer_id, param="customer")
    return found


async def the_intent(call: Call, intent_id: str, *, param: str = "intent") -> Intent:
    """The caller's intent, or `NotFound`."""
    found = await store.get(call.payments.pool, Intent, intent_id, account_id=call.account.id)
    if found is None:
        raise NotFound.of("payment_intent", intent_id, param=param)
    return found
