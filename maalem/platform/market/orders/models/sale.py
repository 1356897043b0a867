"""What was sold: a group (one payment), one order per seller, its frozen lines, and its history.

Amounts are centimes of `currency`. What a buyer agreed to is frozen: triggers refuse to change
amounts and lines afterwards, and history is append-only.
"""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from maalem.platform.market.orders.states import GroupStatus, OrderStatus


class OrderGroup(models.Model):
    """Everything bought in one go. `number` is read out over the telephone."""

    number = models.CharField(max_length=16, unique=True)
    cart = models.ForeignKey("cart.Cart", models.SET_NULL, null=True, related_name="groups")
    person = models.ForeignKey(
        "people.Person", models.SET_NULL, null=True, related_name="purchases"
    )
    status = models.CharField(max_length=20, default=GroupStatus.PENDING_PAYMENT.value)
    language = models.CharField(max_length=5)
    name = models.CharField(max_length=120)
    phone = models.CharField(max_length=16)
    email = models.EmailField(blank=True, default="")
    country = models.CharField(max_length=2)
    # Within Morocco: commune and region codes with their names, quarter, landmark.
    # Abroad: lines, city, postcode where the country has them.
    address = models.JSONField()
    note = models.CharField(max_length=500, blank=True, default="")
    currency = models.CharField(max_length=3, default="MAD")
    goods_minor = models.BigIntegerField()
    shipping_minor = models.BigIntegerField()
    total_minor = models.BigIntegerField()
    # The part of it that is paid later, parcel by parcel, when what is made to order is ready.
    balance_minor = models.BigIntegerField(default=0, db_default=0)
    # A digest of the lines, prices, parcels and address that the buyer was shown and agreed to.
    agreed = models.CharField(max_length=64)
    placed_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[s.value for s in GroupStatus]), name="group_status_known"
            ),
            models.CheckConstraint(
                condition=Q(total_minor=F("goods_minor") + F("shipping_minor"))
                & Q(goods_minor__gt=0, shipping_minor__gte=0),
                name="group_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(balance_minor__gte=0, balance_minor__lt=F("total_minor")),
                name="group_balance_leaves_a_deposit",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["paid", "refunded"]) | Q(paid_at__isnull=False),
                name="group_paid_has_a_time",
            ),
            # A double click, a second tab, a repeated POST: one cart waits for one payment.
            models.UniqueConstraint(
                fields=["cart"],
                condition=Q(status="pending_payment"),
                name="group_one_pending_per_cart",
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"],
                condition=Q(status="pending_payment"),
                name="group_pending_by_expiry",
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def due_now_minor(self) -> int:
        """What is paid when it is placed."""
        return self.total_minor - self.balance_minor


class Order(models.Model):
    """One seller's parcel of a group, with the frozen split of its money."""

    number = models.CharField(max_length=20, unique=True)
    group = models.ForeignKey(OrderGroup, models.PROTECT, related_name="orders")
    artisan = models.ForeignKey("artisans.Artisan", models.PROTECT, related_name="orders")
    position = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=20, default=OrderStatus.AWAITING_PAYMENT.value)
    seller = models.JSONField()  # the name as it was, {"fr": …, "ar": …, "en": …}
    place = models.JSONField()  # the commune it leaves from, in three languages
    currency = models.CharField(max_length=3, default="MAD")
    goods_minor = models.BigIntegerField()
    shipping_minor = models.BigIntegerField()
    commission_minor = models.BigIntegerField()
    commission_vat_minor = models.BigIntegerField()
    seller_net_minor = models.BigIntegerField()
    # What of the parcel is paid when it is ready to leave; nothing where all is paid at once.
    balance_minor = models.BigIntegerField(default=0, db_default=0)
    weight_g = models.PositiveIntegerField()
    dispatch_by = models.DateField()
    # Of what is made to order: the day on which making begins, in the month that had room for it.
    making_from = models.DateField(null=True)
    # What the buyer was told is due where it arrives: shipping/border.py. None within Morocco.
    border = models.JSONField(null=True)
    carrier = models.CharField(max_length=60, blank=True, default="")
    tracking = models.CharField(max_length=60, blank=True, default="")
    ready_at = models.DateTimeField(null=True)  # the workshop says so, and the balance is asked
    balance_paid_at = models.DateTimeField(null=True)
    dispatched_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["group_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["group", "artisan"], name="order_one_per_seller"),
            models.CheckConstraint(
                condition=Q(status__in=[s.value for s in OrderStatus]), name="order_status_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    seller_net_minor=F("goods_minor")
                    + F("shipping_minor")
                    - F("commission_minor")
                    - F("commission_vat_minor")
                ),
                name="order_split_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(
                    goods_minor__gt=0,
                    shipping_minor__gte=0,
                    commission_minor__gte=0,
                    commission_vat_minor__gte=0,
                    seller_net_minor__gte=0,
                ),
                name="order_amounts_not_negative",
            ),
            models.CheckConstraint(
                condition=~Q(status="delivered") | Q(delivered_at__isnull=False),
                name="order_delivered_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(
                    balance_minor__gte=0, balance_minor__lt=F("goods_minor") + F("shipping_minor")
                ),
                name="order_balance_leaves_a_deposit",
            ),
            models.CheckConstraint(
                condition=Q(balance_minor=0)
                | Q(balance_paid_at__isnull=False)
                | ~Q(status__in=["dispatched", "delivered"]),
                name="order_leaves_when_it_is_paid",
            ),
            models.CheckConstraint(
                condition=Q(balance_minor__gt=0)
                | Q(ready_at__isnull=True, balance_paid_at__isnull=True),
                name="order_without_balance_waits_for_none",
            ),
        ]
        indexes = [
            models.Index(fields=["artisan", "-id"], name="order_by_artisan"),
            models.Index(
                fields=["dispatched_at"],
                condition=Q(status="dispatched"),
                name="order_on_its_way",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def total_minor(self) -> int:
        """What this parcel costs its buyer, the balance included."""
        return self.goods_minor + self.shipping_minor

    @property
    def deposit_minor(self) -> int:
        """What of it is paid when it is placed: all, where there is no balance."""
        return self.total_minor - self.balance_minor

    @property
    def owes_minor(self) -> int:
        """What must still be paid before it may leave."""
        return 0 if self.balance_paid_at else self.balance_minor

    @property
    def paid_minor(self) -> int:
        """What was paid for it, once its group is."""
        return self.total_minor - self.owes_minor

    @property
    def seller_paid_minor(self) -> int:
        """The seller's share of what was paid."""
        return self.seller_net_minor * self.paid_minor // self.total_minor


class OrderLine(models.Model):
    """A thing as it was when it was bought: words, price and commission never change again."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    product = models.ForeignKey("catalog.Product", models.SET_NULL, null=True, related_name="+")
    variant = models.ForeignKey("catalog.Variant", models.SET_NULL, null=True, related_name="+")
    sku = models.CharField(max_length=64)
    title = models.JSONField()
    label = models.JSONField()
    snapshot = models.JSONField()  # what written.py froze: slug, craft, maker, maker_id…
    quantity = models.PositiveSmallIntegerField()
    unit_price_minor = models.BigIntegerField()
    total_minor = models.BigIntegerField()
    balance_minor = models.BigIntegerField(default=0, db_default=0)  # of it, paid when it is ready
    commission_rule = models.CharField(max_length=60)
    commission_bps = models.PositiveIntegerField()
    commission_minor = models.BigIntegerField()

    class Meta:
        ordering = ["order_id", "position"]
        constraints = [
            models.CheckConstraint(
                condition=Q(total_minor=F("unit_price_minor") * F("quantity"))
                & Q(quantity__gte=1, unit_price_minor__gt=0, commission_minor__gte=0),
                name="order_line_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(balance_minor__gte=0, balance_minor__lt=F("total_minor")),
                name="order_line_balance_leaves_a_deposit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.sku}"


class History(models.Model):
    """What happened to a group or one of its orders, when, and by whom. Append-only."""

    group = models.ForeignKey(OrderGroup, models.PROTECT, related_name="history")
    order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="history")
    at = models.DateTimeField(db_default=Now())
    event = models.CharField(max_length=40)
    was = models.CharField(max_length=20, blank=True, default="")
    now = models.CharField(max_length=20, blank=True, default="")
    by = models.CharField(max_length=120)
    note = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "history"

    def __str__(self) -> str:
        return f"{self.event}: {self.was} -> {self.now}"
