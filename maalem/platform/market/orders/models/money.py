"""Money asked of, or received through, the payment institution: one row before every call.

Each row carries the idempotency key it was or will be asked under, so that a job which finds a
row with an unknown outcome can ask again without moving money twice.
"""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from maalem.platform.market.orders.models.sale import Order, OrderGroup
from maalem.platform.market.orders.states import AskStatus, AttemptStatus, Verdict


class PaymentAttempt(models.Model):
    """One hosted payment page: for what is due now of a group, or for the balance of an `order`.

    Of each at most one is live at a time.
    """

    group = models.ForeignKey(OrderGroup, models.PROTECT, related_name="attempts")
    order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=64, unique=True)
    status = models.CharField(max_length=12, default=AttemptStatus.REQUESTED.value)
    # Fixed when the attempt is made, because a repeated request must be the same to the letter.
    closes_at = models.DateTimeField()
    session = models.CharField(max_length=255, unique=True, null=True)
    intent = models.CharField(max_length=255, blank=True, default="")
    url = models.URLField(max_length=2000, blank=True, default="")
    reason = models.CharField(max_length=300, blank=True, default="")
    made_at = models.DateTimeField(db_default=Now())
    asked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["group_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["group", "number"], name="attempt_number_once"),
            models.UniqueConstraint(
                fields=["group"],
                condition=Q(status__in=["requested", "unknown", "open"], order__isnull=True),
                name="attempt_one_live_per_group",
            ),
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(status__in=["requested", "unknown", "open"]),
                name="attempt_one_live_per_balance",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[s.value for s in AttemptStatus]),
                name="attempt_status_known",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["open", "complete"]) | Q(session__isnull=False),
                name="attempt_open_has_a_session",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Payment(models.Model):
    """Money that came in for a group, or for the balance of an `order` in it.

    Of each one is accepted; any other is given back, and shown.
    """

    group = models.ForeignKey(OrderGroup, models.PROTECT, related_name="payments")
    order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="balances")
    intent = models.CharField(max_length=255, unique=True)
    session = models.CharField(max_length=255, blank=True, default="")
    charge = models.CharField(max_length=255, blank=True, default="")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    verdict = models.CharField(max_length=14)
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["group"],
                condition=Q(verdict="accepted", order__isnull=True),
                name="payment_one_accepted",
            ),
            models.UniqueConstraint(
                fields=["order"], condition=Q(verdict="accepted"), name="payment_one_balance"
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=[v.value for v in Verdict]), name="payment_verdict_known"
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payment_amount_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.intent} {self.verdict}"

    @property
    def reference(self) -> str:
        """What the institution was told that it is for: the group's number, or the order's."""
        return self.order.number if self.order else self.group.number


class Ask(models.Model):
    """What a refund and a release have in common.

    `refusals` counts definite noes. A refusal is remembered under its key by the other side, so
    the question after it goes out under the next key (`asked_as`); a silence never does that.
    """

    key = models.CharField(max_length=64, unique=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="MAD")
    status = models.CharField(max_length=10, default=AskStatus.REQUESTED.value)
    answer = models.CharField(max_length=255, blank=True, default="")  # re_… or tr_…
    reason = models.CharField(max_length=300, blank=True, default="")
    tries = models.PositiveSmallIntegerField(default=0)
    refusals = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField(db_default=Now())
    asked_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.key

    @property
    def asked_as(self) -> str:
        """The idempotency key of the next question."""
        return f"{self.key}-{self.refusals}" if self.refusals else self.key


ASK_RULES = {
    "status": Q(status__in=[s.value for s in AskStatus]),
    "done": ~Q(status="done") | (Q(done_at__isnull=False) & ~Q(answer="")),
}


class Refund(Ask):
    """Money going back to a buyer. `cause` is a verdict, or `cancelled` for a cancelled order."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refunds")
    order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="refunds")
    cause = models.CharField(max_length=14)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=ASK_RULES["status"], name="refund_status_known"),
            models.CheckConstraint(condition=ASK_RULES["done"], name="refund_done_has_an_answer"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="refund_amount_positive"),
            # A payment that was never accepted goes back whole, once.
            models.UniqueConstraint(
                fields=["payment"], condition=Q(order__isnull=True), name="refund_whole_once"
            ),
            models.UniqueConstraint(fields=["order", "payment"], name="refund_of_a_parcel_once"),
        ]


class Goodwill(Ask):
    """Money that an officer gave back of a parcel which stands, out of the platform's own.

    `by` is who, `note` why. The seller's share is not touched; a parcel that is given back whole
    before it has arrived is called off instead, and has a `Refund`. What `is_owed` (a return was
    accepted) is nobody's favour: a refusal of it is asked again until it is done.
    """

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="goodwill")
    order = models.ForeignKey(Order, models.PROTECT, related_name="goodwill")
    is_owed = models.BooleanField(default=False)
    # One sum that two payments must bring is two rows: this is the second's first.
    rest_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="rest")
    by = models.CharField(max_length=120)
    note = models.CharField(max_length=300, blank=True, default="")

    @property
    def is_sent(self) -> bool:
        """Whether the whole sum is on its way to the buyer."""
        return all(one.status == AskStatus.DONE for one in (self, *self.rest.all()))

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=ASK_RULES["status"], name="goodwill_status_known"),
            models.CheckConstraint(condition=ASK_RULES["done"], name="goodwill_done_has_an_answer"),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="goodwill_amount_positive"
            ),
        ]


class Release(Ask):
    """The seller's share of what one payment brought for a delivered order: one transfer.

    Where a deposit and a balance were paid there are two, which add up to her share.
    """

    order = models.ForeignKey(Order, models.PROTECT, related_name="releases")
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="releases")
    account = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=ASK_RULES["status"], name="release_status_known"),
            models.CheckConstraint(condition=ASK_RULES["done"], name="release_done_has_an_answer"),
            models.CheckConstraint(
                condition=Q(amount_minor__gte=0), name="release_amount_not_negative"
            ),
            models.UniqueConstraint(fields=["order", "payment"], name="release_once"),
        ]


class Reversal(Ask):
    """A part of what a seller was handed, taken back for things that came back to her.

    It is asked once her release is done: before that there is no transfer to take it from.
    """

    release = models.ForeignKey(Release, models.PROTECT, related_name="reversals")
    rest_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="rest")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=ASK_RULES["status"], name="reversal_status_known"),
            models.CheckConstraint(condition=ASK_RULES["done"], name="reversal_done_has_an_answer"),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="reversal_amount_positive"
            ),
        ]


class Alert(models.Model):
    """Something a person of the platform must look at. Kept after it was settled."""

    kind = models.CharField(max_length=40)
    group = models.ForeignKey(OrderGroup, models.PROTECT, null=True, related_name="alerts")
    about = models.CharField(max_length=120)  # the key, intent or event it is about
    note = models.CharField(max_length=500)
    at = models.DateTimeField(db_default=Now())
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["kind", "about"], name="alert_once")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.about}"
