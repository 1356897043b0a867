"""Crafts, products, what can be bought of them, their pictures, and the row that search reads."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from i18nfield.fields import I18nCharField, I18nTextField

from maalem.platform.craft.artisans.models import Artisan, Maker
from maalem.platform.market.catalog.states import (
    DEPOSITS,
    STATUS_NAMES,
    SUPPLY_NAMES,
    CardShown,
    Status,
    Supply,
    Tongue,
)


class Craft(models.Model):
    """A craft or, under a parent, one of its branches. `hs_hint` is a suggested customs code."""

    code = models.CharField(max_length=40, unique=True)
    slug = models.SlugField(max_length=80, unique=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="kinds")
    name = I18nCharField(max_length=120)
    blurb = I18nTextField(blank=True, default="")
    position = models.PositiveSmallIntegerField(default=0)
    hs_hint = models.CharField(max_length=12, blank=True, default="")
    cover = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(slug="") & ~Q(code=""), name="craft_named"),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")), name="craft_not_own_parent"
            ),
        ]

    def __str__(self) -> str:
        return str(self.name)

    def get_absolute_url(self) -> str:
        return reverse("catalog:craft", args=[self.slug])


class Product(models.Model):
    """A thing an artisan sells. Lengths in mm, weight in g, amounts in centimes."""

    slug = models.SlugField(max_length=120, unique=True)
    artisan = models.ForeignKey(Artisan, models.PROTECT, related_name="products")
    maker = models.ForeignKey(
        Maker, models.SET_NULL, null=True, blank=True, related_name="products"
    )
    craft = models.ForeignKey(Craft, models.PROTECT, related_name="products")
    title = I18nCharField(max_length=200)
    description = I18nTextField(blank=True, default="")
    materials = I18nCharField(max_length=300, blank=True, default="")
    technique = I18nCharField(max_length=300, blank=True, default="")
    care = I18nTextField(blank=True, default="")
    length_mm = models.PositiveIntegerField(null=True, blank=True)
    width_mm = models.PositiveIntegerField(null=True, blank=True)
    height_mm = models.PositiveIntegerField(null=True, blank=True)
    diameter_mm = models.PositiveIntegerField(null=True, blank=True)
    weight_g = models.PositiveIntegerField(null=True, blank=True)
    # Working days from the order until it can leave, where it is made to order.
    making_days = models.PositiveSmallIntegerField(null=True, blank=True)
    # What share of its price is paid when it is ordered, where not all is.
    deposit_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    supply = models.CharField(
        max_length=14,
        choices=[(s.value, SUPPLY_NAMES[s]) for s in Supply],
        default=Supply.STOCK.value,
    )
    status = models.CharField(
        max_length=10,
        choices=[(s.value, STATUS_NAMES[s]) for s in Status],
        default=Status.DRAFT.value,
    )
    hs_code = models.CharField(max_length=12, blank=True, default="")
    # The cheapest variant's price. A trigger keeps it; it is here so that lists need no join.
    price_from_minor = models.PositiveBigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3, default="MAD")
    published_at = models.DateTimeField(null=True, blank=True)
    # Counted up by a trigger when anything a page shows of it changes: the key of kept fragments.
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(slug=""), name="product_slug_not_empty"),
            models.CheckConstraint(
                condition=Q(status__in=[s.value for s in Status]), name="product_status_known"
            ),
            models.CheckConstraint(
                condition=Q(supply__in=[s.value for s in Supply]), name="product_supply_known"
            ),
            models.CheckConstraint(
                condition=Q(price_from_minor__isnull=True) | Q(price_from_minor__gt=0),
                name="product_price_positive",
            ),
            models.CheckConstraint(condition=Q(currency="MAD"), name="product_currency_mad"),
            models.CheckConstraint(
                condition=Q(status="draft") | Q(published_at__isnull=False),
                name="product_published_has_a_date",
            ),
            models.CheckConstraint(
                condition=~Q(status="published") | Q(price_from_minor__isnull=False),
                name="product_published_has_a_price",
            ),
            models.CheckConstraint(
                condition=~Q(supply="made_to_order") | Q(making_days__isnull=False),
                name="product_made_to_order_says_how_long",
            ),
            models.CheckConstraint(
                condition=Q(deposit_percent__isnull=True)
                | Q(supply="made_to_order", deposit_percent__in=DEPOSITS),
                name="product_deposit_of_what_is_made",
            ),
        ]
        indexes = [models.Index(fields=["artisan", "-published_at"], name="product_by_artisan")]

    def __str__(self) -> str:
        return str(self.title)

    def get_absolute_url(self) -> str:
        return reverse("catalog:product", args=[self.slug])


class Variant(models.Model):
    """What goes into a cart: a size or colour of a product, with its price and its stock.

    `on_hand` counts pieces that exist, `reserved` those promised to an order not yet paid or sent.
    A product made to order keeps both at 0 and can always be bought.
    """

    product = models.ForeignKey(Product, models.CASCADE, related_name="variants")
    sku = models.CharField(max_length=64, unique=True)
    label = I18nCharField(max_length=120, blank=True, default="")
    price_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3, default="MAD")
    on_hand = models.IntegerField(default=0)
    reserved = models.IntegerField(default=0)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(price_minor__gt=0), name="variant_price_positive"),
            models.CheckConstraint(condition=Q(currency="MAD"), name="variant_currency_mad"),
            models.CheckConstraint(
                condition=Q(on_hand__gte=0), name="variant_on_hand_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(reserved__gte=0) & Q(reserved__lte=F("on_hand")),
                name="variant_reserved_within_on_hand",
            ),
        ]

    def __str__(self) -> str:
        return self.sku

    @property
    def free(self) -> int:
        """Pieces that nobody has been promised."""
        return self.on_hand - self.reserved


class AppliedPrice(models.Model):
    """From `at` on a variant was offered at this price, or, without one, not at all.

    Triggers write it, nobody else can, and nothing of it is changed: it outlives its variant.
    What it lets us say of a lower price is in `reductions`.
    """

    variant = models.ForeignKey(
        Variant,
        models.DO_NOTHING,
        related_name="applied_prices",
        db_constraint=False,
        db_index=False,
    )
    price_minor = models.PositiveBigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["variant", "at", "id"], name="applied_by_variant")]


class Photo(models.Model):
    """A picture under the media root. `tone` is the colour shown while it loads (#rrggbb)."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="photos")
    position = models.PositiveSmallIntegerField(default=0)
    path = models.CharField(max_length=200)
    alt = I18nCharField(max_length=300, blank=True, default="")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    tone = models.CharField(max_length=7, blank=True, default="")

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["product", "position"], name="photo_position_once"),
            models.CheckConstraint(
                condition=Q(width__gt=0) & Q(height__gt=0), name="photo_has_a_size"
            ),
            models.CheckConstraint(condition=~Q(path=""), name="photo_has_a_path"),
        ]


