"""/v1/radar/early_fraud_warnings: payments that an issuer called fraud before any dispute."""

from maalem.payments import store
from maalem.payments.acquiring.disputes import wire
from maalem.payments.acquiring.disputes.records import FraudWarning
from maalem.payments.acquiring.records import Charge
from maalem.payments.api.call import Call, NoParams, Object
from maalem.payments.api.expand import loader
from maalem.payments.api.lists import ListParams, page
from maalem.payments.api.routes import route
from maalem.payments.errors import NotFound

_RESOURCE = "early_fraud_warning"


class Listing(ListParams, forbid_unknown_fields=True, kw_only=True):
    charge: str | None = None
    payment_intent: str | None = None


@route("GET", "/v1/radar/early_fraud_warnings/{id}", resource=_RESOURCE)
async def retrieve(call: Call, params: NoParams, warning_id: str) -> Object:
    """A warning."""
    found = await store.get(
        call.payments.pool, FraudWarning, warning_id, account_id=call.account.id
    )
    if found is None:
        raise NotFound.of("early fraud warning", warning_id, param="early_fraud_warning")
    return (await _shown(call, [found]))[0]


@route("GET", "/v1/radar/early_fraud_warnings", Listing, resource=_RESOURCE)
async def listing(call: Call, params: Listing) -> Object:
    """The account's warnings, newest first."""
    where = {
        "account_id": call.account.id,
        "charge_id": params.charge,
        "intent_id": params.payment_intent,
    }
    answer = await page(call, FraudWarning, params, where=where, show=lambda found: {"is": found})
    return {**answer, "data": await _shown(call, [item["is"] for item in answer["data"]])}


async def _shown(call: Call, found: list[FraudWarning]) -> list[Object]:
    ids = [warning.charge_id for warning in found]
    charges = await store.select(call.payments.pool, Charge, "id = ANY ($1)", ids)
    by_id = {charge.id: charge for charge in charges}
    return [wire.warning(warning, charge=by_id[warning.charge_id]) for warning in found]


@loader("issfr")
async def _expand(call: Call, warning_id: str) -> Object | None:
    try:
        return await retrieve(call, NoParams(), warning_id)
    except NotFound:
        return None
