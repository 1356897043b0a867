"""/v1/radar/rules (ours): which payments are blocked, proved, reviewed or let through, as data.

Stripe's rules are written in a language of their own and in its dashboard only. Ours are lists of
conditions, all of which have to be met; each change is a version with its day and who made it.
"""

from datetime import datetime
from typing import Any, Literal

import msgspec

from maalem.kit.ids import new_id
from maalem.payments import store
from maalem.payments.accounts import officers
from maalem.payments.api.call import Call, Decided, NoParams, Object
from maalem.payments.api.lists import ListParams, moment, page
from maalem.payments.api.routes import route
from maalem.payments.errors import BadRequest, NotFound, Refused
from maalem.payments.records import changed, read
from maalem.payments.risk import wire
from maalem.payments.risk.decide import WrongTerm, checked
from maalem.payments.risk.records import Rule, Term, ValueList
from maalem.payments.units import Unit

TERMS_MAX, RULES_MAX = 10, 200
Action = Literal["allow", "block", "challenge", "review"]


class Condition(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One comparison; see docs/risk.md for the facts and comparators."""

    fact: str
    is_: str = msgspec.field(name="is")
    value: str | list[str]
    per: str | None = None
    count: str | None = None
    window_h: int | None = None


class Create(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    action: Action
    conditions: list[Condition]
    reason: str
    valid_from: int | None = None
    valid_until: int | None = None


class Update(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    action: Action | None = None
    conditions: list[Condition] | None = None
    reason: str | None = None
    valid_until: int | None = None


class Listing(ListParams, forbid_unknown_fields=True, kw_only=True):
    action: Action | None = None


@route("POST", "/v1/radar/rules", Create)
async def create(call: Call, params: Create) -> Decided:
    """A rule, in force from `valid_from` (now) on."""
    count = await call.payments.pool.fetchval(
        "SELECT count(*) FROM risk_rules WHERE account_id = $1"
        " AND (valid_until IS NULL OR valid_until > now())",
        call.account.id,
    )
    if count >= RULES_MAX:
        raise Refused(f"An account has at most {RULES_MAX} rules in force.")
    start = _at(params.valid_from, param="valid_from") or call.now
    if start < call.now:
        raise BadRequest("A rule can't start in the past.", param="valid_from")
    new = Rule(
        id=new_id("rule"),
        account_id=call.account.id,
        action=params.action,
        conditions=await _conditions(call, params.conditions),
        reason=_reason(params.reason),
        valid_from=start,
        valid_until=_end(params.valid_until, after=start),
        changed_by=await officers.author(call.payments.pool, call.caller.key),
        changed_at=call.now,
        created_at=call.now,
    )
    call.payments.risk.changing()
    return Decided(wire.rule(new), Unit().put(new))


@route("GET", "/v1/radar/rules/{id}")
async def retrieve(call: Call, params: NoParams, rule_id: str) -> Object:
    """A rule as it is now."""
    return wire.rule(await _the_rule(call, rule_id))


@route("GET", "/v1/radar/rules", Listing)
async def listing(call: Call, params: Listing) -> Object:
    """The account's rules, newest first; those that have ended too."""
    where = {"account_id": call.account.id, "action": params.action}
    return await page(call, Rule, params, where=where, show=wire.rule)


@route("POST", "/v1/radar/rules/{id}", Update)
async def update(call: Call, params: Update, rule_id: str) -> Decided:
    """The rule's next version, from now on."""
    old = await _in_force(call, rule_id)
    change: dict[str, Any] = {}
    if params.action is not None:
        change["action"] = params.action
    if params.conditions is not None:
        change["conditions"] = await _conditions(call, params.conditions)
    if params.reason is not None:
        change["reason"] = _reason(params.reason)
    if params.valid_until is not None:
        change["valid_until"] = _end(params.valid_until, after=max(call.now, old.valid_from))
    return await _next(call, old, **change)


@route("POST", "/v1/radar/rules/{id}/end")
async def end(call: Call, params: NoParams, rule_id: str) -> Decided:
    """The rule counts no more. It stays to be read, for the payments that it decided."""
    old = await _in_force(call, rule_id)
    return await _next(call, old, valid_until=max(call.now, old.valid_from))


@route("GET", "/v1/radar/rules/{id}/versions")
async def versions(call: Call, params: NoParams, rule_id: str) -> Object:
    """Every version of a rule, the newest first: what it said, since when, and who wrote it."""
    await _the_rule(call, rule_id)
    rows = await call.payments.pool.fetch(
        "SELECT * FROM risk_rule_versions WHERE id = $1 ORDER BY version DESC", rule_id
    )
    data = [wire.rule(read(Rule, row)) for row in rows]
    return {"object": "list", "url": call.path, "has_more": False, "data": data}


async def _next(call: Call, old: Rule, /, **change: Any) -> Decided:
    by = await officers.author(call.payments.pool, call.caller.key)
    new = changed(old, changed_by=by, changed_at=call.now, **change)
    call.payments.risk.changing()
    return Decided(wire.rule(new), Unit().put(new))


async def _the_rule(call: Call, rule_id: str) -> Rule:
    found = await store.get(call.payments.pool, Rule, rule_id, account_id=call.account.id)
    if found is None:
        raise NotFound.of("rule", rule_id)
    return found


async def _in_force(call: Call, rule_id: str) -> Rule:
    found = await _the_rule(call, rule_id)
    if found.valid_until is not None and found.valid_until <= call.now:
        raise Refused("This rule has ended. Make another one.")
    return found


async def _conditions(call: Call, given: list[Condition]) -> list[dict[str, Any]]:
    if not 1 <= len(given) <= TERMS_MAX:
        raise BadRequest(f"A rule has 1 to {TERMS_MAX} conditions.", param="conditions")
    terms = []
    for place, one in enumerate(given):
        term = Term(**{name: getattr(one, name) for name in one.__struct_fields__})
        try:
            term = checked(term)
        except WrongTerm as wrong:
            raise BadRequest(
                f"Invalid condition: {wrong.field} {wrong.why}.",
                param=f"conditions[{place}][{wrong.field}]",
            ) from None
        if term.is_ in ("in_list", "not_in_list"):
            await _own_list(call, term, place=place)
        terms.append(term)
    amounts = any(term.fact == "amount" or term.count == "amount" for term in terms)
    if amounts and not any(term.fact == "currency" and term.is_ == "is" for term in terms):
        raise BadRequest(
            "A rule about amounts says their currency: add a condition such as currency is mad.",
            param="conditions",
        )
    kept: list[dict[str, Any]] = msgspec.to_builtins(terms)
    return kept


async def _own_list(call: Call, term: Term, *, place: int) -> None:
    found = await store.get(
        call.payments.pool, ValueList, str(term.value), account_id=call.account.id
    )
    if found is None or found.deleted:
        raise NotFound.of("value_list", str(term.value), param=f"conditions[{place}][value]")


def _reason(text: str) -> str:
    if not 1 <= len(text.strip()) <= 500:
        raise BadRequest("Say why, in 1 to 500 letters: it stands on each payment.", param="reason")
    return text.strip()


def _at(seconds: int | None, *, param: str) -> datetime | None:
    return None if seconds is None else moment(seconds, param=param)


def _end(seconds: int | None, *, after: datetime) -> datetime | None:
    found = _at(seconds, param="valid_until")
    if found is not None and found < after:
        raise BadRequest("A rule ends after it starts, and not in the past.", param="valid_until")
    return found
