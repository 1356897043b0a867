"""What the API answers with, as JSON Schema, made from the shapes beside the renderings."""

import re
from typing import Any

import msgspec

from maalem.payments.api.access import INTENTS, SHOWN
from maalem.payments.api.shapes import Error, objects
from maalem.payments.shapes import EXPANDS

Json = dict[str, Any]
REF = "#/components/schemas/"
# Parts whose class has a name that says too little among all others.
_PARTS = {"Kind": "api_key_type", "Level": "permission_level"}
# What is retrieved even when it was deleted.
_STILL_SHOWN = frozenset({"customer"})


def schemas() -> dict[str, Json]:
    """Each object under its name on the wire, its parts under a name of their own, and `error`."""
    named = {shape: name for name, shape in objects().items()}
    shapes = [*named, Error]
    refs, found = msgspec.json.schema_components(shapes, ref_template="{name}")
    names = {
        ref["$ref"]: named.get(shape, "error") for shape, ref in zip(shapes, refs, strict=True)
    }
    for name in found:
        names.setdefault(name, _PARTS.get(name) or _snake(name))
    assert len(set(names.values())) == len(names), "two shapes have one name"
    made = {names[name]: _closed(schema, names) for name, schema in found.items()}
    for kind in INTENTS:
        made[f"{kind}.on_a_page"] = _on_a_page(made[kind])
        error = made["error_details"]["properties"]
        error[kind] = {"anyOf": [error[kind], {"$ref": f"{REF}{kind}.on_a_page"}]}
    told = [{"$ref": REF + name} for name in sorted(objects()) if name != "event"]
    made["event_data"]["properties"]["object"] = {"anyOf": told}
    return dict(sorted(made.items()))


def _on_a_page(whole: Json) -> Json:
    """What a publishable key is shown of an intent."""
    kept = {name: field for name, field in whole["properties"].items() if name in SHOWN}
    return {
        **whole,
        "description": "As a publishable key is shown it.",
        "properties": kept,
        "required": [name for name in whole["required"] if name in kept],
    }


def answer_of(kind: str, *, method: str, page: bool = False) -> Json:
    """The schema of an endpoint's answer with such an object, or with what is left of it; `page`
    says that a publishable key may ask."""
    if page and kind in INTENTS:
        return {"anyOf": [{"$ref": REF + kind}, {"$ref": f"{REF}{kind}.on_a_page"}]}
    if method == "DELETE":
        return {"$ref": f"{REF}deleted_{kind}"}
    if method == "GET" and kind in _STILL_SHOWN:
        return {"anyOf": [{"$ref": REF + kind}, {"$ref": f"{REF}deleted_{kind}"}]}
    return {"$ref": REF + kind}


def _closed(schema: Any, names: dict[str, str]) -> Any:
    """The schema with our names, what may be expanded as either, and no field besides."""
    if isinstance(schema, list):
        return [_closed(part, names) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema and isinstance(schema["$ref"], str):
        return {"$ref": REF + names[schema["$ref"]]}
    made = {name: _closed(part, names) for name, part in schema.items()}
    if EXPANDS in made:
        kinds = made.pop(EXPANDS)
        refs = [{"$ref": REF + kind} for kind in kinds]
        return {"anyOf": [made, *refs], EXPANDS: {"oneOf": refs}}
    if "properties" in made and isinstance(made.get("type"), str):
        made.pop("title", None)
        made.setdefault("additionalProperties", False)
    for part in made.get("anyOf", ()):
        if EXPANDS in part:  # alternatives of an alternative are alternatives
            others = [other for other in made["anyOf"] if other is not part]
            return {"anyOf": [*part["anyOf"], *others], EXPANDS: part[EXPANDS]}
    return made


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name.rpartition(".")[2]).lower()
