"""What every template may ask of this room."""

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse


def demo_inbox(request: HttpRequest) -> dict[str, str]:
    """`demo_inbox`: the address of the demo's inbox, or empty outside a demo."""
    return {"demo_inbox": reverse("notices:demo_inbox") if settings.DEMO else ""}
