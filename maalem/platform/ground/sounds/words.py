"""Why a recording was not taken, to the person who sent it."""

from django.utils.functional import Promise, lazy
from django.utils.translation import gettext_lazy as _

from maalem.platform.ground.sounds.intake import LONGEST_S, MOST_BYTES, Fault, Unusable

Word = str | Promise

_WORDS: dict[Fault, Word] = {
    Fault.EMPTY: _("Nothing was recorded. Press the button, speak, and press it again."),
    Fault.NO_SOUND: _("This is not a recording that we can read. Record it again here."),
    Fault.TOO_HEAVY: _("This recording is too heavy: at most %(mb)s MB. Record it again here."),
    Fault.TOO_LONG: _("This recording is too long: at most %(s)s seconds. Tell it shorter."),
}


def in_words(fault: Fault) -> str:
    """The sentence for `fault`, in the language of the page."""
    return str(_WORDS[fault]) % {"mb": MOST_BYTES // 1024 // 1024, "s": LONGEST_S}


# For a room's own list of refusals: by `Unusable.code`.
REFUSALS: dict[str, Promise] = {Unusable(fault).code: lazy(in_words, str)(fault) for fault in Fault}
