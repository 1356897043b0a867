from django.urls import path

from maalem.platform.inbox import views

app_name = "inbox"
urlpatterns = [path("webhooks/payments", views.payments, name="payments")]
