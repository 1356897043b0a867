"""Print a paper as PDF, in a process of its own: it gives its memory back when it ends."""

import json
import subprocess
import sys
import threading
from typing import Any

TOO_LONG_S = 30
# A thread of the server waits for each; the others go on serving pages.
_few_at_a_time = threading.BoundedSemaphore(2)


class NotPrinted(Exception):
    """The typesetter failed; its words are in the message."""


def print_pdf(page: dict[str, Any], *, form: str) -> bytes:
    """The PDF of a page's texts, placed by `form`, a path within the house.

    The same texts give the same bytes.
    """
    with _few_at_a_time:
        try:
            done = subprocess.run(
                [sys.executable, "-m", "maalem.design.typeset", form],
                input=json.dumps(page, ensure_ascii=False).encode(),
                capture_output=True,
                timeout=TOO_LONG_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise NotPrinted(f"not done in {TOO_LONG_S} s") from None
    if done.returncode != 0:
        raise NotPrinted(done.stderr.decode(errors="replace")[-2000:])
    return done.stdout
