"""What a buyer has told us so far."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from maalem.platform.market.shipping import relays
from maalem.platform.market.shipping.relays import Relay


class Draft(models.Model):
    """Name, telephone and address typed for one cart, kept so that nobody types them twice."""

    cart = models.OneToOneField("cart.Cart", models.CASCADE, related_name="draft")
    name = models.CharField(max_length=120)
    phone = models.CharField(max_length=16)
    email = models.EmailField(blank=True, default="")
    country = models.CharField(max_length=2, default="MA")
    commune = models.ForeignKey("places.Commune", models.PROTECT, null=True, related_name="+")
    quarter = models.CharField(max_length=200, blank=True, default="")
    landmark = models.CharField(max_length=200, blank=True, default="")
    # Collected at this relay point, whose commune it is then; the id of the operator's file.
    relay = models.CharField(max_length=40, blank=True, default="", db_default="")
    line1 = models.CharField(max_length=200, blank=True, default="")
    line2 = models.CharField(max_length=200, blank=True, default="")
    city = models.CharField(max_length=120, blank=True, default="")
    postcode = models.CharField(max_length=16, blank=True, default="")
    note = models.CharField(max_length=500, blank=True, default="")
    written_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(country="MA", commune__isnull=False) | (~Q(country="MA") & ~Q(city="")),
                name="draft_says_where",
            ),
            models.CheckConstraint(
                condition=Q(relay="") | Q(country="MA", commune__isnull=False),
                name="draft_relay_is_at_home",
            ),
        ]

    @property
    def relay_point(self) -> Relay | None:
        """Where it is collected, as the operator's file says today; None where it is brought."""
        return relays.find(self.relay) if self.relay else None

    def __str__(self) -> str:
        return f"{self.name}, {self.country}"
