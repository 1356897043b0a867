"""docs/sdk.md: the methods of Stripe's own SDK beside the endpoints that we serve.

The methods are read from the SDK that is installed, so that it is asked and not our memory of it;
why something is left out stands in docs/sdk.toml.
"""

import ast
import inspect
import re
import textwrap
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from maalem.payments.api import v1
from maalem.payments.api.routes import every

LEFT_OUT = Path(__file__).resolve().parents[3] / "docs" / "sdk.toml"
HEAD = """\
# Stripe's SDKs

This page is made from `docs/sdk.toml`, from Stripe's Python SDK and from the code by
`python -m maalem pages`; don't edit it.

Stripe's official SDKs work against us unmodified but for their address. What they can ask for
under `/v1`, and whether it is answered, is compared method by method; other languages call the
methods alike. What is not offered is answered `404`. Of `/v2` nothing is.
"""


class Method(NamedTuple):
    """A method of the SDK, `checkout.sessions.expire`, and what it asks for."""

    name: str
    verb: str
    path: str

    @property
    def is_served(self) -> bool:
        """There is an endpoint for it."""
        return (self.verb, _unnamed(self.path)) in _served()


class Reason(NamedTuple):
    """Why what is called `names`, or stands below one of them, is left out."""

    names: tuple[str, ...]
    why: str

    def covers(self, method: Method) -> bool:
        """Whether it is said of `method`."""
        return any(within(method, name) for name in self.names)


def within(method: Method, name: str) -> bool:
    """Whether `name` is the method's or one above it."""
    return f"{method.name}.".startswith(f"{name}.")


def methods() -> list[Method]:
    """Every method of the SDK below `/v1`, in its own order."""
    return list(_below("", "stripe._v1_services"))


def reasons() -> list[Reason]:
    """What docs/sdk.toml says."""
    with LEFT_OUT.open("rb") as source:
        said = tomllib.load(source)["left_out"]
    return [Reason(tuple(each["names"]), each["why"]) for each in said]


def page() -> str:
    """The whole page."""
    known = methods()
    served = [method for method in known if method.is_served]
    lines = [HEAD, "## Offered", "", "| | methods |", "|---|---|"]
    for resource in dict.fromkeys(_resource(method) for method in served):
        mine = [_verb(method) for method in served if _resource(method) == resource]
        lines.append(f"| `{resource}` | {', '.join(mine)} |")
    lines += ["", "## Not offered", "", "| | why |", "|---|---|"]
    for reason in reasons():
        lines.append(f"| {', '.join(f'`{name}`' for name in reason.names)} | {reason.why} |")
    lines += ["", f"{len(served)} of the SDK's {len(known)} methods are offered.", ""]
    return "\n".join(lines)


def _below(above: str, module: str) -> Iterator[Method]:
    """The methods of the services that `module` lists, and of those below them."""
    listed: dict[str, list[str]] = getattr(import_module(module), "_subservices", {})
    for name, (place, service) in listed.items():
        called = f"{above}.{name}" if above else name
        for verb, each in vars(getattr(import_module(place), service)).items():
            public = not verb.startswith("_") and not verb.endswith("_async")
            if public and inspect.isfunction(each):
                yield Method(f"{called}.{verb}", *_asked(each))
        yield from _below(called, place)


def _asked(method: Any) -> tuple[str, str]:
    """The verb and the address that stand in the method's source, where it asks."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(method)))
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and getattr(call.func, "attr", "").startswith("_request"):
            verb, path = (_first_text(argument) for argument in call.args[:2])
            return verb.upper(), path
    raise AssertionError(f"{method.__qualname__} asks for nothing")


def _first_text(argument: ast.expr) -> str:
    return next(
        node.value
        for node in ast.walk(argument)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


@cache
def _served() -> set[tuple[str, str]]:
    v1.load()
    return {(found.method, _unnamed(found.path)) for found in every()}


def _unnamed(path: str) -> str:
    """The address, whatever its parts are called there."""
    return re.sub(r"\{\w+\}", "{}", path)


def _resource(method: Method) -> str:
    return method.name.rpartition(".")[0]


def _verb(method: Method) -> str:
    return method.name.rpartition(".")[2]
