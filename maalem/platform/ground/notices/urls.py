"""The demo's inbox; there is nothing here outside a demo."""

from django.urls import path

from . import views

app_name = "notices"
urlpatterns = [path("inbox/", views.demo_inbox, name="demo_inbox")]
