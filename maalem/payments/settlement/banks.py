"""Who is behind the first three digits of a RIB."""

import tomllib
from functools import lru_cache
from pathlib import Path

_DATA = Path(__file__).with_name("banks.toml")


def bank_name(code: str) -> str | None:
    """The bank's name, or None for a code that isn't in the table."""
    return _names().get(code)


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    names: dict[str, str] = tomllib.loads(_DATA.read_text(encoding="utf-8"))["banks"]
    return names