def _shelf(name: str, *fields: str) -> models.Index:
    """An index that reads one shelf in order, over what can be bought."""
    return models.Index(fields=fields, name=f"entry_{name}", condition=Q(in_stock=True))


class StatusChange(models.Model):
    """Who moved a product, from where to where. Append-only."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="status_changes")
    was = models.CharField(max_length=10)
    now = models.CharField(max_length=10)
    by = models.CharField(max_length=120)
    at = models.DateTimeField(auto_now_add=True)


class Change(models.Model):
    """What somebody changed of a product on the shelf: from `was` to `now`. Append-only."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="changes")
    what = models.CharField(max_length=80)
    was = models.JSONField(null=True)
    now = models.JSONField(null=True)
    by = models.CharField(max_length=120)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(what="") & ~Q(by=""), name="change_says_what_and_who"
            )
        ]


class PriceCard(models.Model):
    """What the artisan says of her price: materials in centimes and working time for one piece, and
    how much of it buyers see. The rest of the card is reckoned: `fair`.
    """

    product = models.OneToOneField(
        Product, models.CASCADE, primary_key=True, related_name="price_card"
    )
    materials_minor = models.PositiveBigIntegerField()
    minutes = models.PositiveIntegerField()
    shown = models.CharField(max_length=8, default=CardShown.NOTHING.value)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(minutes__gt=0), name="price_card_takes_time"),
            models.CheckConstraint(
                condition=Q(shown__in=[s.value for s in CardShown]), name="price_card_shown_known"
            ),
        ]


