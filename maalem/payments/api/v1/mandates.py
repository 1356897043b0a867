"""/v1/mandates: how a card's holder agreed to payments without her."""

from maalem.payments import store
from maalem.payments.acquiring.setup import wire
from maalem.payments.acquiring.setup.mandates import online_of
from maalem.payments.acquiring.setup.records import Mandate
from maalem.payments.api.call import Call, NoParams, Object
from maalem.payments.api.routes import route
from maalem.payments.errors import NotFound


@route("GET", "/v1/mandates/{id}")
async def retrieve(call: Call, params: NoParams, mandate_id: str) -> Object:
    """A mandate. It is made by a setup for later payments, and ends when the card is taken away."""
    found = await store.get(call.payments.pool, Mandate, mandate_id, account_id=call.account.id)
    if found is None:
        raise NotFound.of("mandate", mandate_id, param="mandate")
    return wire.mandate(found, online=online_of(found, call.payments.config))
