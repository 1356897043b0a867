from django.urls import path

from maalem.platform.market.onboarding import desk

app_name = "onboarding"
urlpatterns = [
    path("", desk.unready, name="desk"),
    path("<slug:slug>/", desk.workshop, name="workshop"),
]
