"""What becomes of a written message."""

from typing import Any

from django.conf import settings
from django.db.models import F

from maalem.platform.rows import read, run

from . import carriers
from .models import Message
from .states import NEXT, Status

TRIES = 8
_SENT = """
UPDATE notices_message
   SET status = 'sent', sent_at = statement_timestamp(), body = %s, trouble = '',
       attempts = attempts + 1
 WHERE id = %s AND status = 'queued'
"""


def deliver(number: int) -> None:
    """Carry the message with this id, unless it is done; raise CarrierTrouble to be tried again.

    A crash between the carrier and the row tells it twice, never not at all. The last of TRIES,
    or a final refusal, parks it.
    """
    for message in read(Message, "WHERE id = %s AND status = 'queued'", [number]):
        carry(message)


def carry(message: Message) -> None:
    """The same for a message that is at hand and waits."""
    try:
        _carry(message)
    except carriers.CarrierTrouble as trouble:
        if trouble.final or message.attempts + 1 >= TRIES:
            move(message, Status.PARKED, trouble=str(trouble)[:300], attempts=F("attempts") + 1)
            return
        Message.objects.filter(pk=message.pk).update(
            attempts=F("attempts") + 1, trouble=str(trouble)[:300]
        )
        raise
    # The demo's inbox shows codes; anywhere else a delivered code is nobody's business.
    body = "" if message.secret and not settings.DEMO else message.body
    assert run(_SENT, [body, message.pk]) == 1, f"message {message.pk} moved meanwhile"


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
