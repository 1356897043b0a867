"""/v1/reviews: payments that went through, and that a person should look at."""

from maalem.payments import store
from maalem.payments.accounts import officers
from maalem.payments.acquiring.risks import close
from maalem.payments.api.call import Call, Decided, NoParams, Object
from maalem.payments.api.lists import ListParams, page
from maalem.payments.api.routes import route
from maalem.payments.errors import NotFound, Refused
from maalem.payments.risk import wire
from maalem.payments.risk.records import Review
from maalem.payments.units import Unit


@route("GET", "/v1/reviews/{id}")
async def retrieve(call: Call, params: NoParams, review_id: str) -> Object:
    """A review, open or closed."""
    return wire.review(await _the_review(call, review_id))


@route("GET", "/v1/reviews", ListParams)
async def listing(call: Call, params: ListParams) -> Object:
    """The queue: the account's open reviews, newest first."""
    where = {"account_id": call.account.id, "open": True}
    return await page(call, Review, params, where=where, show=wire.review)


@route("POST", "/v1/reviews/{id}/approve")
async def approve(call: Call, params: NoParams, review_id: str) -> Decided:
    """The payment is good: close its review."""
    old = await _the_review(call, review_id)
    if not old.open:
        raise Refused(f"This review is closed already: {old.closed_reason}.")
    unit = Unit()
    by = await officers.author(call.payments.pool, call.caller.key)
    closed = close(unit, old, why="approved", by=by, now=call.now)
    return Decided(wire.review(closed), unit)


async def _the_review(call: Call, review_id: str) -> Review:
    found = await store.get(call.payments.pool, Review, review_id, account_id=call.account.id)
    if found is None:
        raise NotFound.of("review", review_id)
    return found
