from django.urls import path

from maalem.platform.market.cart import views

app_name = "cart"
urlpatterns = [
    path("", views.cart, name="cart"),
    path("add/", views.add, name="add"),
    path("change/", views.change, name="change"),
    path("remove/", views.remove, name="remove"),
]
