"""What people read about assistance: what may be done, what was done, refusals."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from maalem.platform.market.assistance.states import Act, EndedBy, Scope
from maalem.platform.market.catalog.models import Change

SCOPES = {
    Scope.PIECES: _("List pieces and change them"),
    Scope.ORDERS: _("Prepare and send orders"),
    Scope.REVIEWS: _("Answer reviews"),
}

ACTS = {
    Act.LISTED: _("New piece on the shelf"),
    Act.SHELVED: _("Put on the shelf or taken off it"),
    Act.PRICED: _("Price or number changed"),
    Act.WORDED: _("Words changed"),
    Act.MEASURED: _("Sizes changed"),
    Act.PHOTOGRAPHED: _("Photos changed"),
    Act.EXPLAINED: _("What the price is made of"),
    Act.ASKED_DEPOSIT: _("Deposit changed"),
    Act.SAID_READY: _("Order said to be ready"),
    Act.HANDED_OVER: _("Parcel handed to the carrier"),
    Act.BROUGHT_TO_HUB: _("Parcel announced at a hub"),
    Act.DECLARED: _("Customs paper filled in"),
    Act.WROTE: _("Written to the buyer, or shown how it comes along"),
    Act.ANSWERED_REVIEW: _("Review answered"),
    Act.APPEALED_REVIEW: _("Second look at a review asked for"),
}

ENDED = {
    EndedBy.AGENT: _("The agent ended it"),
    EndedBy.ARTISAN: _("You ended it"),
    EndedBy.TIME: _("The time was over"),
}

REFUSALS = {
    "no_right": _("You have no right to act for artisans. Ask whoever runs the platform."),
    "no_name": _("Give your own name first: the artisan must read who asks."),
    "no_scope": _("Tick at least one thing that you are to do for her."),
    "nobody": _("No workshop here has an owner with this number. Look at the digits again."),
    "which": _("She has several workshops. Choose one."),
    "yourself": _("This is your own workshop: here you need nobody’s consent."),
    "busy": _("You still act for somebody else. End that first."),
    "too_often": _("Too many codes for this number. Wait a moment, then try again."),
    "wrong_code": _("This is not the code of her last message. Let her read it again."),
    "too_many": _("Five wrong codes: it does not count any more. Ask for another one."),
    "code_over": _("This code does not count any more. Ask for another one."),
    "moved": _("It has changed meanwhile. Here is how it stands now."),
    "over": _("The consent is over: nothing of this was written."),
    "not_agreed": _("She has not agreed to this. Nothing was written."),
    "never": _("An agent can’t do this for an artisan: only she can."),
    "no_undo": _("This can’t be undone here. Say that it was not right, and we look at it."),
    "changed_since": _("It has become something else since. Look at the piece itself."),
    "promised": _("Buyers were promised more pieces than that: they have paid or are paying."),
    "last_photo": _("A piece on the shelf needs a photo. Add another one first."),
    "own_word": _("This is about yourself: somebody else looks at it."),
    "limit": _("Between 1 and 480 minutes."),
    "past": _("A rule begins later than now."),
    "limit_there": _("Another rule begins at that moment already."),
}

_LABELS = {
    "title": _("Name"),
    "description": _("Story"),
    "materials": _("Materials"),
    "sizes": _("Sizes"),
    "deposit": _("Deposit"),
    "photos": _("Photo"),
    "first photo": _("First photo"),
    "price card": _("What the price is made of"),
    "maker": _("Whose hands"),
}


def refusal(code: str) -> str:
    """The sentence for a refusal."""
    return str(REFUSALS[code])


@dataclass(frozen=True)
class Said:
    """A change in words: `kind` is money (centimes), number, text, or bare where only `label` is
    to be read."""

    label: str
    kind: str
    was: Any = None
    now: Any = None


def said(change: Change) -> Said:
    """What was changed, from what to what."""
    if change.what in ("title", "description", "materials"):
        return Said(str(_LABELS[change.what]), "text", _one(change.was), _one(change.now))
    if change.what in _LABELS:
        return Said(str(_LABELS[change.what]), "bare")
    if change.what.startswith("on hand "):
        return Said(str(_("Number of pieces")), "number", change.was, change.now)
    return Said(str(_("Price")), "money", change.was, change.now)


def _one(texts: Mapping[str, str] | None) -> str:
    """In the language of the page, or the first there is, and no more of it than a line."""
    there = texts or {}
    told = there.get((get_language() or "fr")[:2]) or next(iter(there.values()), "")
    return told if len(told) <= 120 else told[:119] + "…"
