"""Read Stripe's way of writing parameters: `a[b][c]=v`, `a[0]=x`, `a[]=x`, and nothing unknown.

Values arrive as text; the endpoint's Struct says what each is. An unknown name is refused, as is
a missing or a malformed one, each with the name as the caller wrote it.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, TypeVar
from urllib.parse import unquote_plus

import msgspec

from maalem.payments.errors import BadRequest

BODY_MAX = 512 * 1024
PAIRS_MAX = 2_000
DEPTH_MAX = 8
# Stripe's own bounds: a text has so many characters, a dispute's evidence more.
TEXT_MAX, EVIDENCE_MAX = 5_000, 20_000
NAME_MAX = 500

T = TypeVar("T")
Pairs = list[tuple[str, str]]

_MISSING = re.compile(r"missing required field `([^`]+)`")
_UNKNOWN = re.compile(r"unknown field `([^`]+)`")
_NUMBER = re.compile(r"-?[0-9]{1,19}")
_PLACE = re.compile(r" - at `\$([^`]*)`")
# `sets` that are given as an empty string are emptied; their keys are never positions.
_MAPS = {"metadata"}


def pairs_of(text: bytes | str) -> Pairs:
    """The name-value pairs of a query string or a form."""
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8")
        except UnicodeDecodeError:
            raise BadRequest("The request body is not valid UTF-8.") from None
    if not text:
        return []
    written = text.split("&")
    if len(written) > PAIRS_MAX:
        raise BadRequest("The request has too many parameters.")
    try:
        pairs = [_pair(one) for one in written if one]
    except UnicodeDecodeError:
        raise BadRequest("A parameter is not valid UTF-8.") from None
    return checked_pairs(pairs)


def _pair(written: str) -> tuple[str, str]:
    name, _, value = written.partition("=")
    # Most names and values are written as they are read.
    if "%" in written or "+" in written:
        return unquote_plus(name, errors="strict"), unquote_plus(value, errors="strict")
    return name, value


def checked_pairs(pairs: Pairs) -> Pairs:
    """The same pairs, unless one holds what no database takes."""
    for name, value in pairs:
        if "\x00" in name or "\x00" in value:
            raise BadRequest(
                "A parameter holds a null character.", param=name if "\x00" not in name else None
            )
        if len(name) > NAME_MAX:
            raise BadRequest(f"A parameter's name is longer than {NAME_MAX} characters.")
        if len(value) > TEXT_MAX:
            _check_length(name, value)
    return pairs


def _check_length(name: str, value: str) -> None:
    most = EVIDENCE_MAX if name.startswith("evidence[") else TEXT_MAX
    if len(value) > most:
        raise BadRequest(
            f"Invalid string: {value[:10]}...{value[-4:]}; must be at most {most} characters",
            param=name,
        )


def tree_of(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Nested dicts and lists. Raises `BadRequest` for brackets that make no sense."""
    root: dict[str, Any] = {}
    for name, value in pairs:
        if "[" not in name:
            root[name] = value
            continue
        _place(root, _path(name), value=value, name=name)
    return {
        name: _with_lists(name, value) if isinstance(value, dict) else value
        for name, value in root.items()
    }


@lru_cache(maxsize=1024)
def _path(name: str) -> Sequence[str]:
    head, _, rest = name.partition("[")
    if not head or not rest.endswith("]"):
        raise BadRequest(f"Invalid parameter name: {name}", param=name)
    parts = [head, *rest[:-1].split("][")]
    if len(parts) > DEPTH_MAX or any("[" in part or "]" in part for part in parts):
        raise BadRequest(f"Invalid parameter name: {name}", param=name)
    return parts


def _place(root: dict[str, Any], path: Sequence[str], *, value: str, name: str) -> None:
    at = root
    for part in path[:-1]:
        step = at.setdefault(part or str(len(at)), {})
        if not isinstance(step, dict):
            raise BadRequest(f"Invalid parameter name: {name}", param=name)
        at = step
    last = path[-1] or str(len(at))
    at[last] = value


