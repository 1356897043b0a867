"""/v1/setup_intents and /v1/setup_attempts"""

from ipaddress import ip_address
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from maalem.kit.ids import new_id
from maalem.payments import store
from maalem.payments.accounts import wire as accounts_wire
from maalem.payments.accounts.methods import Taken, chosen, unspent
from maalem.payments.acquiring.outcome import client_secret
from maalem.payments.acquiring.setup import confirm as setting
from maalem.payments.acquiring.setup import mandates, wire
from maalem.payments.acquiring.setup.confirm import READY, wrong_state
from maalem.payments.acquiring.setup.judge import Set
from maalem.payments.acquiring.setup.records import SetupAttempt, SetupIntent
from maalem.payments.acquiring.setup.states import SetupIntentStatus
from maalem.payments.api import fields
from maalem.payments.api.call import Answered, Call, Decided, Object, StepKeep
from maalem.payments.api.confirmation import look_again, spend, with_token
from maalem.payments.api.fields import MethodData, Text
from maalem.payments.api.idempotency import encode
from maalem.payments.api.lists import ListParams, page
from maalem.payments.api.metadata import merged
from maalem.payments.api.routes import route
from maalem.payments.api.v1.customers import the_customer
from maalem.payments.errors import BadRequest, NotFound
from maalem.payments.records import changed
from maalem.payments.units import Unit


class AutomaticMethods(msgspec.Struct, forbid_unknown_fields=True):
    """`automatic_payment_methods`: whatever can be set up, which is cards."""

    enabled: bool
    allow_redirects: Literal["always", "never"] = "always"


class CardOptions(msgspec.Struct, forbid_unknown_fields=True):
    """`payment_method_options[card]`."""

    request_three_d_secure: Literal["any", "automatic", "challenge"] = "automatic"


class MethodOptions(msgspec.Struct, forbid_unknown_fields=True):
    """`payment_method_options`."""

    card: CardOptions | None = None


class Online(msgspec.Struct, forbid_unknown_fields=True):
    """From where the holder agreed."""

    ip_address: str
    user_agent: Annotated[str, Meta(max_length=1_000)]


class NoDetails(msgspec.Struct, forbid_unknown_fields=True):
    """`offline`: there is nothing to tell of it."""


