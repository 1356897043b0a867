from django.urls import path

from maalem.platform.market.returns import claim_views, desk, views

app_name = "returns"
urlpatterns = [
    path("desk/", desk.waiting, name="desk"),
    path("desk/<slug:back>/", desk.case, name="case"),
    path("desk/claims/<slug:claim>/", desk.claim, name="claim_case"),
    path("<str:number>/<str:mark>/of/<slug:order>/", views.parcel, name="parcel"),
    path("<str:number>/<str:mark>/wrong/<slug:order>/", claim_views.parcel, name="claiming"),
    path("<str:number>/<str:mark>/claim/<slug:claim>/", claim_views.claim, name="claim"),
    path("<str:number>/<str:mark>/claim/<slug:claim>/do/", claim_views.act, name="claim_act"),
    path("<str:number>/<str:mark>/<slug:back>/", views.back, name="back"),
    path("<str:number>/<str:mark>/<slug:back>/sent/", views.sent, name="sent"),
    path("<str:number>/<str:mark>/<slug:back>/keep/", views.keep, name="keep"),
    path("<str:number>/<str:mark>/<slug:back>/money/", views.money, name="money_instead"),
]
