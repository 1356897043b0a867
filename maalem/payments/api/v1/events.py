"""/v1/events: what happened, for whoever missed the delivery."""

from typing import Any

from maalem.payments import store
from maalem.payments.api.call import Call, NoParams, Object
from maalem.payments.api.lists import ListParams, page
from maalem.payments.api.routes import route
from maalem.payments.errors import BadRequest, NotFound
from maalem.payments.events import wire
from maalem.payments.events.wire import EventRow


class Listing(ListParams, forbid_unknown_fields=True, kw_only=True):
    type: str | None = None
    types: list[str] | None = None


@route("GET", "/v1/events/{id}")
async def retrieve(call: Call, params: NoParams, event_id: str) -> Object:
    """One event, as it was delivered."""
    found = await store.get(call.payments.pool, EventRow, event_id)
    owner = _owner(call)
    if found is None or any(getattr(found, name) != value for name, value in owner.items()):
        raise NotFound.of("event", event_id)
    return wire.event(found)


@route("GET", "/v1/events", Listing)
async def listing(call: Call, params: Listing) -> Object:
    """The account's events, newest first."""
    if params.type and params.types:
        raise BadRequest("You cannot give both type and types.", param="types")
    types = params.types or ([params.type] if params.type else None)
    where = {**_owner(call), "type": types}
    return await page(call, EventRow, params, where=where, show=wire.event)


def _owner(call: Call) -> dict[str, Any]:
    """Whose events: those of a connected account are read in its name."""
    if call.caller.on_behalf:
        return {"connected_account_id": call.account.id}
    return {"account_id": call.account.id, "on_behalf": False}
