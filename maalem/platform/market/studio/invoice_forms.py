"""How a workshop is taxed, and the numbers that it writes on its invoices."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from maalem.kit.typed import plain
from maalem.platform.craft.artisans.models import Artisan
from maalem.platform.market.invoices.actions.say import Refused, Said, say
from maalem.platform.market.invoices.models import MOST_WORDS, Identity
from maalem.platform.market.invoices.states import Regime
from maalem.platform.market.invoices.words import NUMBERS, REFUSALS, REGIMES

LONGEST = 24


class IdentityForm(forms.Form):
    """Everything but the first question may stay empty where she is exempt."""

    regime = forms.ChoiceField(
        label=_("How are you taxed?"),
        choices=list(REGIMES.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two.")},
    )
    name = forms.CharField(label=_("Name in the papers of the business"), required=False)
    address = forms.CharField(label=_("Address of the business"), required=False)
    ice = forms.CharField(label=NUMBERS["ice"], required=False)
    tax_id = forms.CharField(label=NUMBERS["tax_id"], required=False)
    business_tax = forms.CharField(label=NUMBERS["business_tax"], required=False)
    register = forms.CharField(label=NUMBERS["register"], required=False)

    def __init__(self, *args: Any, last: Identity | None) -> None:
        known = {name: getattr(last, name) for name in self.base_fields} if last else {}
        super().__init__(*args, initial=known)
        for name in NUMBERS:
            self.fields[name].max_length = LONGEST
            self.fields[name].widget.attrs |= {"inputmode": "numeric", "dir": "ltr"}
        for name in ("name", "address"):
            self.fields[name].widget.attrs |= {"dir": "auto", "maxlength": MOST_WORDS}

    def clean_name(self) -> str:
        return plain(self.cleaned_data["name"])[:MOST_WORDS]

    def clean_address(self) -> str:
        return plain(self.cleaned_data["address"])[:MOST_WORDS]

    def save(self, artisan: Artisan, *, by: str) -> bool:
        """Write it down; False where something was refused, which then stands at its field."""
        data = self.cleaned_data
        try:
            say(artisan.pk, said=Said(**data | {"regime": Regime(data["regime"])}), by=by)
        except Refused as refused:
            self.add_error(refused.field, REFUSALS[refused.code])
            return False
        return True
