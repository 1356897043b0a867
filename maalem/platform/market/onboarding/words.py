"""What each step is called, to the workshop and to whoever helps it."""

from django.utils.translation import gettext_lazy as _

from maalem.platform.market.onboarding.steps import Step

NAMES = {
    Step.TELEPHONE: _("A telephone that a code has proved"),
    Step.ACCOUNT: _("An account for the money"),
    Step.PORTRAIT: _("A photo of the workshop"),
    Step.PLACE: _("Where the workshop is"),
    Step.STORY: _("Its story"),
    Step.PIECE: _("A first piece on the shelf"),
    Step.WEIGHT: _("The weight of a piece, for its parcel"),
    Step.MAKERS: _("The makers of the co-operative"),
}
