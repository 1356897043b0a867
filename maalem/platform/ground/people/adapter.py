"""How django-allauth meets our people: where numbers are kept, and how codes are told.

The room that tells stands above this one, so `settings.TELL` names its verb.
"""

from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import Login
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from . import fields
from .models import Person

# allauth names what it sends by template; these are our kinds of message.
_KINDS = {
    "account/email/login_code": "login_code",
    "account/email/unknown_account": "unknown_account",
    "account/email/account_already_exists": "account_exists",
}


class Adapter(DefaultAccountAdapter):
    """One field, one code, no passwords; the same answer whether the account exists or not."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "incorrect_code": _("This is not the code we sent. Look at the last message from us."),
        "too_many_login_attempts": _(
            "Too many tries. Wait a few minutes, then ask for a new code."
        ),
        "rate_limited": _("Please wait a moment before you ask for another code."),
        "invalid_login": _("Write a mobile number, such as 06 61 00 01 01, or an e-mail address."),
    }

    def phone_form_field(self, **kwargs: Any) -> fields.PhoneField:
        return fields.PhoneField(**kwargs)

    def new_user(self, request: HttpRequest) -> Person:
        return Person(language=_language())

    def get_phone(self, user: Any) -> tuple[str, bool] | None:
        return (user.phone, user.phone_verified) if user.phone else None

    def set_phone(self, user: Any, phone: str, verified: bool) -> None:
        user.phone, user.phone_verified = phone, verified
        user.save(update_fields=["phone", "phone_verified"])

    def set_phone_verified(self, user: Any, phone: str) -> None:
        self.set_phone(user, phone, True)

    def get_user_by_phone(self, phone: str) -> Person | None:
        return Person.objects.filter(phone=phone).first()

    def is_login_by_code_required(self, login: Login) -> bool:
        """Everybody proves an address by a code; a new telephone does so in its own stage."""
        known = login.user.phone if login.user is not None and not login.email else ""
        if login.signup and (login.phone or known):
            return False
        return bool(super().is_login_by_code_required(login))

    def send_verification_code_sms(self, user: Any, phone: str, code: str, **kwargs: Any) -> None:
        _tell("login_code", to=phone, context=_code(code), secret=True)

    def send_unknown_account_sms(self, phone: str, **kwargs: Any) -> None:
        _tell("unknown_account", to=phone, context={"signup_url": _address("account_signup")})

    def send_account_already_exists_sms(self, phone: str) -> None:
        _tell("account_exists", to=phone, context={"login_url": _address("account_login")})

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        kind = _KINDS[template_prefix]
        if kind == "login_code":
            _tell(kind, to=email, context=_code(context["code"]), secret=True)
            return
        addresses = {
            "signup_url": _address("account_signup"),
            "login_url": _address("account_login"),
        }
        _tell(kind, to=email, context=addresses)

    def send_account_already_exists_mail(self, email: str) -> None:
        self.send_mail("account/email/account_already_exists", email, {})

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Only what a person must act on: the pages themselves say what happened."""
        if kwargs.get("message"):
            super().add_message(request, level, *args, **kwargs)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Where somebody goes who asked for nothing else: her work, or the shop."""
        person = request.user
        if not person.name:
            return reverse("people:name")
        landing = import_string(settings.LANDING)(person) if settings.LANDING else ""
        return landing or reverse("people:account")

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return self.get_login_redirect_url(request)


def _code(code: str) -> dict[str, Any]:
    return {"code": code, "minutes": settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60}


def _tell(kind: str, *, to: str, context: Mapping[str, Any], secret: bool = False) -> None:
    import_string(settings.TELL)(
        kind=kind, to=to, language=_language(), context=context, secret=secret
    )


def _address(name: str) -> str:
    # Never from the request's Host: the address goes into a message to somebody else.
    return f"{settings.PLATFORM_URL}{reverse(name)}"


def _language() -> str:
    return (get_language() or settings.LANGUAGE_CODE).split("-")[0]
