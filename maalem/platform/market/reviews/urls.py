from django.urls import path

from maalem.platform.market.reviews import desk, views

app_name = "reviews"
urlpatterns = [
    path("of/<slug:slug>/", views.of_product, name="of"),
    path("desk/", desk.waiting, name="desk"),
    path("desk/<int:review>/", desk.case, name="case"),
    path("desk/<int:review>/judge/", desk.judge, name="judge"),
    path("desk/<int:review>/decide/", desk.decide, name="decide"),
    path("<int:review>/report/", views.report, name="report"),
    path("<str:number>/<str:mark>/<int:line>/", views.write, name="write"),
    path("<str:number>/<str:mark>/<int:line>/appeal/", views.appeal, name="appeal"),
]
