"""What an agent and an officer type."""

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maalem.platform.craft.artisans.models import Artisan
from maalem.platform.ground.people.fields import CodeField, PhoneField
from maalem.platform.market.assistance.states import MOST_MINUTES
from maalem.platform.market.assistance.words import REFUSALS, SCOPES

_BOUNDS = REFUSALS["limit"]


class AskForm(forms.Form):
    """Her number, and what to do for her; which workshop, where she has several."""

    phone = PhoneField(label=_("Her mobile number"))
    scopes = forms.MultipleChoiceField(
        label=_("What are you to do for her?"),
        choices=[(one.value, said) for one, said in SCOPES.items()],
        error_messages={"required": REFUSALS["no_scope"]},
    )
    workshop = forms.SlugField(required=False, max_length=80)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].widget.attrs.update({"autocomplete": "off"})
        self.offered: list[Artisan] = []

    def offer(self, workshops: Iterable[Artisan]) -> None:
        """Let her choose one of these."""
        self.offered = list(workshops)

    @property
    def ticked(self) -> list[str]:
        """What was ticked, also where something else was wrong."""
        return self.data.getlist("scopes") if self.is_bound else []  # type: ignore[attr-defined]


class CodeForm(forms.Form):
    """The code that she told."""

    code = CodeField(label=_("The code in her message"))


class LimitForm(forms.Form):
    """So many minutes, from the beginning of a day on."""

    minutes = forms.IntegerField(
        label=_("Minutes"),
        min_value=1,
        max_value=MOST_MINUTES,
        error_messages={"min_value": _BOUNDS, "max_value": _BOUNDS},
    )
    begins_at = forms.DateField(
        label=_("From the beginning of this day on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )

    def clean_begins_at(self) -> datetime:
        day = self.cleaned_data["begins_at"]
        return timezone.make_aware(datetime.combine(day, time.min))
