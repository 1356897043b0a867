"""allauth's forms with our one field each."""

from typing import Any

from allauth.account import forms as allauth
from allauth.account.adapter import get_adapter
from allauth.core import context, ratelimit
from django import forms
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from .fields import CodeField, ContactField
from .models import Person
from .numbers import Contact


class LoginForm(allauth.LoginForm):
    """Who are you? A number or an address; the code goes there."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = ContactField()

    def clean_login(self) -> str:
        contact: Contact = self.cleaned_data["login"]
        return contact.phone or contact.email


class SignupForm(allauth.SignupForm):
    """The same field for somebody new. What is taken gets a message, not an answer on the page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("phone", "email"):
            self.fields.pop(name)
        self.fields["contact"] = ContactField()

    def clean_contact(self) -> Contact:
        contact: Contact = self.cleaned_data["contact"]
        key = contact.phone or contact.email
        if not ratelimit.consume(context.request, action="request_login_code", key=key):
            raise get_adapter().validation_error("too_many_login_attempts")
        # The base class reads these two, by name, and looks for the telephone's account itself.
        self.cleaned_data["phone"] = contact.phone or None
        self.cleaned_data["email"] = contact.email or None
        if contact.email:
            self.validate_unique_email(contact.email)
        return contact

    def clean(self) -> dict[str, Any]:
        taken = self.account_already_exists
        cleaned: dict[str, Any] = super().clean()
        self.account_already_exists = self.account_already_exists or taken
        return cleaned

    def try_save(self, request: HttpRequest) -> tuple[Person | None, HttpResponse | None]:
        try:
            with transaction.atomic():
                return super().try_save(request)  # type: ignore[no-any-return]
        except IntegrityError:
            # Somebody opened the same account between our look and our write.
            self.account_already_exists = True
            return super().try_save(request)  # type: ignore[no-any-return]


class ConfirmLoginCodeForm(allauth.ConfirmLoginCodeForm):
    """The code of a sign-in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = CodeField()


class FreshCodeForm(forms.Form):
    """The code that proves who is there, in the middle of something that matters."""

    code = CodeField()


class VerifyPhoneForm(allauth.VerifyPhoneForm):
    """The code of a new number."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = CodeField()


class NameForm(forms.ModelForm):
    """What may we call you?"""

    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True}),
    )

    class Meta:
        model = Person
        fields = ["name"]


class LanguageForm(forms.ModelForm):
    """In which language do we write to you?"""

    language = forms.ChoiceField(
        label=_("Language of our messages"), choices=settings.LANGUAGES, widget=forms.RadioSelect
    )

    class Meta:
        model = Person
        fields = ["language"]
