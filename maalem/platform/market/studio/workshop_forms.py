"""What a workshop says of itself: a photo, where it is, its story in each language."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from maalem.kit.typed import holds_card, plain
from maalem.platform.ground.pictures.intake import Picture, Unusable, take
from maalem.platform.ground.pictures.words import in_words as fault_in_words
from maalem.platform.market.studio.edit_forms import Seen

MOST_LETTERS = {"workshop": 200, "story": 2_000}
_ASKED = (("workshop", _("The street, quarter or douar")), ("story", _("Your story")))
_CARD = _("This looks like a card number. Never write one here: take it out, please.")


class WorkshopForm(forms.Form):
    """`words` is what stands there now; a page carries it, signed, as what it showed."""

    seen = Seen(required=False)
    photo = forms.FileField(
        label=_("A photo of you or your workshop"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": "image/*"}),
    )

    def __init__(self, *args: Any, words: Mapping[str, Mapping[str, str]], **kwargs: Any) -> None:
        initial: dict[str, Any] = {
            f"{name}_{language}": text.get(language, "")
            for name, text in words.items()
            for language, _name in settings.LANGUAGES
        }
        initial["seen"] = Seen.sealed({name: dict(text) for name, text in words.items()})
        super().__init__(*args, initial=initial, **kwargs)
        # Words of a language that the shop's pages don't have stay as they are.
        self.kept = words
        for language, _name in settings.LANGUAGES:
            for name, label in _ASKED:
                shape = {"lang": language, "dir": "auto", "maxlength": MOST_LETTERS[name]}
                box = forms.Textarea({**shape, "rows": 6}) if name == "story" else None
                self.fields[f"{name}_{language}"] = forms.CharField(
                    label=label,
                    required=False,
                    max_length=MOST_LETTERS[name],
                    widget=box or forms.TextInput(shape),
                )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        for name, value in list(said.items()):
            if isinstance(value, str) and holds_card(value):
                self.add_error(name, _CARD)
        return said

    def clean_photo(self) -> Picture | None:
        sent = self.cleaned_data.get("photo")
        if sent is None:
            return None
        try:
            return take(sent, folder="workshops")
        except Unusable as refused:
            raise forms.ValidationError(fault_in_words(refused.fault)) from refused

    def words(self) -> dict[str, dict[str, str]]:
        """What she said, without what can't be seen; where it is on one line."""
        found = {name: dict(text) for name, text in self.kept.items()}
        for language, _name in settings.LANGUAGES:
            for name in found:
                text = plain(self.cleaned_data[f"{name}_{language}"])
                found[name][language] = text if name == "story" else " ".join(text.split())
        return found

    def by_language(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """For each language its code, its own name, and its fields; the page's own first."""
        mine = get_language()
        return [
            (code, name, [self[f"{one}_{code}"] for one, _label in _ASKED])
            for code, name in sorted(settings.LANGUAGES, key=lambda one: one[0] != mine)
        ]
