"""Only the pages of allauth that a person without a password needs; the rest is not there."""

from allauth.account import views as allauth
from django.urls import include, path

from . import views
from .turns import in_turn

own = (
    [
        path("", views.account, name="account"),
        path("name/", views.name, name="name"),
        path("confirm/", in_turn(views.confirm), name="confirm"),
    ],
    "people",
)

urlpatterns = [
    path("", include(own)),
    path("login/", allauth.login, name="account_login"),
    path(
        "login/code/confirm/",
        in_turn(allauth.confirm_login_code),
        name="account_confirm_login_code",
    ),
    path("signup/", allauth.signup, name="account_signup"),
    path("phone/verify/", in_turn(allauth.verify_phone), name="account_verify_phone"),
    path("logout/", allauth.logout, name="account_logout"),
    path("inactive/", allauth.account_inactive, name="account_inactive"),
]
