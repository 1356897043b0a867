"""What people read about a hub: states, verdicts, refusals."""

from django.utils.translation import gettext_lazy as _

from maalem.platform.ground.pictures import words as photos
from maalem.platform.market.inspections.states import InspectionStatus

STATUSES = {
    InspectionStatus.ANNOUNCED: _("On its way to the hub"),
    InspectionStatus.RECEIVED: _("At the hub, being looked at"),
    InspectionStatus.ACCEPTED: _("Looked at and found good"),
    InspectionStatus.TO_REPAIR: _("Back to the workshop, to be repaired"),
    InspectionStatus.REFUSED: _("Not let go by the hub"),
    InspectionStatus.WITHDRAWN: _("Sent by the workshop itself"),
}

VERDICTS = {
    InspectionStatus.ACCEPTED: _("It is good: it may leave"),
    InspectionStatus.TO_REPAIR: _("To be repaired: back to the workshop"),
    InspectionStatus.REFUSED: _("No: the sale is called off, the buyer gets the money back"),
}

REFUSALS = {
    **photos.REFUSALS,
    "at_another_hub": _("You have announced this parcel at another hub. Take that back first."),
    "no_such_hub": _("Choose a hub that is open."),
    "not_to_prepare": _("Only what is still to be sent can be brought to a hub."),
    "accepted_already": _("The hub has found it good already."),
    "too_often": _("This parcel has been at a hub too often. Please write to us."),
    "verdict": _("Choose what you found."),
    "show_why": _("Say why, and show it with a photo."),
    "too_long": _("This is too long: 1,000 letters at most."),
    "too_many_photos": _("Four photos at most."),
    "own_workshop": _("This is a piece of your own workshop: somebody else looks at it."),
    "not_paid": _("The buyer has not paid the balance yet. It stays at the hub until then."),
    "moved": _("It has changed meanwhile. Here is how it stands now."),
}


def refusal(code: str) -> str:
    """The sentence for a refusal."""
    return str(REFUSALS[code])
