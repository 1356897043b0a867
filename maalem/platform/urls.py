"""Every address of the platform. Rooms name their own pages; this file only says where they are."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib.sitemaps.views import index, sitemap
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.decorators.cache import cache_page

from maalem.platform.ground.pictures.media import media
from maalem.platform.ground.sounds.media import sound
from maalem.platform.health import health
from maalem.platform.market.catalog.robots import SITEMAPS, products, robots
from maalem.platform.market.studio.views.pieces import worker

urlpatterns: list[URLPattern | URLResolver] = [
    path("health", health, name="health"),
    path("", include("maalem.platform.inbox.urls")),
    path("currency/", include("maalem.platform.ground.rates.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("media/voices/<path:name>", sound, name="sound"),
    path("media/<path:path>", media, name="media"),
    path("studio-worker.js", worker, name="studio_worker"),
    path("robots.txt", robots, name="robots"),
    re_path(
        r"^feeds/products-(?P<language>[a-z]{2})-(?P<currency>[A-Z]{3})\.xml$",
        products,
        name="feed",
    ),
    path("sitemap.xml", cache_page(3600)(index), {"sitemaps": SITEMAPS}, name="sitemap"),
    path(
        "sitemap-<section>.xml",
        cache_page(3600)(sitemap),
        {"sitemaps": SITEMAPS},
        name="django.contrib.sitemaps.views.sitemap",
    ),
]

urlpatterns += i18n_patterns(
    path("account/", include("maalem.platform.ground.people.urls")),
    path("", include("maalem.platform.ground.notices.urls")),
    path("cart/", include("maalem.platform.market.cart.urls")),
    path("checkout/", include("maalem.platform.market.checkout.urls")),
    path("orders/", include("maalem.platform.market.orders.urls")),
    path("invoices/", include("maalem.platform.market.invoices.urls")),
    path("reviews/", include("maalem.platform.market.reviews.urls")),
    path("moderation/", include("maalem.platform.market.moderation.urls")),
    path("beginnings/", include("maalem.platform.market.onboarding.urls")),
    path("returns/", include("maalem.platform.market.returns.urls")),
    path("talk/", include("maalem.platform.market.conversations.urls")),
    path("hubs/", include("maalem.platform.market.inspections.urls")),
    path("assist/", include("maalem.platform.market.assistance.urls")),
    path("studio/", include("maalem.platform.market.studio.urls")),
    path("payments/", include("maalem.platform.market.till.urls")),
    path("", include("maalem.platform.market.shipping.urls")),
    path("", include("maalem.platform.market.catalog.urls")),
    prefix_default_language=True,
)

handler400 = "maalem.platform.ground.site.trouble.bad_request"
handler403 = "maalem.platform.ground.site.trouble.forbidden"
handler404 = "maalem.platform.ground.site.trouble.not_found"
handler429 = "maalem.platform.ground.site.trouble.too_often"
handler500 = "maalem.platform.ground.site.trouble.broken"
