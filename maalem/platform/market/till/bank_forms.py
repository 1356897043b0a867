"""What is asked about a bank account, and for which months there is a paper."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from maalem.kit.rib import NotARib, RibProblem, read_rib

from . import asking

_PROBLEMS = {
    RibProblem.CHARACTERS: _("Write the 24 digits of the RIB, as they stand on the bank's paper."),
    RibProblem.LENGTH: _("A RIB has 24 digits. Count them once more."),
    RibProblem.COUNTRY: _("Only bank accounts in Morocco can be paid."),
    RibProblem.KEY: _("A digit is wrong: the last two do not fit the others. Check each one."),
}


class PayOutForm(forms.Form):
    """How much is sent to the bank; `free_minor` is what may be sent at most."""

    amount = forms.CharField(
        label=_("How much"),
        max_length=20,
        widget=forms.TextInput(attrs={"dir": "ltr", "inputmode": "decimal", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, free_minor: int, **kwargs: Any) -> None:
        self.free_minor = free_minor
        all_of_it = f"{free_minor // 100}.{free_minor % 100:02d}"
        super().__init__(*args, initial={"amount": all_of_it}, **kwargs)
        if self.is_bound and self.errors.get("amount"):
            said = {"aria-invalid": "true", "aria-describedby": "id_amount_error"}
            self.fields["amount"].widget.attrs |= said

    def clean_amount(self) -> int:
        """The amount in centimes."""
        found = asking.amount_of(self.cleaned_data["amount"])
        if not found:
            raise ValidationError(_("Write an amount, such as 250 or 99.50."))
        if found > self.free_minor:
            raise ValidationError(_("That is more than is free."))
        return found


class BankForm(forms.Form):
    """The RIB of the account, and whose it is."""

    holder = forms.CharField(
        label=_("Name on the account"),
        help_text=_("As it stands on your bank's papers."),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    number = forms.CharField(
        label=_("RIB"),
        help_text=_("The 24 digits. Spaces do not matter."),
        max_length=60,
        widget=forms.TextInput(attrs={"dir": "ltr", "inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wrong = self.errors if self.is_bound else {}
        for name, field in self.fields.items():
            said = f"id_{name}_helptext"
            if name in wrong:
                field.widget.attrs["aria-invalid"] = "true"
                said += f" id_{name}_error"
            field.widget.attrs["aria-describedby"] = said

    def clean_number(self) -> str:
        """The 24 digits."""
        try:
            return read_rib(self.cleaned_data["number"]).digits
        except NotARib as wrong:
            raise ValidationError(_PROBLEMS[wrong.problem]) from wrong
