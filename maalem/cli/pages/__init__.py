"""Pages of docs/ that are made from the code: `python -m maalem pages` writes them anew."""

from collections.abc import Callable
from pathlib import Path

from maalem.cli.pages import money, openapi, promises, rights, sdk, states

DOCS = Path(__file__).resolve().parents[3] / "docs"
PAGES: dict[str, Callable[[], str]] = {
    "money.md": money.page,
    "openapi.json": openapi.page,
    "promises.md": promises.page,
    "rights.md": rights.page,
    "sdk.md": sdk.page,
    "states.md": states.page,
}


def write() -> list[str]:
    """Write every page that is stale; return their names."""
    stale = []
    for name, make in PAGES.items():
        place, text = DOCS / name, make()
        if not place.exists() or place.read_text(encoding="utf-8") != text:
            place.write_text(text, encoding="utf-8")
            stale.append(name)
    return stale
