"""Every address of the platform. Rooms name their own pages; this file only says where they are."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path
from django.views.static import serve

from maalem.platform.health import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("health", health, name="health"),
    path("", include("maalem.platform.inbox.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("media/<path:path>", serve, {"document_root": settings.MEDIA_ROOT}, name="media"),
]

urlpatterns += i18n_patterns(
    path("account/", include("maalem.platform.ground.people.urls")),
    path("demo/", include("maalem.platform.ground.notices.urls")),
    path("cart/", include("maalem.platform.market.cart.urls")),
    path("checkout/", include("maalem.platform.market.checkout.urls")),
    path("orders/", include("maalem.platform.market.orders.urls")),
    prefix_default_language=True,
)
