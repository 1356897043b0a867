from django.conf import settings
from django.db import models
from django.utils.translation import get_language

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


class Notice(models.Model):
    """What a person who signs in reads in the app of the same thing, for half a year.

    `words` has the text in each language, so that she reads it in the one that she reads now;
    `path` is where it is dealt with, without the language, or empty. Nothing secret is kept here.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices"
    )
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=120, blank=True)
    words = models.JSONField()
    path = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "key"],
                condition=~models.Q(key=""),
                name="notice_kept_once_for_each_person",
            ),
            # A path of this shop: one slash, so that no other host is ever gone to.
            models.CheckConstraint(
                condition=models.Q(path="") | models.Q(path__regex=r"^/[^/\\]"),
                name="notice_leads_into_the_shop",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-id"], name="notice_newest"),
            models.Index(fields=["person"], condition=models.Q(read_at=None), name="notice_unread"),
        ]

    @property
    def text(self) -> str:
        """Its words in the language of the page, else in French, or in the one that it has."""
        for language in ((get_language() or "").split("-")[0], "fr"):
            if self.words.get(language):
                return str(self.words[language])
        return str(next(iter(self.words.values()), ""))

    def __str__(self) -> str:
        return f"{self.kind} for {self.person_id}"
