"""A consent is asked for, given by its code, and ended."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import override

from maalem.platform.craft.artisans.models import Membership
from maalem.platform.ground.notices.actions import notify
from maalem.platform.ground.people.models import Person
from maalem.platform.market.assistance import jobs, queries, secret
from maalem.platform.market.assistance.models import Consent
from maalem.platform.market.assistance.states import (
    CODE_FOR,
    CONSENT_NEXT,
    OPEN,
    TRIES,
    ConsentStatus,
    EndedBy,
    Refused,
    Scope,
)
from maalem.platform.market.assistance.words import SCOPES


@transaction.atomic
def ask(*, agent: Person, phone: str, scopes: Sequence[str], workshop: str = "") -> Consent:
    """Send her a code that says who wants to act for her, for what and how long.

    `phone` in E.164; `workshop` is the slug of one of hers where she has several. What was asked
    before and not given is put aside. Raises `Refused`.
    """
    _may_ask(agent)
    wanted = [one.value for one in Scope if one in scopes]
    if not wanted:
        raise Refused("no_scope")
    hers = _hers(phone, workshop=workshop)
    if hers.person_id == agent.pk or _belongs(agent, hers.artisan_id):
        raise Refused("yourself")
    # One at a time: two presses at once take turns here.
    Person.objects.select_for_update(no_key=True).get(pk=agent.pk)
    for before in Consent.objects.filter(agent=agent, status__in=OPEN):
        _put_aside(before)
    code, salt, lasts = secret.new_code(), secret.new_salt(), queries.minutes()
    made = Consent.objects.create(
        agent=agent,
        artisan_id=hers.artisan_id,
        person_id=hers.person_id,
        scopes=wanted,
        minutes=lasts,
        salt=salt,
        code_hash=secret.hash_of(secret.proof_of(code, salt=salt)),
    )
    _tell(made, hers.person, code=code)
    return made


def give(pk: int, *, agent: Person, code: str) -> Consent:
    """She has told the code. The same again is no trouble. Raises `Refused`.

    A wrong code is counted, and the count stays although nothing else is written.
    """
    with transaction.atomic():
        found = _locked(pk, agent=agent)
        trouble = _judge(found, agent=agent, code=code)
    if trouble:
        raise Refused(trouble)
    found.refresh_from_db()
    return found


@transaction.atomic
def end(pk: int, *, by: EndedBy) -> Consent:
    """It is over from now on; she is told what was done. Again is no trouble."""
    found = Consent.objects.select_for_update(no_key=True).get(pk=pk)
    if found.status == ConsentStatus.ASKED:
        return _step(found, then=ConsentStatus.LAPSED)
    if found.status != ConsentStatus.GIVEN:
        return found
    assert found.ends_at is not None
    by = EndedBy.TIME if found.ends_at <= timezone.now() else by
    _step(found, then=ConsentStatus.ENDED, ended_at=Now(), ended_by=by.value)
    jobs.speak.defer(pk=found.pk)
    return found


def close_what_is_over() -> int:
    """End what has run out, and put aside what nobody gave in time; how many that were."""
    over = queries.over()
    for pk in over:
        end(pk, by=EndedBy.TIME)
    return len(over)


def _may_ask(agent: Person) -> None:
    if not queries.is_agent(agent):
        raise Refused("no_right")
    if not agent.name:
        raise Refused("no_name")


def _hers(phone: str, *, workshop: str) -> Membership:
    found = queries.owned_by(phone)
    if workshop:
        found = [one for one in found if one.artisan.slug == workshop]
    if not found:
        raise Refused("nobody")
    if len(found) > 1:
        raise Refused("which")
    return found[0]


def _belongs(agent: Person, artisan_id: int) -> bool:
    return Membership.objects.filter(person_id=agent.pk, artisan_id=artisan_id).exists()


def _put_aside(before: Consent) -> None:
    """What was asked for lapses; what runs must be ended by a person first."""
    ends = before.ends_at
    if before.status == ConsentStatus.GIVEN and ends is not None and ends > timezone.now():
        raise Refused("busy")
    end(before.pk, by=EndedBy.TIME)


def _judge(found: Consent, *, agent: Person, code: str) -> str:
    """Take the code, or say why not; the code of the refusal."""
    fits = secret.is_code(code, salt=found.salt, code_hash=found.code_hash)
    if found.status == ConsentStatus.GIVEN:
        return "" if fits else "moved"
    if found.status != ConsentStatus.ASKED:
        return "code_over"
    if found.asked_at + CODE_FOR <= timezone.now():
        _step(found, then=ConsentStatus.LAPSED)
        return "code_over"
    if not fits:
        return _count(found)
    if not queries.is_agent(agent) or _belongs(agent, found.artisan_id):
        return "no_right"
    _step(
        found,
        then=ConsentStatus.GIVEN,
        given_at=Now(),
        ends_at=Now() + timedelta(minutes=min(found.minutes, queries.minutes())),
        proof=secret.proof_of(code, salt=found.salt),
    )
    return ""


def _count(found: Consent) -> str:
    tries = found.tries + 1
    Consent.objects.filter(pk=found.pk).update(tries=tries)
    if tries < TRIES:
        return "wrong_code"
    _step(found, then=ConsentStatus.LAPSED)
    return "too_many"


def _locked(pk: int, *, agent: Person) -> Consent:
    found = Consent.objects.select_for_update(no_key=True).filter(pk=pk, agent=agent).first()
    if found is None:
        raise Refused("code_over")
    return found


def _step(found: Consent, *, then: ConsentStatus, **to: Any) -> Consent:
    assert then in CONSENT_NEXT[found.status]
    Consent.objects.filter(pk=found.pk).update(status=then.value, **to)
    found.refresh_from_db()
    return found


def _tell(made: Consent, person: Person, *, code: str) -> None:
    with override(person.language):
        what = ", ".join(str(SCOPES[Scope(one)]) for one in made.scopes)
    told = {"agent": made.agent.name, "what": what, "minutes": made.minutes, "code": code}
    notify(kind="assistance_code", to=person, context=told, secret=True)
