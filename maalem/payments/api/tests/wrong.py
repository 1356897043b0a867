"""Wrong values for each parameter of an endpoint, made from its Struct by looking at it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import inspect

TOO_LONG, TOO_LONG_FOR_EVIDENCE = "x" * 5_001, "x" * 20_001
NUMBERS = ("ten", "1.5", "1e3", "", "9" * 30, str(2**63), "-" + "9" * 30)
DEPTH_MAX = 4
# What a type does not say, by the parameter's own name.
BY_NAME: dict[str, tuple[str, ...]] = {
    "amount": ("0", "-1", "100000000"),
    "amount_to_capture": ("0", "-1", "100000000"),
    "country": ("Z", "MAR", "1Z"),
    "created": ("99999999999999",),
    "currency": ("", "xyz", "m", "dirham"),
    "email": ("nobody",),
    "ending_before": ("nobody",),
    "exp_month": ("0", "13", "-1"),
    "exp_year": ("-1", "1999"),
    "expires_at": ("1", "-1"),
    "limit": ("0", "101", "-1"),
    "receipt_email": ("nobody",),
    "return_url": ("javascript:alert(1)", "nowhere"),
    "starting_after": ("nobody",),
    "statement_descriptor": ("x" * 23,),
    "success_url": ("javascript:alert(1)",),
    "url": ("javascript:alert(1)",),
}


# What has to stand beside a part, for the part itself to be looked at.
BESIDE: dict[str, dict[str, str]] = {
    "bank_account": {"[country]": "MA", "[currency]": "mad", "[account_number]": "1"},
    "external_account": {"[country]": "MA", "[currency]": "mad", "[account_number]": "1"},
    "line_items": {
        "[0][price_data][currency]": "mad",
        "[0][price_data][unit_amount]": "100",
        "[0][price_data][product_data][name]": "Tajine",
    },
    "payment_method_data": {
        "[type]": "card",
        "[card][number]": "4242424242424242",
        "[card][exp_month]": "12",
        "[card][exp_year]": "2034",
    },
    "wallet": {"type": "wallet"},
    "shipping": {"[name]": "Claire Martin", "[address][line1]": "12 rue des Tanneurs"},
}


@dataclass(frozen=True, slots=True)
class Wrong:
    """One parameter as it is sent, and the name that a refusal has to give."""

    sent: tuple[tuple[str, str], ...]
    param: str

    @property
    def beside(self) -> dict[str, str]:
        """What has to be sent with it."""
        head, bracket, _ = self.param.partition("[")
        beside = BESIDE.get(head, {}).items() if bracket else ()
        return {f"{head}{name}" if name[0] == "[" else name: value for name, value in beside}

    def __str__(self) -> str:
        name, value = self.sent[0]
        return f"{name}={value[:30]!r}"


def wrongs(kind: type[Any], *, writes: bool) -> Iterator[Wrong]:
    """Everything that can be wrong with the parameters of `kind`, one at a time.

    A list that is asked for what there can't be is empty; only what `writes` has to say no.
    """
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    yield one("no_such_parameter", "x")
    for wrong in _of_struct(info, within="", depth=0):
        if writes or wrong.param not in ("currency", "email", "statement_descriptor", "amount"):
            yield wrong


def one(name: str, value: str, *, param: str | None = None) -> Wrong:
    return Wrong(((name, value),), param or name)


def _of_struct(info: inspect.StructType, *, within: str, depth: int) -> Iterator[Wrong]:
    for field in info.fields:
        name = f"{within}[{field.name}]" if within else field.name
        yield from _of_field(name, field, depth=depth)


def _of_field(name: str, field: inspect.Field, *, depth: int) -> Iterator[Wrong]:
    kinds = _kinds(field.type)
    texts = tuple(kind for kind in kinds if isinstance(kind, inspect.StrType))
    if not texts:
        empty = any(isinstance(kind, inspect.LiteralType) and "" in kind.values for kind in kinds)
        for kind in kinds:
            for wrong in _of_kind(name, kind):
                if not empty or wrong.sent[0][1]:
                    yield wrong
    else:
        yield one(name, TOO_LONG_FOR_EVIDENCE if name.startswith("evidence[") else TOO_LONG)
        if all(
            not isinstance(kind, inspect.ListType | inspect.DictType | inspect.StructType)
            for kind in kinds
        ):
            yield one(f"{name}[no_such_part]", "x", param=name)
    for value in BY_NAME.get(field.name, ()):
        yield one(name, value)
    if field.name == "metadata":
        yield from _of_metadata(name)
    for kind in kinds:
        if isinstance(kind, inspect.StructType) and depth < DEPTH_MAX:
            yield one(f"{name}[no_such_parameter]", "x")
            yield from _of_struct(kind, within=name, depth=depth + 1)


def _of_kind(name: str, kind: inspect.Type) -> Iterator[Wrong]:
    match kind:
        case inspect.IntType():
            yield from (one(name, value) for value in NUMBERS)
        case inspect.BoolType():
            yield from (one(name, value) for value in ("maybe", "2", ""))
        case inspect.LiteralType():
            yield one(name, "nonsense")
            if "" not in kind.values:
                yield one(name, "")
        case inspect.ListType() | inspect.DictType() | inspect.StructType():
            yield one(name, "x")


def _of_metadata(name: str) -> Iterator[Wrong]:
    yield one(name, "x")
    yield one(f"{name}[{'k' * 41}]", "x")
    yield one(f"{name}[k]", "x" * 501)
    many = tuple((f"{name}[k{n}]", "x") for n in range(51))
    yield Wrong(many, name)


def _kinds(kind: inspect.Type) -> list[inspect.Type]:
    if isinstance(kind, inspect.UnionType):
        return [inner for part in kind.types for inner in _kinds(part)]
    if isinstance(kind, inspect.Metadata):
        return _kinds(kind.type)
    return [] if isinstance(kind, inspect.NoneType) else [kind]


def texts(kind: type[Any]) -> list[str]:
    """The names of everything that is a text."""
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    return list(_texts_of(info, within="", depth=0))


def _texts_of(info: inspect.StructType, *, within: str, depth: int) -> Iterator[str]:
    for field in info.fields:
        name = f"{within}[{field.name}]" if within else field.name
        for kind in _kinds(field.type):
            if isinstance(kind, inspect.StrType):
                yield name
            elif isinstance(kind, inspect.StructType) and depth < DEPTH_MAX:
                yield from _texts_of(kind, within=name, depth=depth + 1)


def required(kind: type[Any]) -> set[str]:
    """The names that have to be sent."""
    return {field.encode_name for field in msgspec.structs.fields(kind) if field.required}
