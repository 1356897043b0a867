"""What becomes of a written message."""

from typing import Any

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from . import carriers
from .models import Message
from .states import NEXT, Status

TRIES = 8


def deliver(number: int) -> None:
    """Carry the message with this id, unless it is done; raise CarrierTrouble to be tried again.

    A crash between the carrier and the row tells it twice, never not at all. The last of TRIES,
    or a final refusal, parks it.
    """
    message = Message.objects.filter(pk=number).first()
    if message is None or message.status != Status.QUEUED:
        return
    try:
        _carry(message)
    except carriers.CarrierTrouble as trouble:
        if trouble.final or message.attempts + 1 >= TRIES:
            move(message, Status.PARKED, trouble=str(trouble)[:300], attempts=F("attempts") + 1)
            return
        Message.objects.filter(pk=number).update(
            attempts=F("attempts") + 1, trouble=str(trouble)[:300]
        )
        raise
    # The demo's inbox shows codes; anywhere else a delivered code is nobody's business.
    body = "" if message.secret and not settings.DEMO else message.body
    move(
        message,
        Status.SENT,
        sent_at=timezone.now(),
        body=body,
        trouble="",
        attempts=F("attempts") + 1,
    )


def _carry(message: Message) -> None:
    reference = f"msg-{message.pk}"
    if message.channel == Message.Channel.SMS:
        carriers.send_sms(phone=message.phone, text=message.body, reference=reference)
    else:
        carriers.send_email(
            email=message.email,
            subject=message.subject,
            body=message.body,
            reference=reference,
        )


def move(message: Message, then: Status, **what: Any) -> None:
    """Compare and set: from where `message` was read to `then`, with the fields of `what`."""
    now = Status(message.status)
    assert then in NEXT[now], f"a message does not go from {now} to {then}"
    moved = Message.objects.filter(pk=message.pk, status=now).update(status=then, **what)
    assert moved == 1, f"message {message.pk} moved meanwhile"
    message.status = then
