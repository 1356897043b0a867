"""Why a picture was not taken, to the person who sent it."""

from django.utils.functional import Promise, lazy
from django.utils.translation import gettext_lazy as _

from maalem.platform.ground.pictures.intake import LEAST_SIDE, MOST_BYTES, Fault, Unusable

Word = str | Promise

_WORDS: dict[Fault, Word] = {
    Fault.EMPTY: _("This file is empty. Take the photo again."),
    Fault.NO_PICTURE: _("This is not a photo that we can read. Take it again, or choose another."),
    Fault.TOO_HEAVY: _("This file is too heavy: at most %(mb)s MB. Take the photo again."),
    Fault.TOO_LARGE: _("This picture is too large. Take the photo again with your telephone."),
    Fault.TOO_SMALL: _("This picture is too small to show: at least %(px)s points on each side."),
}


def in_words(fault: Fault) -> str:
    """The sentence for `fault`, in the language of the page."""
    return str(_WORDS[fault]) % {"mb": MOST_BYTES // 1024 // 1024, "px": LEAST_SIDE}


# For a room's own list of refusals: by `Unusable.code`.
REFUSALS: dict[str, Promise] = {Unusable(fault).code: lazy(in_words, str)(fault) for fault in Fault}
