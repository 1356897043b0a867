from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from maalem.platform.ground.gateway.records import Document

from . import asking, evidence, words
from .timeline import Parcel


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
        self.prepare()
        if self.is_bound and self.errors.get("amount"):
            self.fields["amount"].widget.attrs |= {
                "aria-invalid": "true",
                "aria-describedby": "id_amount_error",
            }

    def prepare(self) -> None:
        """What a form that asks more has to know before it looks at what was typed."""

    def clean_amount(self) -> int:
        """The amount in centimes."""
        found = asking.amount_of(self.cleaned_data["amount"])
        if not found:
            raise ValidationError(_("Write an amount, such as 250 or 99.50."))
        if found > self.left_minor:
            raise ValidationError(_("That is more than is left of this payment."))
        return found


class ParcelForm(GiveBackForm):
    """The same of a purchase: of which parcel. `parcels` are those of which something is left."""

    field_order = ["parcel", "amount", "reason"]
    parcel = forms.ChoiceField(label=_("Of which parcel"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, parcels: Sequence[Parcel], **kwargs: Any) -> None:
        self.parcels = {one.order.number: one for one in parcels}
        most = max((one.left_minor for one in parcels), default=0)
        super().__init__(*args, left_minor=most, **kwargs)

    def prepare(self) -> None:
        self.fields["parcel"].choices = [(number, number) for number in self.parcels]
        if len(self.parcels) == 1:
            self.fields["parcel"].initial = next(iter(self.parcels))

    @property
    def chosen(self) -> Parcel:
        return self.parcels[self.cleaned_data["parcel"]]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        parcel = self.parcels.get(cleaned.get("parcel", ""))
        if parcel and cleaned.get("amount", 0) > parcel.left_minor:
            self.add_error("amount", _("That is more than is left of this parcel."))
        return cleaned

    @property
    def choices(self) -> list[tuple[Any, Parcel]]:
        """Each parcel with its box."""
        return [(box, self.parcels[box.data["value"]]) for box in self["parcel"]]


class EvidenceForm(forms.Form):
    """What is said and shown in a dispute; which fields there are depends on its reason.

    `documents` are those that are laid by, by the name of their field.
    """

    def __init__(
        self,
        *args: Any,
        texts: tuple[str, ...],
        files: tuple[str, ...],
        documents: Mapping[str, Document],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.texts, self.papers, self.documents = texts, files, documents
        for name in texts:
            self.fields[name] = _text(name)
        for name in files:
            accept = {"accept": "image/jpeg,image/png,application/pdf"}
            self.fields[name] = forms.FileField(
                label=evidence.FILES[name],
                required=False,
                widget=forms.FileInput(attrs={**accept, "aria-describedby": "files-hint"}),
            )
            if name in documents:
                self.fields[f"drop_{name}"] = forms.BooleanField(
                    label=_("Take it out"), required=False
                )
        if self.is_bound:
            for name in self.errors:
                said = {"aria-invalid": "true", "aria-describedby": f"id_{name}_error"}
                self.fields[name].widget.attrs |= said

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in self.papers:
            file = cleaned.get(name)
            if file and file.size > evidence.FILE_MAX:
                self.add_error(name, _("A file can be up to 5 MB."))
        return cleaned

    @property
    def words(self) -> list[forms.BoundField]:
        return [self[name] for name in self.texts]

    @property
    def files_asked(self) -> list[tuple[forms.BoundField, Document | None, Any]]:
        """Each document's field, what is there already, and the box that takes it out."""
        return [
            (
                self[name],
                self.documents.get(name),
                self[f"drop_{name}"] if name in self.documents else None,
            )
            for name in self.papers
        ]

    def said(self) -> dict[str, str]:
        """The texts; an empty one takes away what was there."""
        return {name: self.cleaned_data[name] for name in self.texts}

    def uploaded(self) -> dict[str, Any]:
        """The documents that came with this press."""
        return {name: self.cleaned_data[name] for name in self.papers if self.cleaned_data[name]}

    def dropped(self) -> dict[str, str]:
        """The documents that are to go, as the institution wants to hear it."""
        return {name: "" for name in self.papers if self.cleaned_data.get(f"drop_{name}")}


def _text(name: str) -> forms.CharField:
    long = name in evidence.LONG
    widget: forms.Widget = forms.Textarea(attrs={"rows": 4}) if long else forms.TextInput()
    if name == "shipping_date":
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    if name in ("customer_email_address", "shipping_tracking_number"):
        widget.attrs["dir"] = "ltr"
    return forms.CharField(
        label=evidence.TEXTS[name],
        required=False,
        max_length=20_000 if long else 1_000,
        widget=widget,
    )
