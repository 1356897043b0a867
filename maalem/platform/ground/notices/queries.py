"""What is asked about messages."""

from django.db.models import QuerySet

from .models import Message
from .states import Status


def latest(*, limit: int = 30) -> list[Message]:
    """The newest messages to anybody, newest first."""
    return list(Message.objects.order_by("-pk")[:limit])


def parked() -> QuerySet[Message]:
    """What nobody took and a person must look at, oldest first."""
    return Message.objects.filter(status=Status.PARKED).order_by("pk")
