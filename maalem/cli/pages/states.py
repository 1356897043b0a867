"""docs/states.md: the tables of states that the code runs by, of both services."""

import pkgutil
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from importlib import import_module
from types import ModuleType

from maalem import payments
from maalem.platform.ground.notices import states as notices
from maalem.platform.inbox import states as inbox
from maalem.platform.market.assistance import states as assistance
from maalem.platform.market.catalog import states as catalog
from maalem.platform.market.inspections import states as inspections
from maalem.platform.market.makers import states as makers
from maalem.platform.market.orders import states as orders
from maalem.platform.market.returns import states as returns
from maalem.platform.market.reviews import states as reviews

HEAD = """\
# States

This page is made from the code by `python -m maalem pages`; don't edit it.

A change of state is compare-and-set: it happens only from the state it was decided in, and only
along an arrow below. Triggers in the database hold the same tables, and a test tries every pair.
"""
Table = Mapping[str, frozenset[str]]


def tables() -> Iterator[tuple[str, type[StrEnum], Table]]:
    """Every table of states: its name, its states, and which may follow which."""
    yield "Product", catalog.Status, catalog.NEXT
    for room in (orders, reviews, returns, inspections, makers, assistance):
        for name, (states, following) in room.TABLES.items():
            yield name, states, following
    yield "Event from the payment institution", inbox.EventStatus, inbox.EVENT_NEXT
    yield "Message to a person", notices.Status, notices.NEXT
    for module in _payments():
        for name, following in vars(module).items():
            if name.endswith("_NEXT") and isinstance(following, dict):
                states = type(next(iter(following)))
                if issubclass(states, StrEnum) and states.__module__ == module.__name__:
                    yield _title(states), states, following


def _payments() -> Iterator[ModuleType]:
    """The payment institution's modules that may hold a table."""
    for found in pkgutil.walk_packages(payments.__path__, f"{payments.__name__}."):
        if not re.search(r"\.(tests|conftest|__main__)\b", found.name):
            yield import_module(found.name)


def _title(states: type[StrEnum]) -> str:
    """`SetupIntentStatus` is the payment institution's setup intent."""
    words = re.sub(r"(?<!^)([A-Z])", r" \1", states.__name__.removesuffix("Status")).lower()
    return f"Payments: {words}"


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *(_section(*table) for table in tables())])


def _section(name: str, states: type[StrEnum], following: Table) -> str:
    said = " ".join((states.__doc__ or "").split())
    arrows = [
        f"    {now.value} --> {then.value}"
        for now in states
        for then in states
        if then in following[now]
    ]
    ends = [f"    {now.value} --> [*]" for now in states if not following[now]]
    start = f"    [*] --> {next(iter(states)).value}"
    lines = [f"## {name}", "", said, "", "```mermaid", "stateDiagram-v2", start, *arrows, *ends]
    rows = ["```", "", "| state | may become |", "|---|---|"]
    for now in states:
        after = ", ".join(f"`{then.value}`" for then in states if then in following[now])
        rows.append(f"| `{now.value}` | {after or 'nothing: it is final'} |")
    return "\n".join([*lines, *rows, ""])
