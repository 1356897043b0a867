"""/v1/events: what happened, for whoever missed the delivery."""

from collections.abc import Callable

import msgspec

from maalem.payments import store
from maalem.payments.api.call import Call, Decided, NoParams, Object
from maalem.payments.api.lists import ListParams, page
from maalem.payments.api.routes import route
from maalem.payments.api.v1.webhook_deliveries import retry as sent_again
from maalem.payments.errors import BadRequest, NotFound
from maalem.payments.events import wire
from maalem.payments.events.wire import EventRow


class Listing(ListParams, forbid_unknown_fields=True, kw_only=True):
    type: str | None = None
    types: list[str] | None = None
    delivery_success: bool | None = None


class Retry(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    webhook_endpoint: str


@route("GET", "/v1/events/{id}")
async def retrieve(call: Call, params: NoParams, event_id: str) -> Object:
    """One event, as it was delivered."""
    found = await store.get(call.payments.pool, EventRow, event_id, account_id=call.account.id)
    if found is None:
        raise NotFound.of("event", event_id)
    return _shown(call)(found)


@route("GET", "/v1/events", Listing)
async def listing(call: Call, params: Listing) -> Object:
    """The account's events, newest first."""
    if params.type and params.types:
        raise BadRequest("You cannot give both type and types.", param="types")
    types = params.types or ([params.type] if params.type else None)
    where = {"account_id": call.account.id, "type": types}
    # Whoever is still to hear of it, or was given up, has a row.
    unheard = "EXISTS (SELECT FROM event_deliveries d WHERE d.event_id = events_shown.id) ="
    success = params.delivery_success
    bounds = [] if success is None else [(unheard, not success)]
    return await page(call, EventRow, params, where=where, show=_shown(call), bounds=bounds)


@route("POST", "/v1/events/{id}/retry", Retry)
async def retry(call: Call, params: Retry, event_id: str) -> Decided:
    """Send the event to one endpoint again, now."""
    event = await retrieve(call, NoParams(), event_id)
    return Decided(event, await sent_again(call, event_id, params.webhook_endpoint))


def _shown(call: Call) -> Callable[[EventRow], Object]:
    """A platform that reads in a connected account's name is told whose events they are."""
    account = call.account.id if call.caller.on_behalf else None
    return lambda row: wire.event(row, account=account)
