"""The table of endpoints. A module of `v1` adds its own by decorating handlers."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from maalem.payments.api.call import NoParams
from maalem.payments.api.params import BODY_MAX

Handler = Callable[..., Awaitable[Any]]
H = TypeVar("H", bound=Handler)


@dataclass(frozen=True, slots=True)
class Route:
    """`params` is the Struct of what may be sent; `steps` says that a rail is asked meanwhile:
    `resume` finishes what such a request began before it died, given the retry's same parameters.

    `resource` is the kind of object that a restricted key needs a permission for. `upload` says
    that the request is a form with a document, `body_max` how many bytes another may have.
    `looks_first` says that something is done before the key is claimed: a retry must not get there.
    """

    method: str
    path: str
    resource: str
    pattern: re.Pattern[str]
    params: type[Any]
    handle: Handler
    steps: bool
    resume: Handler | None
    upload: bool
    body_max: int
    looks_first: bool


_table: dict[tuple[str, str], list[Route]] = {}


def route(
    method: str,
    path: str,
    /,
    params: type[Any] = NoParams,
    *,
    steps: bool = False,
    resume: Handler | None = None,
    resource: str | None = None,
    upload: bool = False,
    body_max: int = BODY_MAX,
    looks_first: bool = False,
) -> Callable[[H], H]:
    """Serve `method path`; each `{name}` in the path is handed over by position."""

    def add(handle: H) -> H:
        pattern = re.compile(re.sub(r"\{\w+\}", "([^/]+)", path) + r"\Z")
        here = _table.setdefault((method, _head(path)), [])
        kind = resource or _resource(path)
        traits = (params, handle, steps, resume, upload, body_max, looks_first)
        here.append(Route(method, path, kind, pattern, *traits))
        # A plain word goes before a name: `search` is no payment's id.
        here.sort(key=lambda known: known.pattern.groups)
        return handle

    return add


def match(method: str, path: str) -> tuple[Route, tuple[str, ...]] | None:
    """The endpoint of a request and the ids in its path."""
    for found in _table.get((method, _head(path)), ()):
        hit = found.pattern.match(path)
        if hit:
            return found, hit.groups()
    return None


def every() -> list[Route]:
    """The whole table."""
    return [found for routes in _table.values() for found in routes]


def resources() -> frozenset[str]:
    """Every kind of object that there is an endpoint for."""
    return frozenset(found.resource for found in every())


def _resource(path: str) -> str:
    """`payment_intent` for `/v1/payment_intents/…`, `checkout_session` for its two words."""
    first, _, rest = path.removeprefix("/v1/").partition("/")
    words = f"{first}_{rest.partition('/')[0]}" if first == "checkout" else first
    return words.removesuffix("s")


def _head(path: str) -> str:
    return path.split("/", 3)[2] if path.count("/") >= 2 else path
