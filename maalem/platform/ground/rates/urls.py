from django.urls import path

from . import views

app_name = "rates"
urlpatterns = [path("", views.choose, name="choose")]
