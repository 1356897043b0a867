"""What people read about reviews: reasons, refusals, and why one waits."""

from django.utils.translation import gettext_lazy as _

from maalem.platform.ground.pictures import words as photos
from maalem.platform.market.reviews.states import Reason

REASONS = {
    Reason.OFF_TOPIC: _("It is not about the piece or the service"),
    Reason.PERSONAL: _("It tells private things about somebody"),
    Reason.INSULT: _("It insults or threatens somebody"),
    Reason.CONTACT: _("It gives contact details, links or advertising"),
    Reason.UNLAWFUL: _("It says something that the law forbids"),
    Reason.NOT_HERS: _("Its photos show another piece or somebody who did not agree"),
}

HELD_FOR = {
    "link": _("a link"),
    "email": _("an e-mail address"),
    "phone": _("a telephone number"),
    "word": _("a hurtful word"),
}

REFUSALS = {
    **photos.REFUSALS,
    "not_delivered": _("You can review a piece once it has arrived."),
    "given_back": _("The price of this parcel was given back, so it can’t be reviewed."),
    "too_late": _("It can be changed for 14 days and 30 times at most, and that is over."),
    "hidden": _("This review was hidden. You can ask for a second look below."),
    "answer_hidden": _("This answer was hidden. You can ask for a second look."),
    "changed_meanwhile": _("It was changed meanwhile. Here is how it stands now; look again."),
    "stars": _("Choose from one to five stars."),
    "too_long": _("This is too long. Please shorten it."),
    "empty": _("Write a few words first."),
    "card": _("This looks like a card number. Never write one here: take it out, please."),
    "answer_held": _("Take out links, e-mail addresses, telephone numbers and hurtful words."),
    "too_many_photos": _("Four photos at most."),
    "not_published": _("This review can’t be answered now."),
    "reason": _("Choose a reason."),
    "not_hidden": _("This review is not hidden any more."),
    "appealed": _("You have asked for a second look already."),
    "same_officer": _("Another officer decides about this: you hid it."),
    "own_workshop": _("This review is about a workshop of yours: another officer looks at it."),
    "moved": _("Somebody was faster. Look at it again."),
}


def refusal(code: str) -> str:
    """The sentence for a refusal."""
    return str(REFUSALS[code])
