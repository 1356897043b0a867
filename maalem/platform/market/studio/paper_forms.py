"""What the artisan says for the papers of a parcel."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from maalem.platform.market.shipping import hs, s10
from maalem.platform.market.shipping.actions import HEAVIEST_G

if TYPE_CHECKING:
    from maalem.platform.market.studio.papers import Piece

NO_CODE = {
    hs.Trouble.NOT_DIGITS: _("A customs code is made of digits alone, such as 5701.10."),
    hs.Trouble.LENGTH: _("A customs code has six to ten digits."),
    hs.Trouble.CHAPTER: _("No chapter of the customs tariff begins with these two digits."),
    hs.Trouble.SUBHEADING: _(
        "The customs tariff of 2022 has no such code. Look at the first six digits again."
    ),
}
NO_NUMBER = {
    s10.Trouble.SHAPE: _("A tracking number looks like RR 123 456 785 MA."),
    s10.Trouble.SERVICE: _("No post gives out numbers that begin with this letter."),
    s10.Trouble.CHECK: _("One of the digits is wrong: compare it with the post’s sticker."),
}


class PackedForm(forms.Form):
    """The packed parcel: its weight, and the number on the post's sticker."""

    gross_g = forms.IntegerField(
        label=_("Weight of the packed parcel, in grams"),
        min_value=1,
        max_value=HEAVIEST_G,
        required=False,
    )
    tracking = forms.CharField(
        label=_("Tracking number (if there is one)"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocapitalize": "characters"}),
    )

    def clean_tracking(self) -> s10.Number | None:
        text = self.cleaned_data["tracking"]
        try:
            return s10.parse(text) if text else None
        except s10.NoNumber as trouble:
            raise forms.ValidationError(NO_NUMBER[trouble.trouble]) from trouble

    def cleaned(self, name: str) -> Any:
        """What was said well; None for what was not said, or not well."""
        return getattr(self, "cleaned_data", {}).get(name)

    def query(self) -> str:
        """What the links to the papers carry on."""
        said = {name: self.cleaned(name) for name in self.fields}
        return urlencode({name: str(value) for name, value in said.items() if value})


class DeclaredForm(forms.Form):
    """A thing's customs code, chosen or typed, and its weight where nobody weighed it."""

    choice = forms.CharField(max_length=10, required=False)
    typed = forms.CharField(label=_("Another code"), max_length=20, required=False)
    weight_g = forms.IntegerField(
        label=_("Weight of one piece, in grams"),
        min_value=1,
        max_value=HEAVIEST_G,
        required=False,
    )

    def __init__(self, *args: Any, piece: "Piece", **more: Any) -> None:
        super().__init__(*args, prefix=f"p{piece.line.position}", **more)
        self.piece = piece
        self.fields["typed"].widget.attrs.update(dir="ltr", inputmode="numeric")

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        typed, choice = said.get("typed", ""), said.get("choice", "")
        # What is typed counts over what is marked: a list keeps its first mark by itself.
        code = typed or (choice if choice in self.piece.choices else "")
        try:
            said["code"] = hs.parse(code) if code else ""
        except hs.NoCode as trouble:
            self.add_error("typed", NO_CODE[trouble.trouble])
        if not self.errors and not said["code"] and not said.get("weight_g"):
            self.add_error("choice", _("Choose a code, or write one."))
        return said
