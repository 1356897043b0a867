from django import forms

from maalem.platform.market.cart.models import MAX_QUANTITY


class LineForm(forms.Form):
    """Which thing and how many; what is not a sensible number is refused, not guessed."""

    variant = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    quantity = forms.IntegerField(min_value=0, max_value=MAX_QUANTITY, required=False)

    def clean_quantity(self) -> int:
        given = self.cleaned_data["quantity"]
        return 1 if given is None else given
