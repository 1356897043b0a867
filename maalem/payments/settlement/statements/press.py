"""Print a statement or a proof as PDF, in a process of its own: typesetting takes processor and
memory that payments should not miss, and gives both back when it ends."""

import asyncio
import sys
from typing import Any

import msgspec

STATEMENT = "payments/settlement/statements/statement.typ"
TOO_LONG_S = 60.0
_one_at_a_time = asyncio.Semaphore(1)


class NotPrinted(Exception):
    """The typesetter failed; its words are in the message."""


async def print_pdf(page: dict[str, Any], *, form: str = STATEMENT) -> bytes:
    """The PDF of a page's texts (a room's page.py), placed by `form`, a path within the house.

    The same texts give the same bytes.
    """
    async with _one_at_a_time:
        press = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "maalem.design.typeset",
            form,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(TOO_LONG_S):
                pdf, complaint = await press.communicate(msgspec.json.encode(page))
        except TimeoutError:
            press.kill()
            await press.wait()
            raise NotPrinted(f"not done in {TOO_LONG_S:.0f} s") from None
    if press.returncode != 0:
        raise NotPrinted(complaint.decode(errors="replace")[-2000:])
    return pdf