class Acceptance(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`customer_acceptance`: how the holder agreed to payments without her."""

    type: Literal["online", "offline"]
    accepted_at: int | None = None
    online: Online | None = None
    offline: NoDetails | Literal[""] | None = None


class MandateData(msgspec.Struct, forbid_unknown_fields=True):
    customer_acceptance: Acceptance


class Setting(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What creating, changing and confirming take about the method."""

    payment_method: str | None = None
    payment_method_data: MethodData | None = None
    payment_method_options: MethodOptions | None = None


class Agreed(Setting, forbid_unknown_fields=True, kw_only=True):
    """What creating and confirming take besides."""

    confirmation_token: str | None = None
    mandate_data: MandateData | None = None


class Create(Agreed, forbid_unknown_fields=True, kw_only=True):
    confirm: bool = False
    automatic_payment_methods: AutomaticMethods | None = None
    customer: str | None = None
    description: Text | None = None
    metadata: dict[str, str] | str | None = None
    payment_method_types: list[str] | None = None
    return_url: str | None = None
    usage: Literal["off_session", "on_session"] = "off_session"
    use_stripe_sdk: bool = False


class Confirm(Agreed, forbid_unknown_fields=True, kw_only=True):
    return_url: str | None = None
    use_stripe_sdk: bool = False


class Update(Setting, forbid_unknown_fields=True, kw_only=True):
    customer: str | None = None
    description: Text | None = None
    metadata: dict[str, str] | str | None = None
    payment_method_types: list[str] | None = None


class Cancel(msgspec.Struct, forbid_unknown_fields=True):
    cancellation_reason: Literal["abandoned", "duplicate", "requested_by_customer"] | None = None


class Retrieve(msgspec.Struct, forbid_unknown_fields=True):
    client_secret: str | None = None


class Listing(ListParams, forbid_unknown_fields=True, kw_only=True):
    customer: str | None = None
    payment_method: str | None = None


class Attempts(ListParams, forbid_unknown_fields=True, kw_only=True):
    setup_intent: str


async def _resume(call: Call, _params: Any, setup_id: str) -> Answered:
    keep = StepKeep(call, render=_shown, encode=encode)
    await setting.resume(call.payments, setup_id, keep=keep)
    assert keep.answer is not None
    return keep.answer


@route("POST", "/v1/setup_intents", Create, steps=True, resume=_resume)
async def create(call: Call, params: Create) -> Answered:
    """Make a setup; with `confirm` ask the issuer in the same call."""
    params, token = await with_token(call, params)
    _types(params.payment_method_types)
    merged({}, params.metadata)
    if params.return_url:
        fields.url(params.return_url, param="return_url")
    taken = await _method(call, params)
    if params.customer:
        await the_customer(call, params.customer, param="customer")
    if params.mandate_data is not None and not params.confirm:
        raise BadRequest(
            "You can only use the parameter mandate_data if you pass confirm=true.",
            param="mandate_data",
        )
    for name in ("confirmation_token", "return_url"):
        if getattr(params, name) and not params.confirm:
            raise BadRequest(
                f"You can only use the parameter {name} if you pass confirm=true.", param=name
            )
    setup_id = new_id("seti")
    setup = SetupIntent(
        id=setup_id,
        account_id=call.account.id,
        status=SetupIntentStatus.REQUIRES_CONFIRMATION
        if taken
        else SetupIntentStatus.REQUIRES_PAYMENT_METHOD,
        usage=params.usage,
        client_secret=client_secret(setup_id),
        customer_id=params.customer or None,
        payment_method_id=taken.method.id if taken else None,
        payment_method_types=_types(params.payment_method_types),
        payment_method_options=_kept(params.payment_method_options),
        description=params.description or None,
        metadata=merged({}, params.metadata),
        created_at=call.now,
    )
    await look_again(call, taken, token)
    if taken:
        _check(taken, customer_id=setup.customer_id)
    if params.confirm:
        if taken is None:
            raise _no_method()
        spend(taken, token, on=setup.id)
        return await _set_up(call, params, setup=setup, taken=taken, stored=False)
    unit = (taken.unit if taken else Unit()).put(setup)
    unit.events.append(call.event("setup_intent.created", wire.setup_intent(setup)))
    body = await encode(call, wire.setup_intent(setup))
    unit.claim = call.claim("whole", status=200)
    await call.payments.writer.commit(unit, answer=body)
    return Answered(200, body)


@route("GET", "/v1/setup_intents/{id}", Retrieve)
async def retrieve(call: Call, params: Retrieve, setup_id: str) -> Object:
    """A setup as it stands."""
    found = await _the_setup(call, setup_id)
    if params.client_secret is not None and params.client_secret != found.client_secret:
        raise BadRequest("The client_secret does not match.", param="client_secret")
    return wire.setup_intent(found)


@route("GET", "/v1/setup_intents", Listing)
async def listing(call: Call, params: Listing) -> Object:
    """The account's setups, newest first."""
    where = {
        "account_id": call.account.id,
        "customer_id": params.customer,
        "payment_method_id": params.payment_method,
    }
    return await page(call, SetupIntent, params, where=where, show=wire.setup_intent)


@route("POST", "/v1/setup_intents/{id}", Update)
async def update(call: Call, params: Update, setup_id: str) -> Decided:
    """Change what may still be changed."""
    old = await _the_setup(call, setup_id)
    change: dict[str, Any] = {"metadata": merged(old.metadata, params.metadata)}
    if params.description is not None:
        change["description"] = params.description or None
    unit = Unit()
    terms = (params.customer, params.payment_method, params.payment_method_data)
    options = (params.payment_method_types, params.payment_method_options)
    if any(given is not None for given in (*terms, *options)):
        if old.status not in READY:
            raise wrong_state(old, "updated")
        change |= await _new_terms(call, params, old=old, unit=unit)
    new = changed(old, **change)
    return Decided(wire.setup_intent(new), unit.put(new))


# An open challenge is given up for the new way, before that is recorded.
@route(
    "POST",
    "/v1/setup_intents/{id}/confirm",
    Confirm,
    steps=True,
    resume=_resume,
    looks_first=True,
)
async def confirm(call: Call, params: Confirm, setup_id: str) -> Answered:
    """Ask the issuer about a setup that is there."""
    setup = await _the_setup(call, setup_id)
    params, token = await with_token(call, params)
    if params.return_url:
        fields.url(params.return_url, param="return_url")
    taken = await _method(call, params)
    if taken is None and setup.payment_method_id is not None:
        taken = await chosen(call.payments, call.account.id, setup.payment_method_id)
    if taken is None:
        raise _no_method(setup)
    await look_again(call, taken, token)
    _check(taken, customer_id=setup.customer_id)
    spend(taken, token, on=setup.id)
    return await _set_up(call, params, setup=setup, taken=taken, stored=True)


@route("POST", "/v1/setup_intents/{id}/cancel", Cancel)
async def cancel(call: Call, params: Cancel, setup_id: str) -> Decided:
    """Give the setup up."""
    canceled, unit = await setting.canceling(
        call.payments,
        await _the_setup(call, setup_id),
        reason=params.cancellation_reason,
        request_id=call.request_id,
        idempotency_key=call.idempotency_key,
    )
    return Decided(wire.setup_intent(canceled), unit)


@route("GET", "/v1/setup_attempts", Attempts)
async def attempts(call: Call, params: Attempts) -> Object:
    """The tries of one setup, newest first."""
    setup = await _the_setup(call, params.setup_intent, param="setup_intent")
    where = {"account_id": call.account.id, "setup_id": setup.id}
    return await page(call, SetupAttempt, params, where=where, show=wire.setup_attempt)


async def _set_up(
    call: Call, params: Create | Confirm, *, setup: SetupIntent, taken: Taken, stored: bool
) -> Answered:
    options = params.payment_method_options
    if stored and options:
        setup = msgspec.structs.replace(setup, payment_method_options=_kept(options))
    wanted = (setup.payment_method_options or {}).get("card") or {}
    keep = StepKeep(call, render=_shown, encode=encode)
    done = await setting.confirm(
        call.payments,
        setup=setup,
        method=taken.method,
        return_url=params.return_url or None,
        force_challenge=wanted.get("request_three_d_secure", "automatic") != "automatic",
        request_id=call.request_id,
        idempotency_key=call.idempotency_key,
        keep=keep,
        stored=stored,
        also=tuple(record for _, record in taken.unit.puts),
        acceptance=_acceptance(call, params.mandate_data),
    )
    if keep.answer is None:  # the challenge that was open had been passed: that setup stands
        status, obj, fresh = await _shown(done)
        return Answered(status, await encode(call, obj, fresh=fresh))
    return keep.answer


def _acceptance(call: Call, data: MandateData | None) -> dict[str, Any] | None:
    """How the holder agreed, as the mandate keeps it."""
    if data is None:
        return None
    told, head = data.customer_acceptance, "mandate_data[customer_acceptance]"
    if told.accepted_at is not None and not 0 < told.accepted_at <= call.now.timestamp() + 300:
        raise BadRequest("Invalid timestamp: not in the past.", param=f"{head}[accepted_at]")
    other = "offline" if told.type == "online" else "online"
    if getattr(told, other) is not None:
        raise BadRequest(f"You passed {other} for an {told.type} acceptance.", param=head)
    if told.type == "offline":
        return mandates.acceptance(call.payments.config, type="offline", at=told.accepted_at)
    if told.online is None:
        raise BadRequest(
            f"Missing required param: {head}[online].",
            code="parameter_missing",
            param=f"{head}[online]",
        )
    try:
        ip_address(told.online.ip_address)
    except ValueError:
        raise BadRequest("Not an IP address.", param=f"{head}[online][ip_address]") from None
    return mandates.acceptance(
        call.payments.config,
        type="online",
        at=told.accepted_at or int(call.now.timestamp()),
        ip=told.online.ip_address,
        agent=told.online.user_agent,
    )


async def _new_terms(call: Call, params: Update, *, old: SetupIntent, unit: Unit) -> dict[str, Any]:
    change: dict[str, Any] = {}
    customer_id = old.customer_id
    if params.customer:
        customer_id = (await the_customer(call, params.customer, param="customer")).id
        change["customer_id"] = customer_id
    if params.payment_method_types is not None:
        change["payment_method_types"] = _types(params.payment_method_types)
    if params.payment_method_options is not None:
        change["payment_method_options"] = _kept(params.payment_method_options)
    taken = await _method(call, params)
    if taken is not None:
        _check(taken, customer_id=customer_id)
        unit.puts += taken.unit.puts
        change["payment_method_id"] = taken.method.id
        change["status"] = SetupIntentStatus.REQUIRES_CONFIRMATION
    return change


async def _method(call: Call, params: Setting) -> Taken | None:
    if params.payment_method_data is not None:
        return await fields.new_method(
            call, params.payment_method_data, within="payment_method_data"
        )
    if params.payment_method:
        return await chosen(call.payments, call.account.id, params.payment_method)
    return None


def _check(taken: Taken, *, customer_id: str | None) -> None:
    if taken.method.type != "card":
        raise BadRequest(
            f"A payment method of type {taken.method.type} can't be set up: its holder approves"
            " each payment.",
            code="setup_intent_invalid_parameter",
            param="payment_method",
        )
    fields.owned_by(unspent(taken.method), customer_id)


def _types(given: list[str] | None) -> list[str]:
    if given is None or given == ["card"]:
        return ["card"]
    raise BadRequest(
        "Only the payment method type card can be set up.",
        code="setup_intent_invalid_parameter",
        param="payment_method_types",
    )


def _kept(options: MethodOptions | None) -> dict[str, Any] | None:
    if options is None or options.card is None:
        return None
    return {"card": msgspec.structs.asdict(options.card)}


def _no_method(setup: SetupIntent | None = None) -> BadRequest:
    return BadRequest(
        "You cannot confirm this SetupIntent because it's missing a payment method. Update it with"
        " one and confirm it again, or pass one when you confirm it.",
        code="setup_intent_unexpected_state",
        setup_intent=wire.setup_intent(setup) if setup else None,
    )


async def _shown(done: Set) -> tuple[int, Object, tuple[Object, ...]]:
    if done.refusal is not None:
        return done.refusal.status, done.refusal.body(), ()
    fresh = [wire.setup_attempt(done.attempt), accounts_wire.payment_method(done.method)]
    if done.mandate is not None:
        fresh.append(wire.mandate(done.mandate))
    return 200, wire.setup_intent(done.setup), tuple(fresh)


async def _the_setup(call: Call, setup_id: str, *, param: str = "intent") -> SetupIntent:
    found = await store.get(call.payments.pool, SetupIntent, setup_id, account_id=call.account.id)
    if found is None:
        raise NotFound.of("setupintent", setup_id, param=param)
    return found
