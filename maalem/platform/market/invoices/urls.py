from django.urls import path

from maalem.platform.market.invoices import views

app_name = "invoices"
urlpatterns = [
    path("<str:number>/<str:mark>/<int:pk>.pdf", views.paper, name="paper"),
]
