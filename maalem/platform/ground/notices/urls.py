"""A person's notices; and the demo's inbox, where nothing is outside a demo."""

from django.urls import path

from . import views

app_name = "notices"
urlpatterns = [
    path("notices/", views.mine, name="mine"),
    path("notices/read/", views.read, name="read"),
    path("notices/<int:number>/", views.opened, name="open"),
    path("demo/inbox/", views.demo_inbox, name="demo_inbox"),
]
