from django.urls import path

from maalem.platform.market.inspections import desk

app_name = "inspections"
urlpatterns = [
    path("desk/", desk.waiting, name="desk"),
    path("desk/<int:pk>/", desk.case, name="case"),
]
