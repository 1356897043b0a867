"""What the head of a co-operative types: a maker, a rule of distribution, what she gave by hand."""

from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maalem.platform.craft.artisans.models import Maker
from maalem.platform.ground.people.fields import PhoneField
from maalem.platform.ground.pictures.intake import Unusable, take
from maalem.platform.ground.pictures.words import in_words as fault_in_words
from maalem.platform.market.catalog.actions.shelf import by_language
from maalem.platform.market.makers.actions.people import Told
from maalem.platform.market.makers.models import Rule
from maalem.platform.market.studio.forms import DEAREST, Whole

PERCENT = 100  # basis points in one of a hundred


class Day(forms.DateField):
    """A day, asked with the telephone's own calendar."""

    def __init__(self, **kwargs: Any) -> None:
        asked = _("Choose a day.")
        super().__init__(
            input_formats=["%Y-%m-%d"],
            error_messages={"required": asked, "invalid": asked},
            widget=forms.DateInput(attrs={"type": "date", "dir": "ltr"}, format="%Y-%m-%d"),
            **kwargs,
        )


class Part(forms.IntegerField):
    """So many of a hundred, whole, in any digits."""

    def __init__(self, **kwargs: Any) -> None:
        asked = _("Give a whole number from 0 to 100.")
        super().__init__(
            min_value=0,
            max_value=100,
            error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), asked),
            widget=forms.TextInput(
                attrs={"inputmode": "numeric", "autocomplete": "off", "dir": "ltr"}
            ),
            **kwargs,
        )


class MakerForm(forms.Form):
    """A maker: her name as it is written, her picture and telephone if she likes."""

    latin = forms.CharField(label=_("Name in Latin letters"), max_length=100, required=False)
    arabic = forms.CharField(
        label=_("Name in Arabic letters"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"dir": "rtl", "lang": "ar"}),
    )
    phone = PhoneField(
        label=_("Her mobile number: with it she sees her own income"), required=False
    )
    photo = forms.FileField(
        label=_("Her photo"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": "image/*"}),
    )
    is_active = forms.BooleanField(
        label=_("She works with us now, and has her equal part"), required=False, initial=True
    )

    def __init__(self, *args: Any, maker: Maker | None = None, **kwargs: Any) -> None:
        if maker is not None:
            said = by_language(maker.name)
            kwargs["initial"] = {
                "latin": said.get("fr") or said.get("en") or "",
                "arabic": said.get("ar") or "",
                "phone": maker.phone,
                "is_active": maker.is_active,
            }
        super().__init__(*args, **kwargs)
        self.fields["phone"].widget.attrs["autocomplete"] = "off"

    def clean_photo(self) -> str:
        """The path of the picture that was taken in; empty where none was sent."""
        sent = self.cleaned_data.get("photo")
        if sent is None:
            return ""
        try:
            return take(sent, folder="makers").path
        except Unusable as refused:
            raise forms.ValidationError(fault_in_words(refused.fault)) from refused

    def told(self) -> Told:
        """What she said, of a valid form."""
        said = self.cleaned_data
        return Told(
            latin=said["latin"],
            arabic=said["arabic"],
            phone=said["phone"],
            portrait=said["photo"],
            is_active=said["is_active"],
        )


class RuleForm(forms.Form):
    """A rule: of 100 dirhams, so many to each, from a day on."""

    maker = Part(label=_("To her who made the piece"))
    fund = Part(label=_("To the common fund"))
    equal = Part(label=_("Shared equally among all"))
    begins_on = Day(label=_("It begins on"))

    def __init__(self, *args: Any, now: Rule | None = None, **kwargs: Any) -> None:
        kwargs["initial"] = {"begins_on": timezone.localdate()}
        if now is not None:
            parts = {"maker": now.maker_bps, "fund": now.fund_bps, "equal": now.equal_bps}
            kwargs["initial"] |= {name: bps // PERCENT for name, bps in parts.items()}
        super().__init__(*args, **kwargs)

    def parts(self) -> dict[str, int]:
        """The three parts in basis points, of a valid form."""
        return {f"{name}_bps": self.cleaned_data[name] * PERCENT for name in self._parts}

    _parts = ("maker", "fund", "equal")


class HandedForm(forms.Form):
    """I gave her so much on that day."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    amount = Whole(
        label=_("How many dirhams"),
        most=DEAREST,
        asked=_("Give the amount in whole dirhams, from 1 to 1 000 000."),
    )
    on_day = Day(label=_("On which day"), initial=timezone.localdate)

    def clean_amount(self) -> int:
        """The amount; `Whole` itself asks for nothing."""
        amount: int | None = self.cleaned_data["amount"]
        if amount is None:
            raise forms.ValidationError(self.fields["amount"].error_messages["required"])
        return amount

    def said(self) -> dict[str, Any]:
        """What she said, of a valid form."""
        day: date = self.cleaned_data["on_day"]
        return {
            "key": self.cleaned_data["key"],
            "amount_minor": self.cleaned_data["amount"] * 100,
            "on_day": day,
        }


class HandsForm(forms.Form):
    """Whose hands made a piece; nobody's in particular is an answer too."""

    maker = forms.ModelChoiceField(
        label=_("Whose hands made it?"),
        queryset=Maker.objects.none(),
        required=False,
        error_messages={"invalid_choice": _("Touch the picture of her who made it.")},
    )