def _with_lists(name: str, value: dict[str, Any]) -> Any:
    filled = {
        key: _with_lists(key, item) if isinstance(item, dict) else item
        for key, item in value.items()
    }
    if name not in _MAPS and all(_is_position(key) for key in filled):
        return [filled[key] for key in sorted(filled, key=int)]
    return filled


def _is_position(key: str) -> bool:
    return key.isascii() and key.isdecimal() and len(key) <= len(str(PAIRS_MAX))


def read(kind: type[T], tree: dict[str, Any]) -> T:
    """`tree` as the endpoint's Struct, or `BadRequest` in Stripe's codes."""
    try:
        params = msgspec.convert(tree, kind, strict=False)
    except msgspec.ValidationError as problem:
        raise _refusal(str(problem), tree) from None
    _check_numbers(params, tree, within="")
    return params


def _check_numbers(found: Any, given: Any, *, within: str) -> None:
    """A number is written in digits (`1e3` is none) and fits into eight bytes."""
    if type(found) is int:
        if isinstance(given, str):
            _check_number(given, within)
    elif isinstance(given, dict):
        if not isinstance(found, msgspec.Struct):
            return
        for name, part in given.items():
            inner = getattr(found, name, None)
            if type(inner) is int or isinstance(inner, msgspec.Struct | list):
                _check_numbers(inner, part, within=f"{within}[{name}]" if within else name)
    elif isinstance(given, list) and isinstance(found, list):
        for place, (inner, part) in enumerate(zip(found, given, strict=True)):
            _check_numbers(inner, part, within=f"{within}[{place}]")


def _check_number(text: str, name: str) -> None:
    if _NUMBER.fullmatch(text) is None or not -(2**63) <= int(text) < 2**63:
        raise BadRequest(
            f"Invalid integer: {text[:40]}", code="parameter_invalid_integer", param=name
        )


def _refusal(text: str, tree: dict[str, Any]) -> BadRequest:
    place = _PLACE.search(text)
    steps = _steps(place.group(1)) if place else []
    if missing := _MISSING.search(text):
        name = _written([*steps, missing.group(1)])
        return BadRequest(f"Missing required param: {name}.", code="parameter_missing", param=name)
    if unknown := _UNKNOWN.search(text):
        name = _written([*steps, unknown.group(1)])
        return BadRequest(
            f"Received unknown parameter: {name}", code="parameter_unknown", param=name
        )
    name = _written(steps)
    if "`int" in text and "`str`" in text:
        given = _given(tree, steps)
        return BadRequest(f"Invalid integer: {given}", code="parameter_invalid_integer", param=name)
    if _given(tree, steps) == "":
        return BadRequest(
            f"You passed an empty string for '{name}'. Leave it out instead.",
            code="parameter_invalid_empty",
            param=name,
        )
    if "matching regex" in text and steps and "email" in steps[-1]:
        given = _given(tree, steps)
        return BadRequest(f"Invalid email address: {given}", code="email_invalid", param=name)
    said = text.partition(" - at")[0].rstrip(".")
    return BadRequest(f"Invalid {name}: {said}.", code=None, param=name)


def _steps(place: str) -> list[str]:
    """`.card.items[0]` (or `[...]` for a map's values) as its parts."""
    return [step for step in re.split(r"[.\[\]]+", place) if step]


def _written(steps: list[str]) -> str:
    return "".join([steps[0], *(f"[{step}]" for step in steps[1:])]) if steps else ""


def _given(tree: Any, steps: list[str]) -> Any:
    for step in steps:
        if isinstance(tree, dict):
            tree = tree.get(step)
        elif isinstance(tree, list) and step.isdecimal() and int(step) < len(tree):
            tree = tree[int(step)]
        else:
            return None
    return tree if isinstance(tree, str) else None
