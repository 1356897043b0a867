from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from . import asking, words


class GiveBackForm(forms.Form):
    """How much goes back and why; `left_minor` is what may be asked at most."""

    amount = forms.CharField(
        label=_("How much goes back"),
        max_length=20,
        widget=forms.TextInput(attrs={"dir": "ltr", "inputmode": "decimal", "autocomplete": "off"}),
    )
    reason = forms.ChoiceField(
        label=_("Why"), choices=list(words.REASONS.items()), initial="requested_by_customer"
    )

    def __init__(self, *args: Any, left_minor: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.left_minor = left_minor
        if self.is_bound and self.errors.get("amount"):
            self.fields["amount"].widget.attrs |= {
                "aria-invalid": "true",
                "aria-describedby": "id_amount_error",
            }

    def clean_amount(self) -> int:
        """The amount in centimes."""
        found = asking.amount_of(self.cleaned_data["amount"])
        if not found:
            raise ValidationError(_("Write an amount, such as 250 or 99.50."))
        if found > self.left_minor:
            raise ValidationError(_("That is more than is left of this payment."))
        return found
