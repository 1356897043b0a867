"""`/v1/checkout/sessions`: a payment page for a basket."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from maalem.kit.ids import new_id
from maalem.payments.accounts import limits
from maalem.payments.acquiring import sessions, wire
from maalem.payments.acquiring.sessions import Session, Wanted
from maalem.payments.acquiring.setup import visits
from maalem.payments.acquiring.setup import wire as setup_wire
from maalem.payments.api import fields, lists, terms
from maalem.payments.api.call import Call, Decided, NoParams, Object
from maalem.payments.api.metadata import merged
from maalem.payments.api.routes import route
from maalem.payments.errors import BadRequest, NotFound

# Stripe's own bound: an amount has eight digits at most.
AMOUNT_MAX = 99_999_999
LINES_MAX = 100
_METHODS = ("card", "wallet")

Name = Annotated[str, Meta(min_length=1, max_length=500)]
Url = Annotated[str, Meta(max_length=2_048)]
Amount = Annotated[int, Meta(ge=0, le=AMOUNT_MAX)]


class ProductData(Struct, kw_only=True, forbid_unknown_fields=True):
    name: Name
    description: fields.Text | None = None
    images: Annotated[list[Url], Meta(max_length=8)] = []
    metadata: dict[str, str] | None = None


class PriceData(Struct, kw_only=True, forbid_unknown_fields=True):
    currency: str
    unit_amount: Amount
    product_data: ProductData


class Line(Struct, kw_only=True, forbid_unknown_fields=True):
    price_data: PriceData
    quantity: Annotated[int, Meta(ge=1, le=999_999)] = 1


class IntentData(Struct, kw_only=True, forbid_unknown_fields=True):
    metadata: dict[str, str] | None = None
    transfer_group: str | None = None
    description: str | None = None
    receipt_email: fields.Email | None = None
    statement_descriptor: fields.Descriptor | None = None
    capture_method: Literal["automatic", "automatic_async", "manual"] = "automatic"
    application_fee_amount: int | None = None
    transfer_data: terms.TransferData | None = None
    on_behalf_of: str | None = None


class SetupData(Struct, kw_only=True, forbid_unknown_fields=True):
    metadata: dict[str, str] | None = None
    description: fields.Text | None = None


class CreateSession(Struct, kw_only=True, forbid_unknown_fields=True):
    """With `mode=setup` a card is kept for later, and there is nothing to pay."""

    line_items: Annotated[list[Line], Meta(min_length=1, max_length=LINES_MAX)] | None = None
    success_url: Url
    mode: Literal["payment", "setup"] = "payment"
    currency: str | None = None
    setup_intent_data: SetupData | None = None
    cancel_url: Url | None = None
    client_reference_id: Annotated[str, Meta(max_length=200)] | None = None
    customer: str | None = None
    customer_email: fields.Email | None = None
    expires_at: int | None = None
    locale: Annotated[str, Meta(max_length=16)] | None = None
    metadata: dict[str, str] | str | None = None
    payment_intent_data: IntentData | None = None
    payment_method_types: list[Literal["card", "wallet"]] | None = None
    ui_mode: Literal["hosted", "hosted_page"] = "hosted"


class ListSessions(lists.ListParams, kw_only=True, forbid_unknown_fields=True):
    payment_intent: str | None = None
    status: Literal["open", "complete", "expired"] | None = None


@route("POST", "/v1/checkout/sessions", CreateSession)
async def create(call: Call, params: CreateSession) -> Decided:
    """Open a session with its intent, or with its setup."""
    _of_its_mode(params)
    if params.mode == "setup":
        return await _for_setup(call, params)
    lines = [_line(line) for line in params.line_items or ()]
    wanted = Wanted(
        account_id=call.account.id,
        currency=_currency(params),
        line_items=lines,
        success_url=fields.url(params.success_url, param="success_url"),
        cancel_url=fields.url(params.cancel_url, param="cancel_url") if params.cancel_url else None,
        payment_method_types=list(dict.fromkeys(params.payment_method_types or _METHODS)),
        client_reference_id=params.client_reference_id,
        customer_id=await _customer(call, params.customer),
        customer_email=params.customer_email,
        locale=params.locale,
        metadata=merged({}, params.metadata),
        expires_at=_expiry(params.expires_at, now=call.now),
        intent_data=await _intent_data(call, params.payment_intent_data, lines=lines),
    )
    if not 0 < sum(line["amount"] for line in lines) <= AMOUNT_MAX:
        raise BadRequest(
            f"The total of the line items must be more than nothing and at most {AMOUNT_MAX}.",
            code="amount_too_large" if lines and lines[0]["amount"] else "amount_too_small",
            param="line_items",
        )
    total = sum(line["amount"] for line in lines)
    await limits.may_take(call.payments, call.account, amount=total)  # and again when she pays
    session, unit = sessions.opened(wanted, now=call.now, request_id=call.request_id)
    intent = next(record for table, record in unit.puts if table == "payment_intents")
    unit.events[:] = [call.event("payment_intent.created", wire.intent(intent))]
    return Decided(_shown(call, session), unit, fresh=(wire.intent(intent),))


@route("GET", "/v1/checkout/sessions/{session}")
async def retrieve(call: Call, params: NoParams, session_id: str) -> Object:
    """The session as it stands."""
    return _shown(call, await _own(call, session_id))


@route("GET", "/v1/checkout/sessions", ListSessions)
async def list_all(call: Call, params: ListSessions) -> Object:
    """The account's sessions, newest first."""
    return await lists.page(
        call,
        Session,
        params,
        where={
            "account_id": call.account.id,
            "intent_id": params.payment_intent,
            "status": params.status,
        },
        show=lambda session: _shown(call, session),
    )


