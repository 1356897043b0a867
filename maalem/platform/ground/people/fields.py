"""Form fields for numbers and codes; always left to right, whatever the page's direction."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .numbers import Contact, NotAContact, digits, parse_contact, parse_phone

_SENTENCES = {
    "unreadable": _("Write a mobile number, such as 06 61 00 01 01, or an e-mail address."),
    "no_such_number": _(
        "This number is not complete, or has too many digits. Example: 06 61 00 01 01."
    ),
    "landline": _("This is a landline. We send the code by text message: give a mobile number."),
}


class PhoneField(forms.CharField):
    """A mobile number in any spelling; its value is E.164, or empty."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Mobile number"))
        kwargs.setdefault("max_length", 40)
        super().__init__(**kwargs)
        self.widget.attrs.update(
            {"type": "tel", "dir": "ltr", "autocomplete": "tel", "inputmode": "tel"}
        )

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            return parse_phone(text)
        except NotAContact as said:
            raise forms.ValidationError(_SENTENCES[said.reason], code=said.reason) from said


class ContactField(forms.CharField):
    """A mobile number or an e-mail address in one field; its value is a `Contact`."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Mobile number or e-mail"))
        kwargs.setdefault("help_text", _("For example 06 61 00 01 01"))
        kwargs.setdefault("max_length", 254)
        super().__init__(**kwargs)
        self.widget.attrs.update(
            {"dir": "ltr", "autocomplete": "username", "autocapitalize": "none", "autofocus": True}
        )

    def clean(self, value: Any) -> Contact:
        text = super().clean(value)
        try:
            return parse_contact(text)
        except NotAContact as said:
            raise forms.ValidationError(_SENTENCES[said.reason], code=said.reason) from said


class CodeField(forms.CharField):
    """The six digits of a code, in any script and with any spaces."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Code"))
        kwargs.setdefault("help_text", _("Six digits"))
        kwargs.setdefault("max_length", 20)
        super().__init__(**kwargs)
        self.widget.attrs.update(
            {
                "dir": "ltr",
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "autofocus": True,
            }
        )

    def clean(self, value: Any) -> str:
        code = digits(super().clean(value))
        if not code:
            raise forms.ValidationError(_("The code has six digits."), code="no_digits")
        return code
