"""What people read about a conversation: stages and refusals."""

from django.utils.translation import gettext_lazy as _

from maalem.platform.ground.pictures import words as photos
from maalem.platform.market.conversations.states import Stage

STAGES = {
    Stage.MATERIALS: _("The materials are here"),
    Stage.BEGUN: _("It is begun"),
    Stage.HALF: _("Half of it is done"),
    Stage.NEARLY: _("Nearly done"),
    Stage.FINISHED: _("It is finished"),
}

REFUSALS = {
    **photos.REFUSALS,
    "closed": _("Nothing more can be said about this parcel."),
    "over": _("It arrived more than 90 days ago: the conversation is closed."),
    "too_many": _("So much was said here already that nothing more fits. Please write to us."),
    "empty": _("Write a few words, or add a photo."),
    "too_long": _("This is too long: 1,000 letters at most."),
    "too_many_photos": _("Four photos at most."),
    "card": _("This looks like a card number. Never write one here: take it out, please."),
    "stage": _("Choose how far it is from the pictures."),
    "not_being_made": _("Nothing is being made for this order now."),
    "stale": _("This page was open for too long. Look at it, and send it again."),
}


def stage(code: str) -> str:
    """How far a piece is, in words; nothing where nothing was said of it."""
    return str(STAGES[Stage(code)]) if code else ""


def refusal(code: str) -> str:
    """The sentence for a refusal."""
    return str(REFUSALS[code])