class Voice(models.Model):
    """The story of a piece, told aloud: a recording under the media root, as it was taken in."""

    product = models.OneToOneField(Product, models.CASCADE, primary_key=True, related_name="voice")
    path = models.CharField(max_length=200)
    # None where the recording doesn't say how long it is.
    seconds = models.PositiveSmallIntegerField(null=True)
    tongue = models.CharField(max_length=3)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(path=""), name="voice_has_a_path"),
            models.CheckConstraint(
                condition=Q(tongue__in=[t.value for t in Tongue]), name="voice_tongue_known"
            ),
            models.CheckConstraint(
                condition=Q(seconds__isnull=True) | Q(seconds__gte=1, seconds__lte=63),
                name="voice_within_a_minute",
            ),
        ]


class Entry(models.Model):
    """One published product as lists and search read it: narrow, so that a page reads few blocks.

    `document` holds folded words of all three languages with weights (A title, B craft and
    artisan, C materials and place, D story). A trigger keeps `in_stock` and `price_minor`.
    """

    product = models.OneToOneField(Product, models.CASCADE, primary_key=True, related_name="entry")
    craft = models.ForeignKey(Craft, models.CASCADE, related_name="+", db_index=False)
    root_craft = models.ForeignKey(Craft, models.CASCADE, related_name="+", db_index=False)
    region_code = models.CharField(max_length=2)
    supply = models.CharField(max_length=14)
    price_minor = models.PositiveBigIntegerField()
    published_at = models.DateTimeField()
    # False once the last piece is sold. A piece that is only promised still shows.
    in_stock = models.BooleanField(default=True)
    document = SearchVectorField()

    class Meta:
        indexes = [
            # A long pending list would be read by every search: keep it short.
            GinIndex(fields=["document"], name="entry_document", gin_pending_list_limit=256),
            _shelf("newest", "-published_at", "-product"),
            _shelf("cheapest", "price_minor", "product"),
            _shelf("root_newest", "root_craft", "-published_at", "-product"),
            _shelf("root_cheapest", "root_craft", "price_minor", "product"),
            _shelf("root_region", "root_craft", "region_code", "-published_at", "-product"),
            _shelf("craft_newest", "craft", "-published_at", "-product"),
            _shelf("craft_cheapest", "craft", "price_minor", "product"),
            _shelf("region_newest", "region_code", "-published_at", "-product"),
            _shelf("region_cheapest", "region_code", "price_minor", "product"),
        ]


class Word(models.Model):
    """A folded word that documents hold, and in how many: what a misspelt query is compared to."""

    word = models.CharField(max_length=60, primary_key=True)
    products = models.PositiveIntegerField()

    class Meta:
        indexes = [GinIndex(OpClass("word", name="gin_trgm_ops"), name="word_trigrams")]


def _no_stars() -> list[int]:
    return [0, 0, 0, 0, 0]


def _stars() -> ArrayField:
    """How many gave one star, two, … five."""
    return ArrayField(models.PositiveIntegerField(), size=5, default=_no_stars)


class Rating(models.Model):
    """What a piece's page shows of its reviews: how many gave so many stars, and the newest.

    The room of reviews stands above this one. It keeps this row by a trigger, so that the figures
    equal the published reviews whoever writes them, and a page needs no second look.
    """

    product = models.OneToOneField(Product, models.CASCADE, primary_key=True, related_name="rating")
    stars = _stars()
    newest = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(stars__len=5), name="rating_counts_five_stars")
        ]


class Standing(models.Model):
    """The same for a workshop: the stars of all its pieces, and those for its service."""

    artisan = models.OneToOneField(
        Artisan, models.CASCADE, primary_key=True, related_name="standing"
    )
    stars = _stars()
    service = _stars()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(stars__len=5, service__len=5), name="standing_counts_five_stars"
            )
        ]
