"""The shop's browsing pages, under the names that other rooms link to.

The front page and the artisan's page show products, so their views stand here, above the rooms
that their names speak of.
"""

from django.urls import URLPattern, URLResolver, include, path

from maalem.platform.market.catalog import views

_site = [path("", views.home, name="home")]
_artisans = [
    path("artisans/", views.artisans, name="artisans"),
    path("artisans/<slug:slug>/", views.artisan, name="artisan"),
]
_catalog = [
    path("crafts/", views.crafts, name="crafts"),
    path("crafts/<slug:slug>/", views.craft, name="craft"),
    path("regions/<slug:slug>/", views.region, name="region"),
    path("products/<slug:slug>/", views.product, name="product"),
    path("search/", views.search, name="search"),
    path("search/suggestions/", views.suggest, name="suggest"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include((_site, "site"))),
    path("", include((_artisans, "artisans"))),
    path("", include((_catalog, "catalog"))),
]
