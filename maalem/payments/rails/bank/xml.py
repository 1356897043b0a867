"""XML as banks exchange it: read strictly, written plainly.

A file is read into a light tree of names, texts and attributes. Whatever could make reading
costly or dangerous is refused before it is looked at: document types, entities, processing
instructions, text of more than `SIZE_MAX` bytes, trees of more than `NODES_MAX` elements or
deeper than `DEPTH_MAX`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

SIZE_MAX = 32 * 1024 * 1024
NODES_MAX = 2_000_000
DEPTH_MAX = 40
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class NotReadable(Exception):
    """A file can't be read as XML of the expected kind; `word` names the reason."""

    def __init__(self, word: str, detail: str = "") -> None:
        super().__init__(f"{word}: {detail}" if detail else word)
        self.word = word
        self.detail = detail


@dataclass(slots=True)
class Node:
    """One element: its local name, the namespace, its own text and what is in it."""

    name: str
    space: str
    attributes: dict[str, str]
    children: list["Node"] = field(default_factory=list)
    text: str = ""

    def all(self, path: str) -> Iterator["Node"]:
        """Every element at `path`, such as `GrpHdr/MsgId`, in the file's order."""
        name, _, rest = path.partition("/")
        for child in self.children:
            if child.name == name:
                if rest:
                    yield from child.all(rest)
                else:
                    yield child

    def find(self, path: str) -> "Node | None":
        """The first element at `path`, or None."""
        return next(self.all(path), None)

    def get(self, path: str) -> str | None:
        """The text at `path`, trimmed, or None where there is no such element or no text."""
        found = self.find(path)
        return (found.text.strip() or None) if found else None


class _Builder:
    """What the parser tells, as a tree."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self._open: list[Node] = []
        self._parts: list[list[str]] = []
        self._count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > NODES_MAX or len(self._open) >= DEPTH_MAX:
            raise NotReadable("too_large", "more elements than a bank's file has")
        space, _, local = name.rpartition(" ")
        node = Node(local, space, attributes)
        if self._open:
            self._open[-1].children.append(node)
        else:
            self.root = node
        self._open.append(node)
        self._parts.append([])

    def end(self, _name: str) -> None:
        self._open.pop().text = "".join(self._parts.pop())

    def data(self, text: str) -> None:
        if self._parts:
            self._parts[-1].append(text)

    def forbidden(self, *_: object) -> int:
        raise NotReadable("forbidden_construct", "document types and entities are not accepted")


def read(content: bytes) -> Node:
    """The root element of `content`. Raises `NotReadable`, and nothing else, for bad bytes."""
    if len(content) > SIZE_MAX:
        raise NotReadable("too_large", f"{len(content)} bytes")
    builder = _Builder()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = builder.forbidden
    parser.EntityDeclHandler = builder.forbidden
    parser.UnparsedEntityDeclHandler = builder.forbidden
    parser.ExternalEntityRefHandler = builder.forbidden
    parser.ProcessingInstructionHandler = builder.forbidden
    try:
        parser.Parse(content, True)
    except expat.ExpatError as problem:
        raise NotReadable("not_xml", str(problem)) from None
    except (ValueError, LookupError) as problem:  # an encoding that nobody knows
        raise NotReadable("not_xml", str(problem)) from None
    if builder.root is None:
        raise NotReadable("not_xml", "no element")
    return builder.root


@dataclass(frozen=True, slots=True)
class Element:
    """An element to be written; `attributes` is written as it stands, such as ` Ccy="MAD"`."""

    name: str
    inside: "str | tuple[Element, ...]"
    attributes: str = ""

    def lines(self, depth: int = 0) -> Iterator[str]:
        """The element as indented lines."""
        pad = "  " * depth
        if isinstance(self.inside, str):
            yield f"{pad}<{self.name}{self.attributes}>{escape(self.inside)}</{self.name}>"
            return
        yield f"{pad}<{self.name}{self.attributes}>"
        for element in self.inside:
            yield from element.lines(depth + 1)
        yield f"{pad}</{self.name}>"


def tag(name: str, *inside: "str | Element | None", attributes: str = "") -> Element:
    """An element with a text, or with other elements; a None among them is left out."""
    if len(inside) == 1 and isinstance(inside[0], str):
        return Element(name, inside[0], attributes)
    return Element(name, tuple(e for e in inside if isinstance(e, Element)), attributes)


def money(amount: int, currency: str, /, *, name: str = "Amt") -> Element:
    """An amount in minor units as `<Amt Ccy="MAD">12.34</Amt>`."""
    return tag(name, decimal(amount), attributes=f' Ccy="{escape(currency.upper())}"')


def decimal(amount: int) -> str:
    """Minor units as a decimal number with two places; never negative here."""
    assert amount >= 0, amount
    return f"{amount // 100}.{amount % 100:02d}"


def document(message: str, /, root: Element) -> bytes:
    """A whole file of the message `message`, such as `pain.001.001.09`."""
    space = f"urn:iso:std:iso:20022:tech:xsd:{message}"
    top = Element("Document", (root,), f' xmlns="{space}"')
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return "\n".join([head, *top.lines(), ""]).encode()


def escape(text: str) -> str:
    """`text` between tags or in an attribute; what XML can't hold at all is dropped."""
    plain = _NOT_XML.sub("", text)
    return (
        plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    )
