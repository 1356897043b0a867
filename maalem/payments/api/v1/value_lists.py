"""/v1/radar/value_lists and /v1/radar/value_list_items: who is let through, who is kept out."""

import re
from typing import Literal

import msgspec

from maalem.kit.ids import new_id
from maalem.payments import store
from maalem.payments.api.call import Call, Decided, NoParams, Object
from maalem.payments.api.lists import ListParams, page
from maalem.payments.api.metadata import merged
from maalem.payments.api.routes import route
from maalem.payments.errors import BadRequest, NotFound, Refused
from maalem.payments.records import changed
from maalem.payments.risk import wire
from maalem.payments.risk.records import ValueList, ValueListItem
from maalem.payments.units import Unit

VALUE_MAX = 800
_ALIAS = re.compile(r"[a-z0-9_]{1,100}")
_SHAPES = {
    "country": re.compile(r"[A-Z]{2}"),
    "customer_id": re.compile(r"cus_[0-9a-z_]+"),
    "email": re.compile(r"[^@\s]+@[^@\s]+"),
}
ItemType = Literal[
    "card_fingerprint", "case_sensitive_string", "country", "customer_id", "email", "string"
]


class Create(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    alias: str
    name: str
    item_type: ItemType = "string"
    metadata: dict[str, str] | str | None = None


class Update(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    alias: str | None = None
    name: str | None = None
    metadata: dict[str, str] | str | None = None


class Listing(ListParams, forbid_unknown_fields=True, kw_only=True):
    alias: str | None = None


class NewItem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    value_list: str
    value: str


class Items(ListParams, forbid_unknown_fields=True, kw_only=True):
    value_list: str
    value: str | None = None


@route("POST", "/v1/radar/value_lists", Create)
async def create(call: Call, params: Create) -> Decided:
    """An empty list."""
    new = ValueList(
        id=new_id("rsl"),
        account_id=call.account.id,
        alias=_alias(params.alias),
        name=_name(params.name),
        item_type=params.item_type,
        created_by=call.caller.key.hint,
        metadata=merged({}, params.metadata),
        created_at=call.now,
    )
    return Decided(wire.value_list(new), Unit().put(new))


@route("GET", "/v1/radar/value_lists/{id}")
async def retrieve(call: Call, params: NoParams, list_id: str) -> Object:
    """A list with its newest items."""
    found = await _the_list(call, list_id)
    items = await store.select(
        call.payments.pool,
        ValueListItem,
        "list_id = $1 AND NOT deleted ORDER BY id DESC LIMIT 11",
        found.id,
    )
    return wire.value_list(found, items)


@route("GET", "/v1/radar/value_lists", Listing)
async def listing(call: Call, params: Listing) -> Object:
    """The account's lists, newest first."""
    where = {"account_id": call.account.id, "deleted": False, "alias": params.alias}
    return await page(call, ValueList, params, where=where, show=wire.value_list)


@route("POST", "/v1/radar/value_lists/{id}", Update)
async def update(call: Call, params: Update, list_id: str) -> Decided:
    """Its names; what kind of values it holds stays."""
    merged({}, params.metadata)  # what is wrong in itself is said before who may see the list
    old = await _the_list(call, list_id)
    new = changed(
        old,
        alias=old.alias if params.alias is None else _alias(params.alias),
        name=old.name if params.name is None else _name(params.name),
        metadata=merged(old.metadata, params.metadata),
    )
    return Decided(wire.value_list(new), Unit().put(new))


@route("DELETE", "/v1/radar/value_lists/{id}")
async def delete(call: Call, params: NoParams, list_id: str) -> Decided:
    """Only a list that no rule in force asks for."""
    old = await _the_list(call, list_id)
    asked = await call.payments.pool.fetchval(
        "SELECT id FROM risk_rules WHERE account_id = $1"
        " AND (valid_until IS NULL OR valid_until > $3)"
        " AND conditions @> jsonb_build_array(jsonb_build_object('value', $2::text))",
        call.account.id,
        old.id,
        call.now,
    )
    if asked is not None:
        raise Refused(f"The rule {asked} looks into this list: end the rule first.")
    new = changed(old, deleted=True)
    call.payments.risk.changing()
    return Decided(wire.value_list(new), Unit().put(new))


@route("POST", "/v1/radar/value_list_items", NewItem)
async def add_item(call: Call, params: NewItem) -> Decided:
    """A value; payments are held against it from now on."""
    home = await _the_list(call, params.value_list, param="value_list")
    new = ValueListItem(
        id=new_id("rsli"),
        account_id=call.account.id,
        list_id=home.id,
        value=_value(params.value, item_type=home.item_type),
        created_by=call.caller.key.hint,
        created_at=call.now,
    )
    call.payments.risk.changing()
    return Decided(wire.value_list_item(new), Unit().put(new))


@route("GET", "/v1/radar/value_list_items/{id}")
async def retrieve_item(call: Call, params: NoParams, item_id: str) -> Object:
    """A value of a list."""
    return wire.value_list_item(await _the_item(call, item_id))


@route("GET", "/v1/radar/value_list_items", Items)
async def list_items(call: Call, params: Items) -> Object:
    """A list's values, newest first."""
    home = await _the_list(call, params.value_list, param="value_list")
    where = {
        "account_id": call.account.id,
        "list_id": home.id,
        "deleted": False,
        "value": params.value,
    }
    return await page(call, ValueListItem, params, where=where, show=wire.value_list_item)


@route("DELETE", "/v1/radar/value_list_items/{id}")
async def delete_item(call: Call, params: NoParams, item_id: str) -> Decided:
    """Take a value off its list."""
    new = changed(await _the_item(call, item_id), deleted=True)
    call.payments.risk.changing()
    return Decided(wire.value_list_item(new), Unit().put(new))


async def _the_list(call: Call, list_id: str, *, param: str | None = None) -> ValueList:
    found = await store.get(call.payments.pool, ValueList, list_id, account_id=call.account.id)
    if found is None or found.deleted:
        raise NotFound.of("value_list", list_id, param=param)
    return found


async def _the_item(call: Call, item_id: str) -> ValueListItem:
    found = await store.get(call.payments.pool, ValueListItem, item_id, account_id=call.account.id)
    if found is None or found.deleted:
        raise NotFound.of("value_list_item", item_id)
    return found


def _alias(text: str) -> str:
    if not _ALIAS.fullmatch(text):
        raise BadRequest("An alias has small letters, digits and _ only.", param="alias")
    return text


def _name(text: str) -> str:
    if not 1 <= len(text) <= 100:
        raise BadRequest("A name has 1 to 100 letters.", param="name")
    return text


def _value(text: str, *, item_type: str) -> str:
    """The value as payments are compared with it."""
    text = text.strip()
    if item_type == "email":
        text = text.lower()
    if item_type == "country":
        text = text.upper()
    shape = _SHAPES.get(item_type)
    if not 1 <= len(text) <= VALUE_MAX or (shape and not shape.fullmatch(text)):
        raise BadRequest(f"This is no value for a list of {item_type}.", param="value")
    return text
