from django.urls import path

from maalem.platform.market.conversations import views

app_name = "conversations"
urlpatterns = [
    path("<str:number>/<str:mark>/<slug:order>/", views.parcel, name="parcel"),
]
