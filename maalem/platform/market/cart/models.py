"""A cart, its lines, and the pieces held for it while somebody pays."""

from django.db import models
from django.db.models.functions import Now

MAX_QUANTITY = 20
MAX_LINES = 40


PRESS_LENGTH = 40


class Cart(models.Model):
    """What somebody means to buy. A guest's cart is known by `key`, kept in a signed cookie."""

    key = models.CharField(max_length=40, unique=True)
    person = models.OneToOneField(
        "people.Person", on_delete=models.CASCADE, null=True, blank=True, related_name="cart"
    )
    created_at = models.DateTimeField(db_default=Now())
    touched_at = models.DateTimeField(db_default=Now(), db_index=True)
    # The press of a button that was acted on last: sent again after a time-out, it adds no more.
    last_press = models.CharField(max_length=PRESS_LENGTH, blank=True, db_default="")

    def __str__(self) -> str:
        return self.key


class CartLine(models.Model):
    """`quantity` pieces of one variant, and the price that was on the page when it was added."""

    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="lines")
    variant = models.ForeignKey("catalog.Variant", on_delete=models.CASCADE, related_name="+")
    quantity = models.PositiveSmallIntegerField()
    price_seen_minor = models.BigIntegerField()
    added_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cart", "variant"], name="cart_line_once"),
            models.CheckConstraint(
                condition=models.Q(quantity__gte=1, quantity__lte=MAX_QUANTITY),
                name="cart_line_quantity",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.variant_id}"


class Hold(models.Model):
    """Pieces put aside for one purchase (`reference`, the group's number) until it is settled.

    While `held`, the pieces are counted in the variant's `reserved`. A hold ends exactly once:
    `consumed` (sold) or `released` (free again).
    """

    HELD, CONSUMED, RELEASED = "held", "consumed", "released"

    cart = models.ForeignKey(Cart, on_delete=models.SET_NULL, null=True, related_name="holds")
    reference = models.CharField(max_length=24)
    variant = models.ForeignKey("catalog.Variant", on_delete=models.PROTECT, related_name="holds")
    quantity = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, default=HELD)
    made_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reference", "variant"], name="hold_once"),
            models.CheckConstraint(
                condition=models.Q(status__in=["held", "consumed", "released"]),
                name="hold_status_known",
            ),
            models.CheckConstraint(condition=models.Q(quantity__gte=1), name="hold_quantity"),
        ]
        indexes = [
            models.Index(
                fields=["variant"], condition=models.Q(status="held"), name="hold_held_by_variant"
            )
        ]

    def __str__(self) -> str:
        return f"{self.reference}: {self.quantity} x {self.variant_id} {self.status}"
