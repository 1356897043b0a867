"""The page of this room, under the address of the piece that it is about."""

from django.urls import path

from maalem.platform.market.shipping import views

app_name = "shipping"
urlpatterns = [
    path("products/<slug:slug>/delivered/", views.delivered, name="delivered"),
]
