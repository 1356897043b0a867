"""What is asked before a key is made, and before an address hears of anything."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from . import tool_words as words


class KeyForm(forms.Form):
    """Which kind of key; for one with limits, what it may do."""

    name = forms.CharField(
        label=_("What is it for?"),
        help_text=_("A word by which you know it again, such as “accountant's program”."),
        max_length=100,
    )
    kind = forms.ChoiceField(
        label=_("What may it do?"),
        choices=list(words.KIND_CHOICES.items()),
        widget=forms.RadioSelect,
        initial="restricted",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for thing, word in words.THINGS.items():
            self.fields[f"may_{thing}"] = forms.ChoiceField(
                label=word,
                choices=list(words.LEVEL_CHOICES.items()),
                initial="none",
                required=False,
            )
        if self.is_bound and self.errors.get("name"):
            said = {"aria-invalid": "true", "aria-describedby": "id_name_helptext id_name_error"}
            self.fields["name"].widget.attrs |= said
        else:
            self.fields["name"].widget.attrs["aria-describedby"] = "id_name_helptext"

    @property
    def levels(self) -> list[forms.BoundField]:
        return [self[f"may_{thing}"] for thing in words.THINGS]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("kind") == "restricted" and not self.permissions():
            raise ValidationError(_("Choose at least one thing that this key may do."))
        return cleaned

    def permissions(self) -> dict[str, str]:
        """What a key with limits may do, without what it may not; of no other kind anything."""
        if self.cleaned_data.get("kind") != "restricted":
            return {}
        said = {thing: self.cleaned_data.get(f"may_{thing}") for thing in words.THINGS}
        return {thing: level for thing, level in said.items() if level in words.LEVELS}


class RollForm(forms.Form):
    """How long the old one lives on beside the new one."""

    overlap = forms.ChoiceField(
        label=_("How long does the old one go on working?"),
        choices=list(words.OVERLAPS.items()),
        initial="day",
    )


class EndpointForm(forms.Form):
    """Where a program listens, and what it wants to hear of."""

    url = forms.CharField(
        label=_("Address of the program"),
        max_length=2_000,
        widget=forms.URLInput(attrs={"dir": "ltr", "placeholder": "https://"}),
    )
    purpose = forms.CharField(label=_("What is it for?"), max_length=200, required=False)
    about = forms.ChoiceField(
        label=_("What shall it hear of?"),
        choices=list(words.EVENT_CHOICES.items()),
        widget=forms.RadioSelect,
        initial="all",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound and self.errors.get("url"):
            said = {"aria-invalid": "true", "aria-describedby": "id_url_error"}
            self.fields["url"].widget.attrs |= said

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"].strip()
        if not url.startswith(("https://", "http://")):
            raise ValidationError(words.REFUSALS["url_invalid"])
        return url
