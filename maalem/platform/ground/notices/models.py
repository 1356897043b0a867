from django.conf import settings
from django.db import models

from .states import Status


class Message(models.Model):
    """One message to one person by one channel, as it was when the thing it tells happened.

    Written in the transaction of that thing. `key` names the thing: the same key is told once by
    each channel. The body of a `secret` message (a sign-in code) is emptied once it is delivered.
    """

    class Channel(models.TextChoices):
        SMS = "sms"
        EMAIL = "email"

    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=5, choices=Channel.choices)
    key = models.CharField(max_length=120, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="messages"
    )
    phone = models.CharField(max_length=16, blank=True)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=5)
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    secret = models.BooleanField(default=False)
    status = models.CharField(
        max_length=6, choices=[(status, status) for status in Status], default=Status.QUEUED
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key", "channel"],
                condition=~models.Q(key=""),
                name="message_told_once_by_each_channel",
            ),
            models.CheckConstraint(
                condition=(models.Q(channel="sms") & ~models.Q(phone=""))
                | (models.Q(channel="email") & ~models.Q(email="")),
                name="message_has_an_address",
            ),
        ]
        indexes = [
            models.Index(
                fields=["status", "created_at"],
                condition=~models.Q(status="sent"),
                name="message_unsent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} by {self.channel} to {self.phone or self.email}"