@route("GET", "/v1/checkout/sessions/{session}/line_items", lists.ListParams)
async def line_items(call: Call, params: lists.ListParams, session_id: str) -> Object:
    """What the basket holds, in the order in which it was given."""
    session = await _own(call, session_id)
    lines = _basket(session)
    ids = [line["id"] for line in lines]
    lists.checked(params)
    for name in ("starting_after", "ending_before"):
        edge = getattr(params, name)
        if edge is not None and edge not in ids:
            raise NotFound.of("item", edge, param=name)
    if params.ending_before is not None:
        stop = ids.index(params.ending_before)
        start = max(0, stop - params.limit)
        has_more = start > 0
    else:
        start = ids.index(params.starting_after) + 1 if params.starting_after else 0
        stop = start + params.limit
        has_more = stop < len(lines)
    return {"object": "list", "url": call.path, "has_more": has_more, "data": lines[start:stop]}


@route("POST", "/v1/checkout/sessions/{session}/expire")
async def expire(call: Call, params: NoParams, session_id: str) -> Decided:
    """Close an open session; its payment page says so from now on."""
    session = await _own(call, session_id)
    expired, unit = await sessions.closing(
        call.payments, session, at=call.now, request_id=call.request_id
    )
    return Decided(_shown(call, expired), unit)


# What only one of the modes takes.
_ONLY = {"payment": ("line_items", "payment_intent_data"), "setup": ("setup_intent_data",)}


def _of_its_mode(params: CreateSession) -> None:
    for mode, names in _ONLY.items():
        for name in names:
            if mode != params.mode and getattr(params, name) is not None:
                raise BadRequest(f"You can not pass `{name}` in `{params.mode}` mode.", param=name)
    if params.mode == "payment" and not params.line_items:
        raise BadRequest(
            "Missing required param: line_items.", code="parameter_missing", param="line_items"
        )
    if params.currency is not None:
        currency = fields.currency(params.currency)
        if params.line_items and currency != _currency(params):
            raise BadRequest("The line items are in another currency.", param="currency")


async def _for_setup(call: Call, params: CreateSession) -> Decided:
    if "wallet" in (params.payment_method_types or ()):
        raise BadRequest(
            "Only cards can be set up: a wallet's holder approves each payment.",
            param="payment_method_types",
        )
    data = params.setup_intent_data or SetupData()
    session, setup, unit = visits.opened(
        account_id=call.account.id,
        success_url=fields.url(params.success_url, param="success_url"),
        cancel_url=fields.url(params.cancel_url, param="cancel_url") if params.cancel_url else None,
        currency=params.currency.lower() if params.currency else None,
        client_reference_id=params.client_reference_id,
        customer_id=await _customer(call, params.customer),
        customer_email=params.customer_email,
        locale=params.locale,
        metadata=merged({}, params.metadata),
        expires_at=_expiry(params.expires_at, now=call.now),
        now=call.now,
        setup_data={
            "description": data.description,
            "metadata": merged({}, data.metadata, param="setup_intent_data[metadata]"),
        },
    )
    shown = setup_wire.setup_intent(setup)
    unit.events.append(call.event("setup_intent.created", shown))
    return Decided(_shown(call, session), unit, fresh=(shown,))


