from django.urls import path

from maalem.platform.market.assistance import desk

app_name = "assistance"
urlpatterns = [
    path("", desk.desk, name="desk"),
    path("code/", desk.code, name="code"),
    path("go/", desk.go, name="go"),
    path("end/", desk.end, name="end"),
    path("objections/", desk.objections, name="objections"),
    path("objections/<int:pk>/looked-at/", desk.looked_at, name="looked_at"),
    path("limit/", desk.limit, name="limit"),
]
