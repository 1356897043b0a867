"""The official schemas of the messages, as ISO 20022 publishes them (see schemas/README.md)."""

from functools import cache
from pathlib import Path

from lxml import etree

PLACE = Path(__file__).parent / "schemas"
# The status report of 2019 (10) has no copy here; that of 2021 (12) only adds to it.
STANDS_FOR = {"pain.002.001.10": "pain.002.001.12"}


@cache
def schema(message: str) -> etree.XMLSchema:
    """The schema of a message such as `pain.001.001.09`."""
    return etree.XMLSchema(etree.parse(PLACE / f"{message}.xsd"))


def problems(content: bytes, message: str) -> list[str]:
    """What the official schema says against `content`; nothing if it is valid."""
    there = STANDS_FOR.get(message, message)
    if there != message:
        content = content.replace(f"xsd:{message}".encode(), f"xsd:{there}".encode())
    read = etree.fromstring(content)
    official = schema(there)
    official.validate(read)
    return [f"{error.line}: {error.message}" for error in official.error_log]
