"""What people read about returns and claims: reasons, states, and refusals."""

from django.utils.translation import gettext_lazy as _

from maalem.platform.ground.pictures import words as photos
from maalem.platform.market.returns.states import Answer, ClaimStatus, Kind, Reason, ReturnStatus

REASONS = {
    Reason.CHANGED_MIND: _("I changed my mind"),
    Reason.OTHER_SIZE: _("I need another size"),
    Reason.OTHER_COLOUR: _("I expected another colour"),
    Reason.TOO_LATE: _("It came too late for me"),
    Reason.BY_MISTAKE: _("I ordered it by mistake"),
}

STATUSES = {
    ReturnStatus.ANNOUNCED: _("Announced"),
    ReturnStatus.SENT: _("On its way back"),
    ReturnStatus.CONTESTED: _("An officer is deciding"),
    ReturnStatus.EXCHANGING: _("Back at the workshop, which sends the other one"),
    ReturnStatus.EXCHANGED: _("Exchanged: the other one is on its way"),
    ReturnStatus.ACCEPTED: _("Back at the workshop"),
    ReturnStatus.DECIDED: _("Decided by an officer"),
    ReturnStatus.WITHDRAWN: _("Taken back"),
}

KINDS = {
    Kind.BROKEN: _("It arrived broken"),
    Kind.NOT_AS_DESCRIBED: _("It is not as it was described"),
    Kind.WRONG_THING: _("It is another thing than I bought"),
    Kind.NEVER_ARRIVED: _("It never arrived"),
}

ANSWERS = {
    Answer.ALL: _("Give everything back"),
    Answer.PART: _("Give a part back"),
    Answer.BACK_FIRST: _("Please send it back first"),
    Answer.NO: _("No"),
}

CLAIM_STATUSES = {
    ClaimStatus.MADE: _("Waiting for the workshop’s answer"),
    ClaimStatus.OFFERED: _("The workshop offers a part"),
    ClaimStatus.WANTED_BACK: _("The workshop wants to have it back first"),
    ClaimStatus.DENIED: _("The workshop says no"),
    ClaimStatus.ESCALATED: _("An officer is deciding"),
    ClaimStatus.GRANTED: _("Money given back"),
    ClaimStatus.DECIDED: _("Decided by an officer"),
    ClaimStatus.WITHDRAWN: _("Taken back by the buyer"),
}

REFUSALS = {
    **photos.REFUSALS,
    "kind": _("Choose what is wrong."),
    "too_many_photos": _("Four photos at most."),
    "not_arrived": _("This parcel has not arrived yet. You can say what is wrong once it has."),
    "claim_open": _("There is an open claim about this parcel already."),
    "all_given": _("All of this parcel’s price was given back."),
    "claim_too_late": _("The days for saying that something is wrong are over."),
    "answer": _("Choose an answer."),
    "offer": _("Offer a part: more than nothing and less than all of it."),
    "not_delivered": _("A parcel can be sent back once it has arrived."),
    "made_to_order": _("This was made for you alone, so it can’t be sent back."),
    "too_late": _("The days for sending it back are over."),
    "nothing_chosen": _("Choose what you send back."),
    "too_many": _("So many pieces are not there to send back. Look at it again."),
    "reason": _("Choose a reason."),
    "not_instead": _("An exchange is one thing for another of its kind at the same price."),
    "none_left": _("There are not so many of it left. Choose another one, or your money."),
    "too_often": _("There have been too many returns of this parcel. Please write to us."),
    "too_long": _("This is too long: 1,000 letters at most."),
    "changed_meanwhile": _("There is a new return of this parcel since you looked. Here it is."),
    "received": _("The workshop has it already, so it can’t be taken back any more."),
    "empty": _("Write a sentence first."),
    "moved": _("It has changed meanwhile. Here is how it stands now."),
    "not_next": _("It has changed meanwhile. Here is how it stands now."),
    "not_yet": _("The workshop can still answer by itself."),
    "own_workshop": _("This return is about a workshop of yours: another officer decides."),
    "amount": _("Write an amount between nothing and all of it."),
}


def refusal(code: str) -> str:
    """The sentence for a refusal."""
    return str(REFUSALS[code])
