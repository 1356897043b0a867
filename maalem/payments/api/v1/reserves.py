"""/v1/reserves and /v1/reserve_rules: what is kept back of an account's money, why, and till when.

Not Stripe's: there a reserve is announced by e-mail. Here it has a published rule and an end.
"""

import msgspec

from maalem.payments import store
from maalem.payments.api import fields
from maalem.payments.api.bank_accounts import join
from maalem.payments.api.call import Call, Decided, NoParams, Object
from maalem.payments.api.lists import ListParams, page
from maalem.payments.api.routes import route
from maalem.payments.errors import Forbidden, NotFound
from maalem.payments.settlement import reserve_rules, reserves, wire
from maalem.payments.settlement.records import Reserve, Rule
from maalem.payments.units import Unit


class Create(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    rule: str
    currency: str


@route("POST", "/v1/reserves", Create)
async def create(call: Call, params: Create) -> Decided:
    """Keep back a rule's share of what a connected account has available."""
    if not call.caller.on_behalf:
        raise Forbidden("A platform keeps back the money of its connected accounts only.")
    kept = await reserves.hold(
        call.payments,
        account=call.account,
        rule_id=params.rule,
        currency=fields.currency(params.currency),
    )
    unit = Unit()
    join(call, unit, kept.unit)
    return Decided(wire.reserve(kept.reserve), unit)


@route("GET", "/v1/reserves/{id}")
async def retrieve(call: Call, params: NoParams, reserve_id: str) -> Object:
    """One reserve of the account's."""
    found = await store.get(call.payments.pool, Reserve, reserve_id, account_id=call.account.id)
    if found is None:
        raise NotFound.of("reserve", reserve_id)
    return wire.reserve(found)


@route("GET", "/v1/reserves", ListParams)
async def listing(call: Call, params: ListParams) -> Object:
    """The account's reserves, newest first."""
    return await page(
        call, Reserve, params, where={"account_id": call.account.id}, show=wire.reserve
    )


@route("GET", "/v1/reserve_rules")
async def rules(call: Call, params: NoParams) -> Object:
    """The rules by which money may be kept back, withdrawn ones too: they are few."""
    found = await store.select(call.payments.pool, Rule, "true ORDER BY id")
    when = await reserve_rules.conditions(call.payments.pool)
    return {
        "object": "list",
        "url": call.path,
        "has_more": False,
        "data": [wire.rule(one, when[one.id]) for one in found],
    }
