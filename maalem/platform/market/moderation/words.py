"""What people read about rulings: what was ruled, how it ended, and why something can't be done."""

from django.utils.translation import gettext_lazy as _

from maalem.platform.market.moderation.states import Because

ENDED = {
    Because.PUT_RIGHT: _("The workshop put it right"),
    Because.MISTAKE: _("It was a mistake"),
    Because.APPEAL: _("Another moderator decided so"),
    Because.REPLACED: _("A stricter ruling took its place"),
}

# What the catalogue's record of changes calls what was changed; a price names its variant too.
CHANGED = {
    "title": _("Name"),
    "description": _("Story"),
    "materials": _("Materials"),
    "sizes": _("Sizes"),
    "photos": _("Photos"),
    "first photo": _("The first photo"),
    "price": _("Price"),
    "length_mm": _("Length (mm)"),
    "width_mm": _("Width (mm)"),
    "height_mm": _("Height (mm)"),
    "diameter_mm": _("Diameter (mm)"),
    "weight_g": _("Weight (g)"),
    "making_days": _("Working days to make it"),
}

REFUSALS = {
    "changed_meanwhile": _("It was changed meanwhile. Here is how it stands now; look again."),
    "own_workshop": _("You belong to this workshop, so another moderator decides."),
    "same_moderator": _("You made this ruling, so another moderator decides."),
    "ruled": _("There is a ruling about this piece already."),
    "reason": _("Choose a reason that fits."),
    "what_to_change": _("Write what is to be changed."),
    "draft": _("This piece has not been on the shelf yet."),
    "because": _("Choose why it ends."),
    "lifted": _("This is over already."),
    "decided": _("Another moderator has decided already."),
    "appealed": _("You have answered already."),
    "empty": _("Write a few words first."),
    "too_long": _("This is too long. Please shorten it."),
    "card": _("This looks like a card number. Never write one here: take it out, please."),
    "taken_off": _("A moderator took this piece off the shelf."),
}


def refusal(code: str) -> str:
    """The sentence for a refusal."""
    return str(REFUSALS.get(code) or _("This did not work. Please try again."))
