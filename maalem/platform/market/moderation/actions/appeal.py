"""The workshop answers a ruling once, and another moderator than the first decides."""

from django.db import transaction

from maalem.kit.typed import holds_card, plain
from maalem.platform.ground.people.models import Person
from maalem.platform.market.catalog.models import Product
from maalem.platform.market.moderation.actions import rule, tell
from maalem.platform.market.moderation.actions.look import locked
from maalem.platform.market.moderation.models import MOST_APPEAL, Appeal, Ruling, Verdict
from maalem.platform.market.moderation.states import Because, Refused


@transaction.atomic
def appeal(ruling_id: int, *, words: str, by: Person) -> Appeal:
    """Ask for another moderator, once for each ruling; sent again it is the same appeal.

    That `by` belongs to the workshop is for the caller to see to. Raises `Refused`,
    `Ruling.DoesNotExist`.
    """
    words = plain(words)
    if not words:
        raise Refused("empty")
    if len(words) > MOST_APPEAL:
        raise Refused("too_long")
    if holds_card(words):
        raise Refused("card")
    ruling = Ruling.objects.get(pk=ruling_id)
    # A ruling is lifted under the same lock.
    Product.objects.select_for_update(no_key=True).get(pk=ruling.product_id)
    before = Appeal.objects.filter(ruling=ruling).first()
    if before is not None:
        if before.words == words:
            return before
        raise Refused("appealed")
    if rule.in_force(ruling.product_id) != ruling:
        raise Refused("lifted")
    return Appeal.objects.create(ruling=ruling, words=words, by=by)


@transaction.atomic
def decide(appeal_id: int, *, grant: bool, by: Person) -> Verdict:
    """Another moderator than the first decides. Granted, the ruling ends and the piece is back."""
    asked = Appeal.objects.select_related("ruling").get(pk=appeal_id)
    ruling = asked.ruling
    locked(ruling.product_id, by=by)
    if ruling.by_id == by.pk:
        raise Refused("same_moderator")
    if Verdict.objects.filter(appeal=asked).exists():
        raise Refused("decided")
    if rule.in_force(ruling.product_id) != ruling:
        raise Refused("lifted")
    made = Verdict.objects.create(appeal=asked, is_granted=grant, by=by)
    if grant:
        rule.end(ruling, because=Because.APPEAL, by=by)
    else:
        tell.upheld(ruling)
    return made
