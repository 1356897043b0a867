"""Signed events from the payment institution, kept as they came."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from maalem.platform.inbox.states import EventStatus


class Event(models.Model):
    """One event, stored once by its id before anything is done about it."""

    event_id = models.CharField(max_length=255, unique=True)
    type = models.CharField(max_length=120)
    payload = models.JSONField()
    status = models.CharField(max_length=10, default=EventStatus.STORED.value)
    tries = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=500, blank=True, default="")
    received_at = models.DateTimeField(db_default=Now())
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[s.value for s in EventStatus]), name="event_status_known"
            )
        ]
        indexes = [
            models.Index(fields=["received_at"], condition=Q(status="stored"), name="event_waiting")
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"