def _line(line: Line) -> dict[str, Any]:
    price, product = line.price_data, line.price_data.product_data
    # What else is said of the product is kept with the session as it was said.
    more = {
        "description": product.description,
        "images": product.images,
        "metadata": merged({}, product.metadata),
    }
    return {
        **{f"product_{name}": said for name, said in more.items() if said},
        "id": new_id("li"),
        "price_id": new_id("price"),
        "product_id": new_id("prod"),
        "name": product.name,
        "unit_amount": price.unit_amount,
        "quantity": line.quantity,
        "amount": price.unit_amount * line.quantity,
    }


def _currency(params: CreateSession) -> str:
    found = {line.price_data.currency.lower() for line in params.line_items or ()}
    currency = found.pop()
    if found:
        raise BadRequest("All line items must have the same currency.", param="line_items")
    return fields.currency(currency, param="line_items[0][price_data][currency]")


def _expiry(at: int | None, *, now: datetime) -> datetime | None:
    if at is None:
        return None
    try:
        wanted = datetime.fromtimestamp(at, UTC)
    except (ValueError, OverflowError, OSError):
        wanted = now
    # A second of grace: the caller's clock and ours need not agree to the last digit.
    if not sessions.SHORTEST.total_seconds() - 60 <= (wanted - now).total_seconds():
        raise BadRequest(
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session"
            " creation.",
            param="expires_at",
        )
    if wanted - now > sessions.LONGEST:
        raise BadRequest(
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
            param="expires_at",
        )
    return wanted


async def _intent_data(
    call: Call, data: IntentData | None, *, lines: list[dict[str, Any]]
) -> dict[str, object]:
    if data is None:
        return {}
    kept = {name: value for name, value in msgspec.structs.asdict(data).items() if value}
    for name in ("application_fee_amount", "transfer_data", "on_behalf_of"):
        kept.pop(name, None)
    kept |= await terms.shared(
        call,
        amount=sum(line["amount"] for line in lines),
        fee=data.application_fee_amount,
        data=data.transfer_data,
        on_behalf_of=data.on_behalf_of,
        inside="payment_intent_data",
    )
    kept["metadata"] = merged({}, data.metadata, param="payment_intent_data[metadata]")
    return kept


async def _customer(call: Call, customer_id: str | None) -> str | None:
    if customer_id is None:
        return None
    known = await call.payments.pool.fetchval(
        "SELECT 1 FROM customers WHERE id = $1 AND account_id = $2 AND NOT deleted",
        customer_id,
        call.account.id,
    )
    if not known:
        raise NotFound.of("customer", customer_id, param="customer")
    return customer_id


async def _own(call: Call, session_id: str) -> Session:
    session = await sessions.session_of(call.payments, session_id, account_id=call.account.id)
    if session is None:
        raise NotFound.of("checkout.session", session_id, param="session")
    return session


def _shown(call: Call, session: Session) -> Object:
    """The session; its basket is in it only for who expands it, as at Stripe."""
    shown = sessions.session_wire(session, payments_url=call.payments.config.payments_url)
    if any(path.removeprefix("data.").split(".")[0] == "line_items" for path in call.expand):
        lines = _basket(session)
        shown["line_items"] = {
            "object": "list",
            "url": f"/v1/checkout/sessions/{session.id}/line_items",
            "has_more": len(lines) > lists.LIMIT_DEFAULT,
            "data": lines[: lists.LIMIT_DEFAULT],
        }
    return shown


def _basket(session: Session) -> list[dict[str, Any]]:
    currency = session.currency or ""
    return [sessions.line_item_wire(line, currency=currency) for line in session.line_items]
