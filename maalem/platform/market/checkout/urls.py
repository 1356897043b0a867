from django.urls import path

from maalem.platform.market.checkout import balance, views, way

app_name = "checkout"
urlpatterns = [
    path("", views.details, name="checkout"),
    path("communes/", views.communes, name="communes"),
    path("review/", views.review, name="review"),
    path("<str:number>/<str:mark>/pay/", way.pay, name="pay"),
    path("<str:number>/<str:mark>/return/", way.come_back, name="return"),
    path("<str:number>/<str:mark>/back/", way.back, name="back"),
    path("<str:number>/<str:mark>/balance/", balance.pay, name="balance"),
    path("<str:number>/<str:mark>/balance/return/", balance.come_back, name="balance_return"),
]
