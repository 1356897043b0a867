"""What search engines are told: the map of the site and where not to go."""

from collections.abc import Iterable

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from maalem.platform.craft.artisans.models import Artisan
from maalem.platform.market.catalog import feed, queries
from maalem.platform.market.catalog.models import Craft, Product
from maalem.platform.market.catalog.states import Status

# The cart is not among them: a stranger finds it empty, and whoever asks Lighthouse about a shop
# begins there.
_ROBOTS = """User-agent: *
Disallow: /*?*craft=
Disallow: /*?*region=
Disallow: /*?*price=
Disallow: /*?*supply=
Disallow: /*?*material=
Disallow: /*?*sort=
Disallow: /*/checkout/
Disallow: /*/account/
Sitemap: {base}/sitemap.xml
"""


def robots(request: HttpRequest) -> HttpResponse:
    """robots.txt: the shelves yes, their thousand narrowings no."""
    return HttpResponse(_ROBOTS.format(base=settings.PLATFORM_URL), content_type="text/plain")


def products(request: HttpRequest, language: str, currency: str) -> HttpResponseBase:
    """The list for machines that show products, as it was written in this hour."""
    file = feed.file_of(language, currency)
    try:
        found = file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(
        found,
        content_type="application/rss+xml; charset=utf-8",
        headers={"Cache-Control": "public, max-age=3600"},
    )


class _InEveryLanguage(Sitemap):
    i18n = True
    alternates = True
    x_default = True
    limit = 2_000


class Pages(_InEveryLanguage):
    """The front page and the directories."""

    def items(self) -> list[str]:
        return ["site:home", "catalog:crafts", "artisans:artisans", "catalog:search"]

    def location(self, item: str) -> str:
        return reverse(item)


class Crafts(_InEveryLanguage):
    """Every craft."""

    def items(self) -> Iterable[Craft]:
        return queries.crafts()


class Regions(_InEveryLanguage):
    """Every region."""

    def items(self) -> list[str]:
        return [region.slug for region in queries.regions()]

    def location(self, item: str) -> str:
        return reverse("catalog:region", args=[item])


class Artisans(_InEveryLanguage):
    """Every workshop."""

    def items(self) -> QuerySet[Artisan]:
        return Artisan.objects.only("slug", "updated_at").order_by("pk")

    def lastmod(self, item: Artisan) -> object:
        return item.updated_at


class Products(_InEveryLanguage):
    """Everything on the shelf."""

    def items(self) -> QuerySet[Product]:
        shelf = Product.objects.filter(status=Status.PUBLISHED.value)
        return shelf.only("slug", "updated_at").order_by("pk")

    def lastmod(self, item: Product) -> object:
        return item.updated_at


SITEMAPS = {
    "pages": Pages,
    "crafts": Crafts,
    "regions": Regions,
    "artisans": Artisans,
    "products": Products,
}
