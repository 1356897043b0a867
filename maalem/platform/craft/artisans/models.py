"""Who makes: an artisan, a maâlem, a co-operative with its makers, an enterprise."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from i18nfield.fields import I18nCharField, I18nTextField

MOST_A_MONTH = 999


class Kind(models.TextChoices):
    """The kinds of workshop that law 50-17 knows."""

    ARTISAN = "artisan", _("Artisan")
    MAALEM = "maalem", _("Master artisan (maâlem)")
    COOPERATIVE = "cooperative", _("Co-operative")
    ENTERPRISE = "enterprise", _("Craft enterprise")


class Artisan(models.Model):
    """A workshop that sells. `trade` is the code of the craft it is known for."""

    kind = models.CharField(max_length=12, choices=Kind, default=Kind.ARTISAN)
    slug = models.SlugField(max_length=80, unique=True)
    name = I18nCharField(max_length=200)
    trade = models.CharField(max_length=40)
    commune = models.ForeignKey("places.Commune", models.PROTECT, related_name="artisans")
    # The quarter, douar or street people ask for; the commune says the rest.
    workshop = I18nCharField(max_length=300, blank=True, default="")
    story = I18nTextField(blank=True, default="")
    since_year = models.PositiveSmallIntegerField(null=True, blank=True)
    payments_account = models.CharField(max_length=64, unique=True, null=True, blank=True)
    portrait = models.CharField(max_length=200, blank=True, default="")
    portrait_tone = models.CharField(max_length=7, blank=True, default="")
    # Pieces made to order that it takes on in a month; None is no limit.
    monthly_capacity = models.PositiveSmallIntegerField(null=True, blank=True)
    # Until when it has no room for one more, as the orders' job last found it; for pages alone.
    full_until = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="artisan_kind_known"),
            models.CheckConstraint(condition=~Q(slug=""), name="artisan_slug_not_empty"),
            models.CheckConstraint(
                condition=Q(since_year__isnull=True) | Q(since_year__range=(1700, 2100)),
                name="artisan_since_year_plausible",
            ),
            models.CheckConstraint(
                condition=Q(payments_account__isnull=True)
                | Q(payments_account__startswith="acct_"),
                name="artisan_account_is_an_account",
            ),
            models.CheckConstraint(
                condition=Q(monthly_capacity__isnull=True)
                | Q(monthly_capacity__range=(1, MOST_A_MONTH)),
                name="artisan_capacity_in_bounds",
            ),
        ]
        indexes = [models.Index(fields=["trade", "id"], name="artisan_by_trade")]

    def __str__(self) -> str:
        return str(self.name)

    def get_absolute_url(self) -> str:
        return reverse("artisans:artisan", args=[self.slug])


class Saying(models.Model):
    """What a workshop changed of what it shows of itself: from `was` to `now`. Append-only."""

    artisan = models.ForeignKey(Artisan, models.CASCADE, related_name="sayings")
    what = models.CharField(max_length=20)
    was = models.JSONField(null=True)
    now = models.JSONField(null=True)
    by = models.CharField(max_length=120)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(what__in=["workshop", "story", "portrait"]) & ~Q(by=""),
                name="saying_says_what_and_who",
            )
        ]


class Role(models.TextChoices):
    """What a person may do for a workshop. A clerk sells for it, an owner also names others."""

    OWNER = "owner", _("Owner")
    CLERK = "clerk", _("Clerk")


class Membership(models.Model):
    """This person acts for this workshop."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    artisan = models.ForeignKey(Artisan, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=8, choices=Role, default=Role.OWNER)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "artisan"], name="membership_once"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role_known"),
        ]


class Maker(models.Model):
    """The one whose hands made it, inside a co-operative or an enterprise."""

    artisan = models.ForeignKey(Artisan, models.CASCADE, related_name="makers")
    name = I18nCharField(max_length=200)
    story = I18nTextField(blank=True, default="")
    since_year = models.PositiveSmallIntegerField(null=True, blank=True)
    portrait = models.CharField(max_length=200, blank=True, default="")
    position = models.PositiveSmallIntegerField(default=0)
    # By this telephone she signs in and sees her own income; never shown to buyers.
    phone = models.CharField(max_length=16, blank=True, default="", db_default="")
    is_active = models.BooleanField(default=True, db_default=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["artisan", "phone"], condition=~Q(phone=""), name="maker_phone_once"
            ),
            models.CheckConstraint(
                condition=Q(phone="") | Q(phone__regex=r"^\+[1-9]\d{6,14}$"),
                name="maker_phone_is_e164",
            ),
        ]
        indexes = [models.Index(fields=["phone"], condition=~Q(phone=""), name="maker_by_phone")]

    def __str__(self) -> str:
        return str(self.name)
