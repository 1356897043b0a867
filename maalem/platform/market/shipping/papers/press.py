"""Print one of this room's papers."""

from typing import Any

from maalem.design.press import NotPrinted, print_pdf

__all__ = ["NotPrinted", "print_paper"]


def print_paper(page: dict[str, Any], *, form: str) -> bytes:
    """The PDF of a page's texts by `form` (cn22, cn23, invoice, label). Raises `NotPrinted`."""
    return print_pdf(page, form=f"platform/market/shipping/papers/{form}.typ")
