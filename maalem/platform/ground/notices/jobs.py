"""Delivery, after the transaction that wrote the message."""

from datetime import timedelta

from django.utils import timezone

from maalem.platform.ground import jobs

from . import delivery
from .carriers import CarrierTrouble
from .models import Message, Notice
from .states import Status

KEPT = timedelta(days=180)


@jobs.task(queue="notices", tries=delivery.TRIES)
def deliver(*, messages: list[int]) -> None:
    """Carry what was written together; what a carrier could not take is tried again."""
    troubles = []
    for message in messages:
        try:
            delivery.deliver(message)
        except CarrierTrouble as trouble:
            troubles.append(trouble)
    if troubles:
        raise troubles[0]


@jobs.every("17 3 * * *")
def forget_old(timestamp: int) -> None:
    """Messages and notices hold names and numbers: they are kept half a year, no longer."""
    edge = timezone.now() - KEPT
    Message.objects.filter(status=Status.SENT, sent_at__lt=edge).delete()
    Notice.objects.filter(created_at__lt=edge).delete()
