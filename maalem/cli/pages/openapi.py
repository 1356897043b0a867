"""docs/openapi.json: /v1 as OpenAPI 3.1, made from the table of endpoints and their Structs."""

import inspect
import json
from collections.abc import Iterator
from typing import Any

import msgspec

from maalem.cli.pages.objects import REF as _REF
from maalem.cli.pages.objects import answer_of, schemas
from maalem.payments.api import v1
from maalem.payments.api.access import PAGES
from maalem.payments.api.lists import LIMIT_MAX
from maalem.payments.api.routes import Route, every
from maalem.payments.events.outbox import API_VERSION

Json = dict[str, Any]
_FORM = "application/x-www-form-urlencoded"
_DESCRIPTION = (
    "The payment institution's API, on the wire of Stripe's: official SDKs work against it"
    " unmodified but for their address. This description is made from the code that serves it.\n\n"
    "Parameters of a POST are a form with brackets (`card[number]=…`, `line_items[0][quantity]=…`);"
    " those of a GET stand in the query. Unknown parameters are refused. Amounts are integers in"
    " minor units. Any endpoint takes `expand[]`."
)
# An object is called by the last plain word of its address; these are called otherwise.
_OBJECTS = {
    "accounts/reject": "account",
    "api_keys/revoke": "api_key",
    "api_keys/roll": "api_key",
    "application_fees/refunds": "fee_refund",
    "capabilities": "capability",
    "checkout/sessions": "checkout.session",
    "desk/bank_files": "desk.bank_file",
    "desk/bank_lines": "desk.bank_line",
    "desk/findings": "desk.finding",
    "desk/morning": "desk.morning",
    "desk/safeguarding_proofs": "desk.safeguarding_proof",
    "customers/payment_methods": "payment_method",
    "external_accounts": "bank_account",
    "line_items": "item",
    "payouts/approvals": "payout_approval",
    "radar/early_fraud_warnings": "radar.early_fraud_warning",
    "radar/rules": "radar.rule",
    "radar/value_lists": "radar.value_list",
    "radar/value_list_items": "radar.value_list_item",
    "rules/versions": "radar.rule",
    "transfers/reversals": "transfer_reversal",
    "webhook_endpoints/deliveries": "webhook_delivery",
    "webhook_endpoints/health": "webhook_endpoint.health",
    "webhook_endpoints/replay": "webhook_endpoint.replay",
}
# The last word of these addresses is something that is done to the object before it.
_DONE = frozenset(
    {
        *("approve", "attach", "cancel", "capture", "close", "confirm", "detach", "end", "expire"),
        *("increment_authorization", "reject", "retry", "reverse", "revoke", "roll"),
        *("roll_secret", "search"),
    }
)
# Lists that show everything at once, without a cursor.
_WHOLE = frozenset({"/v1/reserve_rules", "/v1/accounts/{id}/capabilities"})


def page() -> str:
    """The whole page."""
    return json.dumps(made(), indent=1, ensure_ascii=False) + "\n"


def made() -> Json:
    """The description. Operations stand in the order of their addresses."""
    v1.load()
    found = sorted(every(), key=lambda each: (each.path, each.method))
    names = _Schemas({each.params for each in found})
    paths: dict[str, Json] = {}
    for each in found:
        paths.setdefault(each.path, {})[each.method.lower()] = _operation(each, names)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Maalem payments", "version": API_VERSION, "description": _DESCRIPTION},
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}, {"basic": []}],
        "tags": [{"name": name} for name in sorted({each.resource for each in found})],
        "paths": paths,
        "components": {
            "securitySchemes": _security(),
            "parameters": _headers(),
            "responses": {"error": _refusal()},
            "schemas": {**schemas(), **names.shown()},
        },
    }


def object_of(found: Route) -> str:
    """What `object` is in the answer of an endpoint, or in each item of its list."""
    words = [word for word in found.path.split("/")[2:] if not word.startswith("{")]
    if words[-1] in _DONE and len(words) > 1:
        words.pop()
    pair, last = "/".join(words[-2:]), words[-1]
    return _OBJECTS.get(pair) or _OBJECTS.get(last) or last.removesuffix("s")


def is_list(found: Route) -> bool:
    """Whether the endpoint answers a page of objects."""
    names = {each.name for each in msgspec.structs.fields(found.params)}
    paged = found.method == "GET" and "limit" in names
    return paged or found.path in _WHOLE or found.path.endswith("/versions")


def _operation(found: Route, names: "_Schemas") -> Json:
    said = " ".join(inspect.cleandoc(found.handle.__doc__ or "").split("\n\n")[0].split())
    more = inspect.cleandoc(found.handle.__doc__ or "").partition("\n\n")[2]
    ids = [word[1:-1] for word in found.path.split("/") if word.startswith("{")]
    parameters: list[Json] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in ids
    ]
    parameters += [{"$ref": f"#/components/parameters/{name}"} for name in ("account", "version")]
    operation: Json = {
        "operationId": f"{found.handle.__module__.rpartition('.')[2]}.{found.handle.__name__}",
        "tags": [found.resource],
        "summary": said,
    }
    if more:
        operation["description"] = more
    if (found.method, found.path) in PAGES:
        operation["x-publishable"] = True
    if found.method == "POST":
        parameters.append({"$ref": "#/components/parameters/idempotency"})
        operation["requestBody"] = _body(found, names)
    else:
        parameters += _query(names.of(found.params))
    operation["parameters"] = parameters
    operation["responses"] = {
        "200": _answer(found),
        "4XX": {"$ref": "#/components/responses/error"},
    }
    return operation


