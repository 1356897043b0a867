"""`/v1/webhook_endpoints`: where a merchant hears of what happens."""

from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import urlsplit

from msgspec import Meta, Struct

from maalem.kit.ids import new_id, secret
from maalem.payments import store
from maalem.payments.api import lists
from maalem.payments.api.call import Call, Decided, NoParams, Object
from maalem.payments.api.metadata import merged
from maalem.payments.api.routes import route
from maalem.payments.errors import BadRequest, NotFound, Refused
from maalem.payments.events import signing
from maalem.payments.events.outbox import API_VERSION
from maalem.payments.events.records import Endpoint
from maalem.payments.events.types import EVENT_TYPES
from maalem.payments.events.wire import endpoint as endpoint_wire
from maalem.payments.records import changed
from maalem.payments.units import Unit

ENDPOINTS_MAX = 16
WITHHELD = "A secret is shown once, in the first answer. If that was lost, roll the secret."

Events = Annotated[list[Annotated[str, Meta(max_length=100)]], Meta(min_length=1, max_length=200)]
Url = Annotated[str, Meta(max_length=2_048)]
Text = Annotated[str, Meta(max_length=5_000)]


class CreateEndpoint(Struct, kw_only=True, forbid_unknown_fields=True):
    url: Url
    enabled_events: Events
    api_version: Annotated[str, Meta(max_length=40)] | None = None
    connect: bool = False
    description: Text | None = None
    metadata: dict[str, str] | str | None = None


class RollSecret(Struct, kw_only=True, forbid_unknown_fields=True):
    """`expires_in`: seconds for which the old secret signs as well."""

    expires_in: int = 0


class UpdateEndpoint(Struct, kw_only=True, forbid_unknown_fields=True):
    url: Url | None = None
    enabled_events: Events | None = None
    disabled: bool | None = None
    description: Text | None = None
    metadata: dict[str, str] | str | None = None


@route("POST", "/v1/webhook_endpoints", CreateEndpoint)
async def create(call: Call, params: CreateEndpoint) -> Decided:
    """A new endpoint. Its secret is in this answer and in no later one."""
    count = await call.payments.pool.fetchval(
        "SELECT count(*) FROM webhook_endpoints WHERE account_id = $1 AND NOT deleted",
        call.account.id,
    )
    if count >= ENDPOINTS_MAX:
        raise BadRequest(f"You have reached the maximum of {ENDPOINTS_MAX} webhook endpoints.")
    clear = secret(signing.CLEAR)
    papers = call.payments.vault.papers
    endpoint = Endpoint(
        id=new_id("we"),
        account_id=call.account.id,
        url=_url(params.url),
        secret=await signing.sealed(papers, clear, account_id=call.account.id),
        enabled_events=_events(params.enabled_events),
        connect=params.connect,
        api_version=_version(params.api_version),
        description=params.description,
        metadata=merged({}, params.metadata),
        created_at=call.now,
    )
    return with_secret(endpoint, clear=clear)


@route("GET", "/v1/webhook_endpoints/{endpoint}")
async def retrieve(call: Call, params: NoParams, endpoint_id: str) -> Object:
    """One endpoint, without its secret."""
    return endpoint_wire(await own(call, endpoint_id))


@route("POST", "/v1/webhook_endpoints/{endpoint}", UpdateEndpoint)
async def update(call: Call, params: UpdateEndpoint, endpoint_id: str) -> Decided:
    """Change its address, its events, or switch it off and on."""
    endpoint = await own(call, endpoint_id)
    fields: dict[str, Any] = {"metadata": merged(endpoint.metadata, params.metadata)}
    if params.url is not None:
        fields["url"] = _url(params.url)
    if params.enabled_events is not None:
        fields["enabled_events"] = _events(params.enabled_events)
    if params.disabled:
        _theirs(endpoint)
    if params.disabled is not None:
        fields["status"] = "disabled" if params.disabled else "enabled"
        fields["disabled_by"] = "owner" if params.disabled else None
        if not params.disabled and endpoint.status == "disabled":
            fields["enabled_at"] = call.now
    if params.description is not None:
        fields["description"] = params.description or None
    after = changed(endpoint, **fields)
    return Decided(endpoint_wire(after), Unit().put(after))


