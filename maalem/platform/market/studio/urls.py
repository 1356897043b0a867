from django.urls import path

from . import views

app_name = "studio"
urlpatterns = [
    path("", views.sales, name="sales"),
    path("orders/<slug:number>/", views.order, name="order"),
    path("orders/<slug:number>/handed-over/", views.handed_over, name="handed_over"),
    path("money/", views.money, name="money"),
    path("workshop/", views.choose, name="choose"),
]