def _query(schema: Json) -> Iterator[Json]:
    needed = schema.get("required", ())
    for name, each in schema["properties"].items():
        nested = "object" in json.dumps(each) or "$ref" in json.dumps(each)
        how = {"style": "deepObject", "explode": True} if nested else {}
        yield {"name": name, "in": "query", "required": name in needed, **how, "schema": each}


def _body(found: Route, names: "_Schemas") -> Json:
    schema: Json = {"$ref": _REF + names.named(found.params)}
    if found.upload:
        fields = names.of(found.params)
        document = {"type": "string", "format": "binary"}
        whole = {**fields, "properties": {**fields["properties"], "file": document}}
        return {"required": True, "content": {"multipart/form-data": {"schema": whole}}}
    fields = names.of(found.params)
    deep = {
        name: {"style": "deepObject", "explode": True}
        for name, each in fields["properties"].items()
        if any(word in json.dumps(each) for word in ("$ref", '"object"', '"array"'))
    }
    form: Json = {"schema": schema, **({"encoding": deep} if deep else {})}
    return {"required": bool(fields.get("required")), "content": {_FORM: form}}


def _answer(found: Route) -> Json:
    if found.path.endswith("/contents"):
        any_document = {"schema": {"type": "string", "format": "binary"}}
        kinds = ("application/pdf", "image/jpeg", "image/png")
        return {"description": "The document.", "content": dict.fromkeys(kinds, any_document)}
    kind = object_of(found)
    page = (found.method, found.path) in PAGES
    schema, said = answer_of(kind, method=found.method, page=page), f"`{kind}`"
    if found.path.endswith("/search"):
        schema, said = _search_of({"$ref": _REF + kind}), f"What was found, each a `{kind}`"
    elif is_list(found):
        schema, said = _list_of({"$ref": _REF + kind}), f"A page, each of it a `{kind}`"
    return {"description": said, "content": {"application/json": {"schema": schema}}}


def _list_of(item: Json, object: str = "list") -> Json:
    return {
        "type": "object",
        "required": ["object", "url", "has_more", "data"],
        "properties": {
            "object": {"const": object},
            "url": {"type": "string"},
            "has_more": {"type": "boolean"},
            "data": {"type": "array", "items": item, "maxItems": LIMIT_MAX},
        },
        "additionalProperties": False,
    }


def _search_of(item: Json) -> Json:
    found = _list_of(item, "search_result")
    found["required"].append("next_page")
    found["properties"] |= {
        "next_page": {"type": ["string", "null"]},
        "total_count": {"type": "integer", "description": "Only where it is expanded."},
    }
    return found


def _refusal() -> Json:
    return {
        "description": "Refused: who may not (401, 403), what is not there (404), a payer's bank"
        " (402), what is being worked on (409), or anything else that is wrong (400).",
        "content": {"application/json": {"schema": {"$ref": f"{_REF}error"}}},
    }


def _security() -> Json:
    said = "A secret, restricted or publishable key."
    return {
        "bearer": {"type": "http", "scheme": "bearer", "description": said},
        "basic": {
            "type": "http",
            "scheme": "basic",
            "description": "The key as user name, without a password.",
        },
    }


def _headers() -> Json:
    said = {
        "account": ("Stripe-Account", "The connected account that the platform acts for."),
        "version": (
            "Stripe-Version",
            "A version that there is; the answers are those of one.",
        ),
        "idempotency": ("Idempotency-Key", "The same key gives the same answer for 30 days."),
    }
    return {
        short: {"name": name, "in": "header", "description": text, "schema": {"type": "string"}}
        for short, (name, text) in said.items()
    }


class _Schemas:
    """The Structs' schemas as a form sends them: nothing is null there, it is left out."""

    def __init__(self, kinds: set[type[Any]]) -> None:
        in_order = sorted(kinds, key=lambda kind: (kind.__module__, kind.__name__))
        refs, found = msgspec.json.schema_components(in_order, ref_template=_REF + "{name}")
        self._names = {
            kind: ref["$ref"].removeprefix(_REF) for kind, ref in zip(in_order, refs, strict=True)
        }
        self._found = {_short(name): _sendable(schema) for name, schema in found.items()}

    def named(self, kind: type[Any]) -> str:
        """The schema's name among the components."""
        return _short(self._names[kind])

    def of(self, kind: type[Any]) -> Json:
        """The schema."""
        found: Json = self._found[self.named(kind)]
        return found

    def shown(self) -> Json:
        """All of them that a request's body refers to, by name."""
        return dict(sorted(self._found.items()))


def _short(name: str) -> str:
    """`payouts.Create` for a name that msgspec had to write with its module."""
    return ".".join(name.split(".")[-2:])


def _sendable(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_sendable(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    schema = dict(schema)
    if "title" in schema and "properties" in schema:
        del schema["title"]
    if "default" in schema and schema["default"] is None:
        del schema["default"]
    if "anyOf" in schema:
        schema["anyOf"] = [part for part in schema["anyOf"] if part != {"type": "null"}]
        if len(schema["anyOf"]) == 1:
            schema |= schema.pop("anyOf")[0]
    if "enum" in schema:
        schema["enum"] = [value for value in schema["enum"] if value is not None]
    if schema.get("required") == []:
        del schema["required"]
    if "$ref" in schema and isinstance(schema["$ref"], str):
        schema["$ref"] = _REF + _short(schema["$ref"].removeprefix(_REF))
    return {name: _sendable(part) for name, part in schema.items()}
