"""Who gets the parcels. One form for Morocco, one for abroad; no account and no postcode asked."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import phonenumbers
from django import forms
from django.urls import reverse_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from maalem.platform.ground.people.numbers import NotAContact, parse_phone
from maalem.platform.ground.places.models import Commune
from maalem.platform.ground.places.queries import regions
from maalem.platform.ground.site.widgets import Choice, Field
from maalem.platform.market.checkout import queries
from maalem.platform.market.checkout.models import Draft
from maalem.platform.market.shipping import countries
from maalem.platform.market.shipping.relays import Relay


class PersonForm(forms.Form):
    """Name, telephone and, for who wants it, an e-mail address."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        widget=Field(attrs={"autocomplete": "name"}),
    )
    phone = forms.CharField(
        label=_("Your telephone number"),
        help_text=_("The courier calls it. Write it as you like: 06 12 34 56 78 or +33 6 12 34…"),
        max_length=40,
        widget=Field(
            attrs={"autocomplete": "tel", "inputmode": "tel", "type": "tel", "dir": "ltr"}
        ),
    )
    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("Not needed. With it, you also get everything in writing."),
        required=False,
        widget=Field(attrs={"autocomplete": "email", "dir": "ltr", "type": "email"}),
    )
    note = forms.CharField(
        label=_("A word for the workshop or the courier"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean_phone(self) -> str:
        for text in _readings(self.cleaned_data["phone"], country=self.data.get("country", "")):
            try:
                return parse_phone(text, mobile=False)
            except NotAContact:
                continue
        raise forms.ValidationError(
            _(
                "We can’t read this as a telephone number. "
                "From abroad, begin with + and the country’s code, such as +33."
            ),
            code="phone",
        )

    def values(self) -> dict[str, Any]:
        """What goes into the draft."""
        return {name: self.cleaned_data[name] for name in ("name", "phone", "email", "note")}


class HomeForm(PersonForm):
    """Within Morocco: region, commune, and the words by which people find the house."""

    region = forms.ChoiceField(label=_("Region"), required=False, widget=Choice)
    commune = forms.CharField(
        label=_("Town or commune"),
        max_length=120,
        widget=Field(
            attrs={
                "autocomplete": "address-level2",
                "data-options": "places",
                "data-hx-get": reverse_lazy("checkout:communes"),
                "data-hx-trigger": "input changed delay:250ms",
                "data-hx-target": "#places",
                "data-hx-sync": "this:replace",
                "data-quiet": True,
            }
        ),
    )
    quarter = forms.CharField(
        label=_("Street and number, quarter or douar"),
        max_length=200,
        widget=Field(attrs={"autocomplete": "address-line1"}),
    )
    landmark = forms.CharField(
        label=_("What is nearby?"),
        help_text=_("A mosque, a school, a shop: whatever helps the courier find you."),
        max_length=200,
        required=False,
    )

    field_order = ["name", "phone", "email", "region", "commune", "quarter", "landmark", "note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found: list[Commune] = []
        choices = _regions(get_language() or "fr")
        self.fields["region"].choices = [("", _("Choose, or leave it to the town")), *choices]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        words = cleaned.get("commune", "")
        if words:
            self.found = self._find(words, region=cleaned.get("region", ""))
            if len(self.found) > 1:
                self.add_error("commune", _("Several places are called so. Which one is it?"))
            elif not self.found:
                self.add_error(
                    "commune",
                    _("We don’t know this place. Check the spelling, or write the nearest town."),
                )
        return cleaned

    def _find(self, words: str, *, region: str) -> list[Commune]:
        picked = self.data.get("commune_code", "")
        found = queries.find_communes(words, region=region)
        return [one for one in found if one.code == picked] or found

    def values(self) -> dict[str, Any]:
        return {
            **super().values(),
            "country": countries.HOME,
            "commune": self.found[0],
            "quarter": self.cleaned_data["quarter"],
            "landmark": self.cleaned_data["landmark"],
        }


class RelayForm(PersonForm):
    """Collected in Morocco: one of the relay points that are `offered`, instead of an address."""

    relay = forms.ChoiceField(
        label=_("Relay point"),
        error_messages={
            "required": _("Choose where you collect it."),
            "invalid_choice": _("This relay point takes no parcels now. Choose another one."),
        },
    )
    field_order = ["relay", "name", "phone", "email", "note"]

    def __init__(
        self, *args: Any, offered: Sequence[tuple[Relay, Commune]] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.offered = offered
        self.fields["relay"].choices = [(relay.id, relay.id) for relay, _place in offered]

    def values(self) -> dict[str, Any]:
        chosen = self.cleaned_data["relay"]
        place = next(place for relay, place in self.offered if relay.id == chosen)
        return {**super().values(), "country": countries.HOME, "commune": place, "relay": chosen}


class AbroadForm(PersonForm):
    """Outside Morocco: lines, city, and a postcode only where the country writes one."""

    country = forms.ChoiceField(
        label=_("Country"), widget=Choice(attrs={"autocomplete": "country"})
    )
    line1 = forms.CharField(
        label=_("Street and number"),
        max_length=200,
        widget=Field(attrs={"autocomplete": "address-line1"}),
    )
    line2 = forms.CharField(
        label=_("Flat, floor, building"),
        max_length=200,
        required=False,
        widget=Field(attrs={"autocomplete": "address-line2"}),
    )
    postcode = forms.CharField(
        label=_("Postcode"),
        help_text=_("Leave it empty where the country has none."),
        max_length=16,
        required=False,
        widget=Field(attrs={"autocomplete": "postal-code", "dir": "ltr"}),
    )
    city = forms.CharField(
        label=_("City"),
        max_length=120,
        widget=Field(attrs={"autocomplete": "address-level2"}),
    )

    field_order = [
        "name",
        "phone",
        "email",
        "country",
        "line1",
        "line2",
        "postcode",
        "city",
        "note",
    ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = [
            ("", _("Choose a country")),
            *countries.names(get_language() or "fr").items(),
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        country = cleaned.get("country", "")
        if country and not countries.writes_postcode(country):
            cleaned["postcode"] = ""
        elif country and countries.needs_postcode(country) and not cleaned.get("postcode"):
            self.add_error("postcode", _("Parcels to this country need a postcode."))
        return cleaned

    def values(self) -> dict[str, Any]:
        names = ("country", "line1", "line2", "city", "postcode")
        return {**super().values(), **{name: self.cleaned_data[name] for name in names}}


def relay_regions(language: str) -> list[tuple[str, str]]:
    """Codes and names of the regions where a parcel may be collected."""
    known = queries.relay_regions()
    if not known:
        return []
    return [(code, name) for code, name in _regions(language) if code in known]


def initial(draft: Draft | None, *, language: str) -> dict[str, Any]:
    """What the form shows when it is opened again."""
    if draft is None:
        return {}
    kept = {field.name: getattr(draft, field.name) for field in Draft._meta.concrete_fields}
    if draft.commune is not None:
        kept["commune"] = queries.commune_name(draft.commune, language=language)
        kept["region"] = draft.commune.province.region_id
    return kept


@lru_cache(maxsize=4)
def _regions(language: str) -> tuple[tuple[str, str], ...]:
    """Codes and names, kept for the life of the process: the map changes by a migration only."""
    return tuple((region.code, region.name.localize(language)) for region in regions())


def _readings(text: str, *, country: str) -> list[str]:
    """The number as people of the chosen country write it at home, then as it stands.

    06 12 34 56 78 is a mobile in Lyon and in Rabat: the address says which is meant.
    """
    try:
        local = phonenumbers.parse(text, country.upper() or None)
    except phonenumbers.NumberParseException:
        return [text]
    if country.upper() == countries.HOME or not phonenumbers.is_valid_number(local):
        return [text]
    return [phonenumbers.format_number(local, phonenumbers.PhoneNumberFormat.E164), text]
