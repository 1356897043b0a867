"""What is typed to change a piece: price and number, words, sizes, one more photo.

Each form carries what its page showed (`seen`), signed, so that nobody overwrites what somebody
else has changed meanwhile without having read it.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from maalem.kit.typed import plain
from maalem.platform.ground.pictures.intake import Picture, Unusable, take
from maalem.platform.ground.pictures.words import in_words as fault_in_words
from maalem.platform.market.catalog.actions.edit import SIZES
from maalem.platform.market.catalog.models import Product, Variant
from maalem.platform.market.catalog.states import Supply
from maalem.platform.market.studio.actions.pieces import Offer
from maalem.platform.market.studio.forms import DEAREST, Whole
from maalem.platform.market.studio.seen import Seen

LONGEST_CM, HEAVIEST_KG = 10_000, 1_000
MOST_LETTERS = {"title": 120, "materials": 200, "description": 4_000}


class PriceForm(forms.Form):
    """A variant's price and how many pieces there are; one form for each variant."""

    seen = Seen(required=False)
    price = Whole(
        label=_("Its price in dirhams"),
        most=DEAREST,
        asked=_("Give the price in whole dirhams, from 1 to 1 000 000."),
    )
    on_hand = forms.IntegerField(
        label=_("Pieces on the shelf"),
        min_value=0,
        max_value=999,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "dir": "ltr"}),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"),
            _("Say how many pieces there are, from 0 to 999."),
        ),
    )

    def __init__(self, *args: Any, variant: Variant, supply: str, **kwargs: Any) -> None:
        kwargs.setdefault("prefix", f"v{variant.pk}")
        initial = {
            "price": variant.price_minor // 100,
            "on_hand": variant.on_hand,
            "seen": Seen.sealed([variant.price_minor, variant.on_hand]),
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.variant = variant
        if supply == Supply.MADE_TO_ORDER:
            del self.fields["on_hand"]

    def clean_price(self) -> int:
        price = self.cleaned_data["price"]
        if price is None:
            raise forms.ValidationError(self.fields["price"].error_messages["required"])
        return int(price)

    def offer(self) -> Offer:
        """What she wants. A price with centimes, from elsewhere, stays while its dirhams stay."""
        was, said = self.variant.price_minor, self.cleaned_data
        seen = said["seen"] or (None, None)
        return Offer(
            variant=self.variant.pk,
            price_minor=was if said["price"] == was // 100 else said["price"] * 100,
            on_hand=said.get("on_hand"),
            seen_minor=seen[0],
            seen_on_hand=seen[1],
        )


class WordsForm(forms.Form):
    """Name, materials and story of a piece in each language of the shop."""

    seen = Seen(required=False)

    def __init__(self, *args: Any, words: Mapping[str, Mapping[str, str]], **kwargs: Any) -> None:
        initial = {
            f"{name}_{language}": text.get(language, "")
            for name, text in words.items()
            for language, _name in settings.LANGUAGES
        }
        initial["seen"] = Seen.sealed({name: dict(text) for name, text in words.items()})
        super().__init__(*args, initial=initial, **kwargs)
        # Words of a language that the shop's pages don't have stay as they are.
        self.kept = words
        for language, _name in settings.LANGUAGES:
            for name, label in (
                ("title", _("Its name")),
                ("materials", _("What it is made of")),
                ("description", _("Its story")),
            ):
                shape = {"lang": language, "dir": "auto", "maxlength": MOST_LETTERS[name]}
                tall = name == "description"
                self.fields[f"{name}_{language}"] = forms.CharField(
                    label=label,
                    required=False,
                    max_length=MOST_LETTERS[name],
                    widget=forms.Textarea(attrs={**shape, "rows": 6})
                    if tall
                    else forms.TextInput(attrs=shape),
                )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        titles = [said.get(f"title_{language}") for language, _name in settings.LANGUAGES]
        if not any(plain(title or "") for title in titles):
            self.add_error(
                f"title_{settings.LANGUAGES[0][0]}", _("Give it a name in one language at least.")
            )
        return said

    def words(self) -> dict[str, dict[str, str]]:
        """What she said, without what can't be seen; a name and materials on one line."""
        found = {name: dict(text) for name, text in self.kept.items()}
        for language, _name in settings.LANGUAGES:
            for name in found:
                text = plain(self.cleaned_data[f"{name}_{language}"])
                found[name][language] = text if name == "description" else " ".join(text.split())
        return found

    def by_language(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """For each language its code, its own name, and its fields; the page's own first."""
        mine = get_language()
        return [
            (code, name, [self[f"{one}_{code}"] for one in ("title", "materials", "description")])
            for code, name in sorted(settings.LANGUAGES, key=lambda one: one[0] != mine)
        ]


class SizesForm(forms.Form):
    """Lengths in centimetres and the weight in kilograms, as people say them: "12,5" is fine."""

    seen = Seen(required=False)

    def __init__(self, *args: Any, product: Product, **kwargs: Any) -> None:
        before = {name: getattr(product, name) for name in SIZES}
        initial: dict[str, Any] = {
            name: in_words(value, by=1_000 if name == "weight_g" else 10)
            for name, value in before.items()
        }
        initial |= {"making_days": product.making_days, "seen": Seen.sealed(before)}
        super().__init__(*args, initial=initial, **kwargs)
        labels = (_("Length"), _("Width"), _("Height"), _("Across"), _("Weight"))
        for name, label in zip(SIZES, labels, strict=True):
            is_weight = name == "weight_g"
            self.fields[name] = Measured(
                label=label,
                by=1_000 if is_weight else 10,
                unit=_("kg") if is_weight else _("cm"),
                most=HEAVIEST_KG if is_weight else LONGEST_CM,
            )
        if product.supply == Supply.MADE_TO_ORDER:
            self.fields["making_days"] = Whole(
                label=_("Working days to make it"),
                most=365,
                asked=_("Say how many working days it takes you, from 1 to 365."),
            )
            self.fields["making_days"].required = True

    def sizes(self) -> dict[str, int | None]:
        """Millimetres and grams, None for what was left empty."""
        return {name: self.cleaned_data[name] for name in SIZES}


class Measured(forms.CharField):
    """A number with a fraction ("12,5" cm) as the whole number of its `by`th parts (125 mm)."""

    def __init__(self, *, label: Any, by: int, unit: Any, most: int, least: int = 1) -> None:
        self.by, self.most, self.least = by, most, least
        super().__init__(
            label=label,
            required=False,
            max_length=12,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "dir": "ltr", "data-unit": unit}),
        )
        self.unit = unit

    def clean(self, value: Any) -> int | None:
        typed = "".join(str(super().clean(value) or "").split()).replace(",", ".").replace("٫", ".")
        if not typed:
            return None
        whole, _point, part = typed.partition(".")
        if not (whole or "0").isdecimal() or not (part or "0").isdecimal():
            raise forms.ValidationError(_("Write a number, such as 12 or 12.5."))
        found = Decimal(f"{int(whole or 0)}.{''.join(str(int(c)) for c in part) or 0}")
        parts = int((found * self.by).to_integral_value())
        if not self.least <= parts <= self.most * self.by:
            raise forms.ValidationError(_("This can’t be right: it is too small or too large."))
        return parts


class PhotoForm(forms.Form):
    """One more photo."""

    photo = forms.FileField(
        label=_("One more photo"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": "image/*"}),
    )

    def clean_photo(self) -> Picture:
        sent = self.cleaned_data.get("photo")
        if sent is None:
            raise forms.ValidationError(_("Take a photo of your piece, or choose one."))
        try:
            return take(sent, folder="pieces")
        except Unusable as refused:
            raise forms.ValidationError(fault_in_words(refused.fault)) from refused


def in_words(value: int | None, *, by: int) -> str:
    """425 mm → "42.5"."""
    if value is None:
        return ""
    return f"{Decimal(value) / by:f}".rstrip("0").rstrip(".") if value % by else str(value // by)
