"""docs/money.md: its prose is written by hand, its recipes are made from the code.

Each recipe's docstring is its T-account; the page quotes them all, chapter by chapter.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

from maalem.payments.ledger import recipes
from maalem.payments.ledger.recipes.parts import Chain

PAGE = Path(__file__).resolve().parents[3] / "docs" / "money.md"
BEGIN = "<!-- made from the recipes by python -m maalem pages -->"
END = "<!-- end of what is made -->"
# The way of the money; chapters that are not named here come after, by name.
_ORDER = (
    "sale",
    "connect",
    "transfer",
    "refund",
    "disputes",
    "fees",
    "payouts",
    "bank",
    "suspense",
)


def chapters() -> Iterator[ModuleType]:
    """The modules of the recipes, in the order in which money goes."""
    names = [found.name for found in pkgutil.iter_modules(recipes.__path__)]
    for name in sorted(names, key=_place):
        module = importlib.import_module(f"{recipes.__name__}.{name}")
        if list(recipes_of(module)):
            yield module


def recipes_of(module: ModuleType) -> Iterator[Callable[..., Chain]]:
    """The module's own recipes: its public functions that give a chain."""
    for name, each in vars(module).items():
        if name.startswith("_") or not inspect.isfunction(each) or name == "chain":
            continue
        if (
            each.__module__ == module.__name__
            and inspect.signature(each).return_annotation is Chain
        ):
            yield each


def table_of(recipe: Callable[..., Chain]) -> list[str]:
    """The lines of the T-account in the recipe's docstring; none if it has none."""
    return [line for line in inspect.cleandoc(recipe.__doc__ or "").split("\n") if line[:1] == "|"]


def made() -> str:
    """The generated part, from its first mark to its last."""
    parts = [BEGIN]
    for module in chapters():
        parts.append("### " + inspect.cleandoc(module.__doc__ or module.__name__))
        parts += [_entry(recipe) for recipe in recipes_of(module)]
    return "\n\n".join([*parts, END])


def page() -> str:
    """The page as it should be."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + made() + after


def _entry(recipe: Callable[..., Chain]) -> str:
    lines = inspect.cleandoc(recipe.__doc__ or "").split("\n")
    said = "\n".join(line for line in lines if line[:1] != "|").strip()
    first, _, more = said.partition("\n\n")
    table = "\n".join(table_of(recipe))
    return "\n\n".join(filter(None, (f"**`{recipe.__name__}`** {first}", table, more)))


def _place(name: str) -> tuple[int, str]:
    return (_ORDER.index(name) if name in _ORDER else len(_ORDER), name)
