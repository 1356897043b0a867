"""What every template may ask of this room."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from . import queries


def demo_inbox(request: HttpRequest) -> dict[str, str]:
    """`demo_inbox`: the address of the demo's inbox, or empty outside a demo."""
    return {"demo_inbox": reverse("notices:demo_inbox") if settings.DEMO else ""}


def unread_notices(request: HttpRequest) -> dict[str, Callable[[], str]]:
    """`unread_notices`: how many she has not opened, as the bell shows it; empty for none.

    Asked only by a page that says it: a function, so that no other page costs a question.
    """

    def count() -> str:
        if not request.user.is_authenticated:
            return ""
        found = queries.unread(request.user.pk)
        return f"{queries.AT_MOST}+" if found > queries.AT_MOST else str(found or "")

    return {"unread_notices": count}
