from django.urls import path

from . import views

app_name = "till"
urlpatterns = [
    path("", views.start, name="start"),
    path("accounts/", views.accounts, name="accounts"),
    path("<slug:whose>/", views.payments, name="payments"),
    path("<slug:whose>/payments.csv", views.export, name="export"),
    path("<slug:whose>/money/", views.money, name="money"),
    path("<slug:whose>/<slug:charge>/", views.payment, name="payment"),
    path("<slug:whose>/<slug:charge>/give-back/", views.give_back, name="give_back"),
]
