"""What is typed about a review. Stars and words are judged by the actions, once for all ways."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from maalem.platform.market.reviews import photos
from maalem.platform.market.reviews.models import MOST_PHOTOS, MOST_WORDS, Review
from maalem.platform.market.reviews.states import Reason, Refused
from maalem.platform.market.reviews.words import REASONS

_FAR_TOO_LONG = 20_000
STARS = [(str(n), "★" * n) for n in (5, 4, 3, 2, 1)]


class ManyFiles(forms.ClearableFileInput):
    """A file box that takes several."""

    allow_multiple_selected = True


class Words(forms.CharField):
    """Words as they were sent: how many may stay is judged after what can't be seen is taken out.

    What is far beyond any limit is cut, to be refused as too long.
    """

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value))[:_FAR_TOO_LONG].replace("\x00", "")


class ReviewForm(forms.Form):
    """Stars, words, photos. `keep` are those of the last version that stay."""

    stars = forms.ChoiceField(label=_("How is the piece?"), choices=STARS, widget=forms.RadioSelect)
    service_stars = forms.ChoiceField(
        label=_("How was the service of the workshop?"),
        choices=[*STARS, ("", _("I’d rather not say"))],
        widget=forms.RadioSelect,
        required=False,
    )
    words = Words(
        label=_("In your words"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto", "maxlength": MOST_WORDS}),
    )
    seen = forms.IntegerField(min_value=0, max_value=30_000, widget=forms.HiddenInput)

    def taken(self, files: Sequence[UploadedFile], *, before: Review | None) -> list[Any]:
        """The photos of this version: those kept of the last, and new ones. Raises `Refused`."""
        wanted = set(self.data.getlist("keep"))
        kept = [one for one in (before.photos if before else []) if one[0] in wanted]
        if len(kept) + len(files) > MOST_PHOTOS:
            raise Refused("too_many_photos")
        found = kept + [photos.take(file) for file in files]
        # The same photo twice is one; sent again after a time-out it is the one that is there.
        return list({one[0]: one for one in found}.values())


class WordsForm(forms.Form):
    """An answer or an appeal."""

    words = Words(required=False)
    seen = forms.IntegerField(min_value=0, max_value=30_000, required=False)


class ReasonForm(forms.Form):
    """One of the closed list."""

    reason = forms.ChoiceField(
        label=_("Why?"),
        choices=[(reason.value, REASONS[reason]) for reason in Reason],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a reason.")},
    )
