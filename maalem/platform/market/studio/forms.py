from dataclasses import asdict
from typing import Any
from uuid import uuid4

from django import forms
from django.core import signing
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from maalem.platform.craft.artisans.models import MOST_A_MONTH, Artisan, Maker
from maalem.platform.ground.pictures.intake import Picture, Unusable, take
from maalem.platform.ground.pictures.words import in_words as fault_in_words
from maalem.platform.market.catalog.models import Craft
from maalem.platform.market.catalog.states import Supply
from maalem.platform.market.studio.actions.pieces import Piece
from maalem.platform.market.studio.voice_forms import VoiceFields

# Whole dirhams. Nothing that one pair of hands makes costs more; an officer lists what does.
DEAREST = 1_000_000
_KEPT = "studio.photo"


class Whole(forms.IntegerField):
    """A whole number from 1 to `most`, typed as people do: "1 200" and "١٢٠٠" are one.

    Whatever is wrong with it, `asked` says what to do.
    """

    def __init__(self, *, label: Any, most: int, asked: Any) -> None:
        super().__init__(
            label=label,
            min_value=1,
            max_value=most,
            required=False,
            error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), asked),
            widget=forms.TextInput(
                attrs={
                    "inputmode": "numeric",
                    "autocomplete": "off",
                    "dir": "ltr",
                    # For the page, which says the same before anything is sent.
                    "data-most": most,
                    "data-asked": asked,
                }
            ),
        )

    def to_python(self, value: Any) -> int | None:
        return super().to_python("".join(str(value or "").split()))


class HandedOverForm(forms.Form):
    """The parcel left the workshop; carrier and number where there are any."""

    carrier = forms.CharField(label=_("Carrier (if you like)"), max_length=60, required=False)
    tracking = forms.CharField(
        label=_("Tracking number (if there is one)"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocapitalize": "characters"}),
    )


class CapacityForm(forms.Form):
    """So many pieces made to order in a month."""

    pieces = Whole(
        label=_("Pieces in a month"),
        most=MOST_A_MONTH,
        asked=_("Say how many pieces you can make in a month, from 1 to 999."),
    )

    def __init__(self, *args: Any, artisan: Artisan) -> None:
        super().__init__(*args, initial={"pieces": artisan.monthly_capacity})
        self.fields["pieces"].required = True


class PieceForm(VoiceFields):
    """A piece in three steps: its photo, its kind, its price; and its story aloud, if she likes.

    A photo that was taken once is kept while something else is put right: a page can't send the
    same file again by itself. What is kept is signed, so that it names what was taken in here.
    """

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    kept = forms.CharField(required=False, widget=forms.HiddenInput)
    photo = forms.FileField(
        label=_("The photo of your piece"),
        required=False,
        # What is wrong with a file is said by who reads it.
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": "image/*"}),
    )
    craft = forms.ModelChoiceField(
        label=_("What is it?"),
        queryset=Craft.objects.none(),
        error_messages={
            "required": _("Touch the picture that looks most like your piece."),
            "invalid_choice": _("Touch the picture that looks most like your piece."),
        },
        widget=forms.RadioSelect,
    )
    supply = forms.ChoiceField(
        label=_("How many are there?"),
        choices=[(one.value, one.value) for one in Supply],
        initial=Supply.UNIQUE.value,
        widget=forms.RadioSelect,
    )
    on_hand = Whole(
        label=_("Pieces"), most=999, asked=_("Say how many pieces there are, from 1 to 999.")
    )
    making_days = Whole(
        label=_("Working days to make it"),
        most=365,
        asked=_("Say how many working days it takes you, from 1 to 365."),
    )
    price = Whole(
        label=_("Its price in dirhams"),
        most=DEAREST,
        asked=_("Give the price in whole dirhams, from 1 to 1 000 000."),
    )

    # Only a co-operative with a list of makers is asked; nobody's in particular is an answer too.
    maker = forms.ModelChoiceField(
        label=_("Whose hands made it?"),
        queryset=Maker.objects.none(),
        required=False,
        error_messages={"invalid_choice": _("Touch the picture of her who made it.")},
    )

    def __init__(
        self,
        *args: Any,
        crafts: QuerySet[Craft],
        makers: QuerySet[Maker],
        hers: bool = True,
        **kwargs: Any,
    ) -> None:
        """`hers` is false where an agent writes for her: her voice is nobody else's to give."""
        super().__init__(*args, **kwargs)
        if not hers:
            for name in ("voice", "voice_kept", "tongue"):
                del self.fields[name]
        self.fields["craft"].queryset = crafts  # type: ignore[attr-defined]
        self.fields["maker"].queryset = makers  # type: ignore[attr-defined]
        self.picture: Picture | None = None

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        self._take_picture(said)
        self.take_voice()
        supply = said.get("supply")
        needed = {Supply.STOCK.value: "on_hand", Supply.MADE_TO_ORDER.value: "making_days"}
        for name in ("on_hand", "making_days", "price"):
            wanted = name == "price" or needed.get(str(supply)) == name
            if wanted and said.get(name) is None and name not in self.errors:
                self.add_error(name, self.fields[name].error_messages["required"])
            elif not wanted:
                self.errors.pop(name, None)
        return said

    def piece(self) -> Piece:
        """What she said, of a valid form."""
        assert self.picture is not None
        said = self.cleaned_data
        supply = Supply(said["supply"])
        counts = {Supply.UNIQUE: 1, Supply.MADE_TO_ORDER: 0}
        return Piece(
            pictures=[self.picture],
            craft=said["craft"],
            supply=supply,
            on_hand=counts.get(supply, said.get("on_hand") or 0),
            making_days=said.get("making_days") if supply is Supply.MADE_TO_ORDER else None,
            price_minor=said["price"] * 100,
            maker=said["maker"],
            sound=self.sound,
            tongue=self.spoken,
        )

    def keep(self) -> str:
        """The photo that was taken in, for the form's next try; empty where there is none."""
        if self.picture is None:
            return ""
        return str(signing.dumps(asdict(self.picture), salt=_KEPT))

    def _take_picture(self, said: dict[str, Any]) -> None:
        sent = said.get("photo")
        if sent is not None:
            try:
                self.picture = take(sent, folder="pieces")
            except Unusable as refused:
                self.add_error("photo", fault_in_words(refused.fault))
            return
        try:
            self.picture = Picture(**signing.loads(said.get("kept", ""), salt=_KEPT))
        except (signing.BadSignature, TypeError):
            if "photo" not in self.errors:
                self.add_error("photo", _("Take a photo of your piece, or choose one."))