@route("DELETE", "/v1/webhook_endpoints/{endpoint}")
async def delete(call: Call, params: NoParams, endpoint_id: str) -> Decided:
    """Forget the endpoint; what it was still to hear of is not sent."""
    endpoint = _theirs(await own(call, endpoint_id))
    ended = changed(
        endpoint,
        deleted=True,
        status="disabled",
        disabled_by="owner",
        previous_secret=None,
        previous_until=None,
    )
    unit = Unit().put(ended)
    return Decided({"id": endpoint.id, "object": "webhook_endpoint", "deleted": True}, unit)


@route("GET", "/v1/webhook_endpoints", lists.ListParams)
async def list_all(call: Call, params: lists.ListParams) -> Object:
    """The account's endpoints, newest first."""
    return await lists.page(
        call,
        Endpoint,
        params,
        where={"account_id": call.account.id, "deleted": False},
        show=endpoint_wire,
    )


@route("POST", "/v1/webhook_endpoints/{endpoint}/roll_secret", RollSecret)
async def roll_secret(call: Call, params: RollSecret, endpoint_id: str) -> Decided:
    """A new secret in the place of the old one, which signs beside it for as long as is asked.

    Not Stripe's: there it is done in the dashboard.
    """
    if not 0 <= params.expires_in <= signing.OVERLAP_MAX.total_seconds():
        raise BadRequest(
            f"A rolled secret may live on for 0 to {signing.OVERLAP_MAX.days} days.",
            param="expires_in",
        )
    lives_on = timedelta(seconds=params.expires_in)
    endpoint = _theirs(await own(call, endpoint_id))
    clear = secret(signing.CLEAR)
    fresh = await signing.sealed(call.payments.vault.papers, clear, account_id=call.account.id)
    return with_secret(signing.rolled(endpoint, fresh, at=call.now, lives_on=lives_on), clear=clear)


def _theirs(endpoint: Endpoint) -> Endpoint:
    """An endpoint that its account may do away with: the shop would go deaf without its own."""
    if endpoint.origin == "installation":
        raise Refused(
            "This endpoint is the installation's own: MAALEM_STRIPE_WEBHOOK_SECRET sets its"
            " secret, and it is neither switched off nor deleted.",
            code="webhook_endpoint_in_settings",
        )
    return endpoint


def with_secret(endpoint: Endpoint, *, clear: str) -> Decided:
    """The answer that shows a secret, and is kept without it."""
    return Decided(
        {**endpoint_wire(endpoint), "secret": None, "secret_withheld": WITHHELD},
        Unit().put(endpoint),
        once={"secret": clear, "secret_withheld": None},
    )


def _url(text: str) -> str:
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and parts.hostname and not parts.username
        usable = usable and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable:
        raise BadRequest(
            "Invalid URL: an endpoint begins with http:// or https://.",
            code="url_invalid",
            param="url",
        )
    return text


def _events(names: list[str]) -> list[str]:
    for place, name in enumerate(names):
        if name != "*" and name not in EVENT_TYPES:
            raise BadRequest(
                f"There is no event '{name}': nothing of that name is ever told. Ask for events"
                " by their whole names, such as 'charge.succeeded', or for all of them by '*'.",
                param=f"enabled_events[{place}]",
            )
    return list(dict.fromkeys(names))


def _version(given: str | None) -> str | None:
    if given is not None and given != API_VERSION:
        raise BadRequest(
            f"Events are written in version {API_VERSION} alone: '{given}' can't be asked for."
            " Leave api_version out.",
            param="api_version",
        )
    return given


async def own(call: Call, endpoint_id: str) -> Endpoint:
    """The caller's endpoint, or `NotFound`."""
    endpoint = await store.get(
        call.payments.pool, Endpoint, endpoint_id, account_id=call.account.id
    )
    if endpoint is None or endpoint.deleted:
        raise NotFound.of("webhook_endpoint", endpoint_id, param="webhook_endpoint")
    return endpoint
