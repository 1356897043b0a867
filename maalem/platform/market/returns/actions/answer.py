"""What is said to a claim: the workshop's answer, and where it is not taken, an officer's word."""

from django.db import transaction
from django.db.models.functions import Now

from maalem.platform.craft.artisans.models import Membership
from maalem.platform.ground.people.models import Person
from maalem.platform.market.orders.parts import left_of
from maalem.platform.market.returns.actions import tell
from maalem.platform.market.returns.actions.announce import worded
from maalem.platform.market.returns.actions.claim import grant, locked, pay
from maalem.platform.market.returns.actions.move import step
from maalem.platform.market.returns.models import Claim
from maalem.platform.market.returns.states import Answer, ClaimStatus, Refused

_THEN = {
    Answer.PART: ClaimStatus.OFFERED,
    Answer.BACK_FIRST: ClaimStatus.WANTED_BACK,
    Answer.NO: ClaimStatus.DENIED,
}


@transaction.atomic
def answer(number: str, *, said: str, words: str, by: str, offer_minor: int = 0) -> Claim:
    """The workshop answers once: all, a part of `offer_minor`, "send it back first", or no.

    All is given at once. The same answer again is no trouble. Raises `Refused`.
    """
    text = worded(words)
    if said not in set(Answer):
        raise Refused("answer")
    found = locked(number)
    then = _THEN.get(Answer(said), ClaimStatus.GRANTED)
    if found.status == then and found.answer == text:
        return found
    if found.status != ClaimStatus.MADE:
        raise Refused("moved")
    if said == Answer.ALL:
        Claim.objects.filter(pk=found.pk).update(answer=text)
        return grant(found, amount_minor=left_of(found.order), event="granted", by=by)
    if not text:
        raise Refused("empty")
    if said == Answer.PART and not 0 < offer_minor < left_of(found.order):
        raise Refused("offer")
    offer = {"offer_minor": offer_minor} if said == Answer.PART else {}
    step(found, then=then, event="answered", by=by, note=said, answer=text, **offer)
    tell.later("claim_answered", back=found)
    return found


@transaction.atomic
def has_it(number: str, *, by: str) -> Claim:
    """What the workshop wanted to see first is there: the buyer gets all of it."""
    found = locked(number)
    if found.status == ClaimStatus.GRANTED:
        return found
    if found.status != ClaimStatus.WANTED_BACK:
        raise Refused("moved")
    return grant(found, amount_minor=left_of(found.order), event="came_back", by=by)


@transaction.atomic
def decide_claim(number: str, *, amount_minor: int, verdict: str, by: Person) -> Claim:
    """An officer gives 0 to all of what is left, with a sentence that both sides read."""
    said = worded(verdict)
    if not said:
        raise Refused("empty")
    found = locked(number)
    if Membership.objects.filter(person_id=by.pk, artisan_id=found.artisan_id).exists():
        raise Refused("own_workshop")
    if found.status != ClaimStatus.ESCALATED:
        raise Refused("moved")
    if not 0 <= amount_minor <= left_of(found.order):
        raise Refused("amount")
    named = f"person:{by.pk}"
    money = pay(found, amount_minor=amount_minor, by=named)
    step(
        found,
        then=ClaimStatus.DECIDED,
        event="decided",
        by=named,
        note=said,
        verdict=said,
        decided_by=by,
        settled_at=Now(),
        **money,
    )
    tell.later("claim_decided", back=found)
    return found
