"""/v1/balance and /v1/balance_transactions"""

from typing import Any

from maalem.payments import store
from maalem.payments.api.call import Call, NoParams, Object
from maalem.payments.api.lists import ListParams, page
from maalem.payments.api.routes import route
from maalem.payments.errors import BadRequest, NotFound
from maalem.payments.ledger import balances, wire
from maalem.payments.ledger.records import BalanceTransaction
from maalem.payments.settlement.records import Payout

_CARRIED = "payout_of_line(balance_transactions)"


class Listing(ListParams, forbid_unknown_fields=True, kw_only=True):
    type: str | None = None
    source: str | None = None
    payout: str | None = None
    currency: str | None = None


@route("GET", "/v1/balance")
async def retrieve(call: Call, params: NoParams) -> Object:
    """What the account has, pending and available."""
    has = await balances.balance(call.payments.pool, call.account.id)
    return wire.balance(has)


@route("GET", "/v1/balance_transactions/{id}")
async def retrieve_line(call: Call, params: NoParams, line_id: str) -> Object:
    """One movement of the balance."""
    found = await store.get(
        call.payments.pool, BalanceTransaction, line_id, account_id=call.account.id
    )
    if found is None:
        raise NotFound.of("balance transaction", line_id)
    return wire.balance_transaction(found)


@route("GET", "/v1/balance_transactions", Listing)
async def listing(call: Call, params: Listing) -> Object:
    """The movements of the balance, newest first; with `payout`, what a scheduled one carried."""
    where = {
        "account_id": call.account.id,
        "type": params.type,
        "source_id": params.source,
        "currency": params.currency,
    }
    bounds = await _carried(call, params.payout) if params.payout is not None else []
    return await page(
        call,
        BalanceTransaction,
        params,
        where=where,
        show=wire.balance_transaction,
        bounds=bounds,
    )


async def _carried(call: Call, payout_id: str) -> list[tuple[str, Any]]:
    """The lines of one payout. One by hand takes a sum and no lines, and is refused."""
    payout = await store.get(call.payments.pool, Payout, payout_id, account_id=call.account.id)
    if payout is None:
        raise NotFound.of("payout", payout_id, param="payout")
    if not payout.automatic:
        raise BadRequest(
            "Balance transaction history can only be filtered on automatic payouts, not manual.",
            param="payout",
        )
    return [("created_at <=", payout.created_at), (f"{_CARRIED} =", payout.id)]
