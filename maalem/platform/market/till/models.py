from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from maalem.platform.market.orders.states import AskStatus


class AskedRefund(models.Model):
    """A refund that somebody asked for at the till, written down before it is asked.

    `key` is the idempotency key: asking again with it gives back once. `account` is the connected
    account's id, empty for the platform's own; `code` is why it was refused.
    """

    key = models.CharField(max_length=64, unique=True)
    account = models.CharField(max_length=64, blank=True, default="")
    charge = models.CharField(max_length=64)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="MAD")
    reason = models.CharField(max_length=30, blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, default=AskStatus.REQUESTED.value)
    answer = models.CharField(max_length=255, blank=True, default="")  # re_…
    code = models.CharField(max_length=100, blank=True, default="")
    made_at = models.DateTimeField(db_default=Now())
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["charge"], name="asked_refund_by_charge")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[s.value for s in AskStatus]),
                name="asked_refund_status_known",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="asked_refund_amount_positive"
            ),
            models.CheckConstraint(
                condition=~Q(status="done") | (Q(done_at__isnull=False) & ~Q(answer="")),
                name="asked_refund_done_has_an_answer",
            ),
        ]
        permissions = [
            ("see_all_payments", "Can see the payments of every account"),
            ("give_back_payments", "Can give back payments of every account"),
            ("answer_disputes", "Can answer disputes of every account"),
            ("run_programs", "Can look after the platform's keys and endpoints"),
            ("judge_reviews", "Can judge payments that a rule put aside"),
            ("watch_bank", "Can see the institution's bank account and its proofs"),
            ("write_rules", "Can write the rules that block payments, and their lists"),
            ("pay_out", "Can send the platform's own money to its bank"),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def token(self) -> str:
        """What the form carries for this press of its button."""
        return self.key.removeprefix("till-")


class Deed(models.Model):
    """Who did what at a till: kept for whoever asks afterwards, and never changed.

    `about` is the thing's id at the institution, `note` what a person should read of it.
    """

    account = models.CharField(max_length=64, blank=True, default="")
    kind = models.CharField(max_length=40)
    about = models.CharField(max_length=120)
    note = models.CharField(max_length=300, blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["about"], name="deed_by_thing")]

    def __str__(self) -> str:
        return f"{self.kind} {self.about}"


class BankChange(models.Model):
    """A new bank account of a workshop's, of which its people were told before money goes there.

    `bank` is its id at the institution, `from_at` when the first payout may go there.
    """

    account = models.CharField(max_length=64)
    bank = models.CharField(max_length=64, unique=True)
    bank_name = models.CharField(max_length=120, blank=True, default="")
    last4 = models.CharField(max_length=4)
    from_at = models.DateTimeField()
    told_at = models.DateTimeField(db_default=Now())
    stopped_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.account}: {self.bank}"
