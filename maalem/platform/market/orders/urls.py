from django.urls import path

from maalem.platform.market.orders import views

app_name = "orders"
urlpatterns = [
    path("<str:number>/<str:mark>/", views.order, name="order"),
    path("<str:number>/<str:mark>/received/", views.received, name="received"),
    path("<str:number>/<str:mark>/receipt/", views.receipt, name="receipt"),
]
