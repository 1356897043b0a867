"""A payer on the page of a checkout session: she opens it, types, and may press twice."""

import asyncio
import random
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

# (what is typed, weight): cards that pay, that are declined, that ask for her, that come back.
CARDS = (
    ("4242424242424242", 4),
    ("4000000000000077", 4),
    ("4000000000000002", 1),
    ("4000002760003184", 3),
    ("4000000000000259", 1),
)
PHONES = (("0661000101", 4), ("0600000051", 1), ("0600000004", 1))
_SEAL = re.compile(r'name="form" value="([^"]+)"')


@dataclass(frozen=True)
class Page:
    """What came of one visit; `leads_to` is empty for a page to read."""

    path: str
    status: int
    leads_to: str
    text: str


async def pay_on_its_page(pages: Any, session: str, chooser: random.Random) -> list[Page]:
    """Everything that was answered to her; she goes where the last one leads to."""
    path = f"/pay/{session}"
    seen = await browse(pages, path)
    seal = _SEAL.search(seen.text)
    if seal is None:  # paid, over, or it leads to her bank
        return [seen]
    if chooser.random() < 0.3:
        way, typed = "wallet", {"phone": one_of(chooser, PHONES)}
    else:
        number = one_of(chooser, CARDS)
        typed = {"number": number, "exp": "12/39", "cvc": "123", "holder": "Claire Martin"}
        way = "card"
    form = {**typed, "form": seal[1]}
    presses = chooser.choice((1, 1, 1, 2))
    answers = await asyncio.gather(
        *(browse(pages, f"{path}/{way}", form=form) for _ in range(presses))
    )
    if chooser.random() < 0.3:  # she looks again how it stands
        answers.append(await browse(pages, path))
    return answers


async def browse(pages: Any, path: str, *, form: dict[str, str] | None = None) -> Page:
    """GET it, or POST a form there."""
    headers = {"host": "payments.example", "content-type": "application/x-www-form-urlencoded"}
    scope = {
        "type": "http",
        "method": "GET" if form is None else "POST",
        "path": path,
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    told: list[Any] = []

    async def receive() -> dict[str, Any]:
        body = urlencode(form or {}).encode()
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        told.append(message)

    await pages(scope, receive, send)
    said = {name.decode(): value.decode() for name, value in told[0]["headers"]}
    text = b"".join(message.get("body", b"") for message in told[1:]).decode()
    return Page(path, told[0]["status"], said.get("location", ""), text)


def one_of(chooser: random.Random, among: tuple[tuple[str, int], ...]) -> str:
    """One of `among`, by the weights beside them."""
    names, weights = zip(*among, strict=True)
    found: str = chooser.choices(names, weights)[0]
    return found
