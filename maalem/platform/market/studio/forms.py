from django import forms
from django.utils.translation import gettext_lazy as _


class HandedOverForm(forms.Form):
    """The parcel left the workshop; carrier and number where there are any."""

    carrier = forms.CharField(label=_("Carrier (if you like)"), max_length=60, required=False)
    tracking = forms.CharField(
        label=_("Tracking number (if there is one)"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocapitalize": "characters"}),
    )
