"""A payment that was put aside: found good, or given back whole with the reason written down."""

from django.utils.translation import gettext_lazy as _

from maalem.platform.ground.gateway import desk
from maalem.platform.ground.gateway.records import Review
from maalem.platform.ground.people.models import Person
from maalem.platform.market.orders.actions.goodwill import call_off_all
from maalem.platform.market.till import deeds
from maalem.platform.market.till.access import Till
from maalem.platform.market.till.actions import refunds
from maalem.platform.market.till.words import Word

WHY_NOT: dict[str, Word] = {
    "stolen": _("The card is not the payer's own"),
    "tried": _("Somebody tries out cards"),
    "address": _("The address and the payer do not fit together"),
    "other": _("For another reason"),
}


def approve(till: Till, review: Review, *, token: str, by: Person) -> None:
    """The payment is good. Raises Refused or Unknown."""
    desk.approve(review.id, account=till.account, key=f"till-good-{review.id}-{token}")
    deeds.note(till, "review_approved", about=review.charge, by=by)


def refuse(till: Till, review: Review, *, why: str, token: str, by: Person) -> None:
    """Give all of it back, which closes the review; a purchase of ours is called off by it."""
    charge = desk.story(review.charge, account=till.account, told=False).charge
    deeds.note(till, "review_refused", about=review.charge, by=by, words=why)
    if till.is_platform and call_off_all(charge.group, by=f"person:{by.pk}", note=why):
        return
    row = refunds.write_down(
        till,
        charge.id,
        token=token,
        amount_minor=charge.left_minor,
        reason="fraudulent",
        by=by,
    )
    refunds.ask(row)
