"""A piece's story told aloud: recorded on the telephone, or chosen as a file."""

from dataclasses import asdict
from typing import Any

from django import forms
from django.conf import settings
from django.core import signing
from django.utils.translation import gettext_lazy as _

from maalem.platform.ground.sounds.intake import Sound, Unusable, take
from maalem.platform.ground.sounds.words import in_words as fault_in_words
from maalem.platform.market.catalog.models import Voice
from maalem.platform.market.catalog.states import TONGUE_NAMES, Tongue
from maalem.platform.market.studio.seen import Seen

_KEPT = "studio.voice"


class VoiceFields(forms.Form):
    """A recording and the language that is spoken in it.

    What was taken in once is kept, signed, while something else is put right.
    """

    voice = forms.FileField(
        label=_("Record its story, or choose a recording"),
        required=False,
        # What is wrong with a file is said by who reads it.
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": "audio/*", "capture": "user"}),
    )
    voice_kept = forms.CharField(required=False, widget=forms.HiddenInput)
    tongue = forms.ChoiceField(
        label=_("In which language?"),
        choices=[(one.value, TONGUE_NAMES[one]) for one in Tongue],
        initial=Tongue.DARIJA.value,
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sound: Sound | None = None

    def take_voice(self) -> None:
        """Take in what was sent, or find what was kept. What is wrong with it is noted."""
        said = self.cleaned_data
        sent = said.get("voice")
        try:
            if sent is not None:
                self.sound = take(sent)
            elif said.get("voice_kept"):
                self.sound = Sound(**signing.loads(said["voice_kept"], salt=_KEPT))
        except Unusable as refused:
            self.add_error("voice", fault_in_words(refused.fault))
        except (signing.BadSignature, TypeError):
            pass  # nobody of ours kept that

    @property
    def spoken(self) -> Tongue:
        """The language of a valid form; the first one where none was touched."""
        return Tongue(self.cleaned_data.get("tongue") or Tongue.DARIJA)

    @property
    def voice_to_keep(self) -> str:
        """What was taken in, for the form's next try; empty where there is nothing."""
        return str(signing.dumps(asdict(self.sound), salt=_KEPT)) if self.sound else ""

    @property
    def heard(self) -> str:
        """The address of what is there already; empty where there is nothing."""
        return f"{settings.MEDIA_URL}{self.sound.path}" if self.sound else ""


class VoiceForm(VoiceFields):
    """The story of a piece on the shelf: another recording, another language, or (`drops`) none."""

    seen = Seen(required=False)

    def __init__(self, *args: Any, there: Voice | None, drops: bool = False, **kwargs: Any) -> None:
        initial = {
            "tongue": there.tongue if there else Tongue.DARIJA.value,
            "seen": Seen.sealed(there.path if there else ""),
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.there, self.drops = there, drops
        if there is not None and not drops:
            self.sound = Sound(there.path, there.seconds)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not self.drops:
            self.take_voice()
            if self.sound is None and "voice" not in self.errors:
                self.add_error("voice", _("Tell it first: press the button and speak."))
        return said
