"""Who may act for whom: asked for, given by a code, and over."""

import itertools
import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from maalem.platform.craft.artisans.models import Membership
from maalem.platform.ground.jobs.testing import drain
from maalem.platform.ground.notices.models import Message
from maalem.platform.ground.people.models import Person
from maalem.platform.market.assistance import jobs, queries, secret
from maalem.platform.market.assistance.actions import ask, watch
from maalem.platform.market.assistance.models import Consent, Deed, Limit
from maalem.platform.market.assistance.states import CONSENT_NEXT, TRIES, Act, EndedBy, Refused
from maalem.platform.market.assistance.tests.village import agent, asked, code_of, given
from maalem.platform.market.assistance.words import ACTS, ENDED, REFUSALS, SCOPES
from maalem.platform.market.orders.tests.bending import bend
from tests.cast import NOBODY, POTTER, WEAVER


@pytest.fixture
def rachid(world):
    return agent()


def refused(verb) -> str:
    with pytest.raises(Refused) as no:
        verb()
    assert no.value.code in REFUSALS
    return no.value.code


def wrong_of(consent) -> str:
    """A code that it is not."""
    return f"{(int(code_of(consent)) + 1) % 10**6:06d}"


def long_ago(consent):
    """It was given so long ago that it is over."""
    early = timezone.now() - timedelta(hours=3)
    bend(consent, asked_at=early, given_at=early, ends_at=early + timedelta(hours=1))


def test_she_reads_who_wants_what_for_how_long_in_her_language(world, rachid):
    one = asked(rachid, scopes=("pieces", "orders"))
    (told,) = Message.objects.filter(kind="assistance_code")
    assert (told.phone, told.language, told.channel) == (WEAVER.phone, "ar", "sms")
    assert told.secret, "delivered, the code is nowhere any more"
    for part in ("Rachid Ouali", "60", code_of(one)):
        assert part in told.body
    assert "act for your workshop" not in told.body


def test_her_code_gives_it_and_the_same_again_is_no_trouble(rachid):
    one = asked(rachid)
    for _ in range(2):
        found = ask.give(one.pk, agent=rachid, code=code_of(one))
    assert found.status == "given"
    assert found.ends_at - found.given_at == timedelta(minutes=60)
    assert queries.running(one.pk, agent=rachid) == found
    assert refused(lambda: ask.give(one.pk, agent=rachid, code=wrong_of(one))) == "moved"


def test_a_row_tells_neither_the_code_nor_the_proof(rachid):
    one = asked(rachid)
    code = code_of(one)
    one.refresh_from_db()
    kept = f"{one.salt} {one.code_hash} {one.proof}"
    assert code not in kept
    assert secret.proof_of(code, salt=one.salt) not in kept


def test_five_wrong_codes_and_the_right_one_does_not_count_any_more(rachid):
    one = asked(rachid)
    wrong = wrong_of(one)
    said = [refused(lambda: ask.give(one.pk, agent=rachid, code=wrong)) for _ in range(TRIES)]
    assert said == ["wrong_code"] * 4 + ["too_many"]
    assert refused(lambda: ask.give(one.pk, agent=rachid, code=code_of(one))) == "code_over"
    one.refresh_from_db()
    assert (one.status, one.tries) == ("lapsed", TRIES)


def test_a_code_of_ten_minutes_ago_does_not_count(rachid):
    one = asked(rachid)
    bend(one, asked_at=timezone.now() - timedelta(minutes=10))
    assert refused(lambda: ask.give(one.pk, agent=rachid, code=code_of(one))) == "code_over"
    one.refresh_from_db()
    assert one.status == "lapsed"


def test_another_agent_can_not_give_it(rachid):
    one = asked(rachid)
    other = agent("Samira Alaoui", "+212661000981")
    assert refused(lambda: ask.give(one.pk, agent=other, code=code_of(one))) == "code_over"


def test_who_has_no_right_asks_for_nothing(world):
    nobody = Person.objects.create(phone=NOBODY.phone, name=NOBODY.name)
    assert refused(lambda: asked(nobody)) == "no_right"
    assert not Message.objects.exists()


def test_a_right_taken_away_meanwhile_gives_nothing(rachid):
    one = asked(rachid)
    rachid.user_permissions.clear()
    rachid = Person.objects.get(pk=rachid.pk)
    assert refused(lambda: ask.give(one.pk, agent=rachid, code=code_of(one))) == "no_right"


def test_he_says_his_name_something_to_do_and_a_number_that_has_a_workshop(rachid):
    assert refused(lambda: asked(rachid, scopes=())) == "no_scope"
    assert refused(lambda: asked(rachid, scopes=("money",))) == "no_scope"
    assert refused(lambda: asked(rachid, phone=NOBODY.phone)) == "nobody"
    rachid.name = ""
    assert refused(lambda: asked(rachid)) == "no_name"


def test_nobody_acts_for_herself(world, rachid):
    Membership.objects.create(person=rachid, artisan=world.weaver, role="clerk")
    assert refused(lambda: asked(rachid)) == "yourself"
    Membership.objects.create(person=rachid, artisan=world.potter)
    assert refused(lambda: asked(rachid, phone=rachid.phone)) == "yourself"


def test_a_clerk_gives_no_consent(world, rachid):
    Membership.objects.filter(artisan=world.weaver).update(role="clerk")
    assert refused(lambda: asked(rachid)) == "nobody"


def test_of_several_workshops_one_is_chosen(world, rachid):
    weaver = world.weaver.memberships.get().person
    Membership.objects.create(person=weaver, artisan=world.potter)
    assert refused(lambda: asked(rachid)) == "which"
    slug = world.potter.slug
    one = ask.ask(agent=rachid, phone=WEAVER.phone, scopes=["orders"], workshop=slug)
    assert one.artisan == world.potter


def test_one_at_a_time(rachid):
    first = asked(rachid)
    second = given(rachid, phone=POTTER.phone)
    first.refresh_from_db()
    assert first.status == "lapsed", "what was not given is put aside"
    assert refused(lambda: asked(rachid)) == "busy"
    ask.end(second.pk, by=EndedBy.AGENT)
    assert given(rachid).status == "given"


def test_one_that_has_run_out_is_in_nobodys_way(rachid):
    before = given(rachid)
    long_ago(before)
    assert queries.running(before.pk, agent=rachid) is None
    assert queries.open_of(rachid) is None
    assert asked(rachid).status == "asked"
    before.refresh_from_db()
    assert (before.status, before.ended_by) == ("ended", "time")


def test_at_the_end_she_is_told_once_that_nothing_was_done(rachid):
    one = given(rachid)
    for _ in range(2):
        ask.end(one.pk, by=EndedBy.ARTISAN)
    drain()
    (told,) = Message.objects.filter(kind="assistance_end")
    assert "/ar/studio/helped/" in told.body
    assert queries.running(one.pk, agent=rachid) is None


def test_the_minute_closes_what_is_over_and_leaves_what_runs(rachid):
    over, unheard, runs = (given(rachid), asked(agent("B", "+212661000982")), None)
    long_ago(over)
    bend(unheard, asked_at=timezone.now() - timedelta(minutes=11))
    runs = given(agent("C", "+212661000983"))
    jobs.close.func(0)
    found = [Consent.objects.get(pk=one.pk).status for one in (over, unheard, runs)]
    assert found == ["ended", "lapsed", "given"]


def test_two_who_type_one_code_at_once_give_it_once(live):
    one = asked(agent())
    rachid, code = one.agent, code_of(one)
    done, at_once = [], threading.Barrier(2)

    def give() -> None:
        at_once.wait()
        try:
            done.append(ask.give(one.pk, agent=Person.objects.get(pk=rachid.pk), code=code))
        finally:
            connections.close_all()

    _both(give)
    assert [found.status for found in done] == ["given", "given"]
    assert done[0].ends_at == done[1].ends_at


def test_wrong_codes_at_once_are_each_counted(live):
    one = asked(agent())
    rachid, wrong, at_once = one.agent, wrong_of(one), threading.Barrier(2)

    def give() -> None:
        at_once.wait()
        try:
            refused(lambda: ask.give(one.pk, agent=Person.objects.get(pk=rachid.pk), code=wrong))
        finally:
            connections.close_all()

    _both(give)
    assert Consent.objects.get(pk=one.pk).tries == 2


def _both(verb) -> None:
    threads = [threading.Thread(target=verb) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()


# What the database itself refuses.


def forced(consent, **values):
    """Write it past every verb."""
    with transaction.atomic():
        Consent.objects.filter(pk=consent.pk).update(**values)


def as_given(consent, *, code: str, minutes: int = 60) -> dict[str, object]:
    return {
        "status": "given",
        "given_at": consent.asked_at,
        "ends_at": consent.asked_at + timedelta(minutes=minutes),
        "proof": secret.proof_of(code, salt=consent.salt),
    }


def test_no_consent_is_given_without_its_code(rachid):
    one = asked(rachid)
    one.refresh_from_db()
    for code in ("", wrong_of(one)):
        with pytest.raises(IntegrityError, match="without its code"):
            forced(one, **as_given(one, code=code))
    with pytest.raises(IntegrityError, match="without its code"):
        forced(one, **{**as_given(one, code=code_of(one)), "proof": one.code_hash})
    late = one.asked_at + timedelta(minutes=11)
    after = late + timedelta(minutes=5)
    with pytest.raises(IntegrityError, match="without its code"):
        forced(one, **{**as_given(one, code=code_of(one)), "given_at": late, "ends_at": after})
    forced(one, **as_given(one, code=code_of(one)))


def test_no_consent_lasts_longer_than_the_rule_in_force(rachid):
    one = asked(rachid)
    one.refresh_from_db()
    with pytest.raises(IntegrityError, match="longer than 60 minutes"):
        forced(one, **as_given(one, code=code_of(one), minutes=61))


def test_a_consent_stays_as_it_was_given_and_is_never_changed_after_its_end(rachid):
    one = given(rachid)
    longer = one.ends_at + timedelta(minutes=1)
    for change in ({"ends_at": longer}, {"proof": "x"}, {"scopes": ["pieces"]}, {"tries": 1}):
        with pytest.raises(IntegrityError):
            forced(one, **change)
    ask.end(one.pk, by=EndedBy.AGENT)
    for change in ({"ended_by": "time"}, {"ends_at": longer}, {"status": "given"}):
        with pytest.raises(IntegrityError):
            forced(one, **change)
    with pytest.raises(IntegrityError, match="is kept"), transaction.atomic():
        Consent.objects.filter(pk=one.pk)._raw_delete("default")


def test_tries_are_never_counted_back(rachid):
    one = asked(rachid)
    forced(one, tries=3)
    with pytest.raises(IntegrityError):
        forced(one, tries=0)


@pytest.mark.parametrize(("now", "then"), list(itertools.product(CONSENT_NEXT, repeat=2)))
def test_the_code_and_the_database_hold_the_same_table(rachid, now, then):
    one = asked(rachid)
    one.refresh_from_db()
    dress = {status: _dress(one, status) for status in CONSENT_NEXT}
    bend(one, status=now, **dress[now])
    allowed = then == now or then in CONSENT_NEXT[now]
    try:
        forced(one, status=then, **dress[then])
    except IntegrityError:
        assert not allowed
    else:
        assert allowed


def _dress(one, status) -> dict[str, object]:
    bare = {"given_at": None, "ends_at": None, "proof": "", "ended_at": None, "ended_by": ""}
    if status not in ("given", "ended"):
        return bare
    told = {**as_given(one, code=code_of(one)), "ended_at": None, "ended_by": ""}
    del told["status"]
    return {**told, "ended_at": one.asked_at, "ended_by": "time"} if status == "ended" else told


def test_no_deed_without_a_consent_that_runs(world, rachid):
    one = asked(rachid)

    def deed(**more):
        with transaction.atomic():
            return Deed.objects.create(consent=one, act=Act.SAID_READY, reference="M-1", **more)

    with pytest.raises(IntegrityError, match="does not run"):
        deed()
    ask.give(one.pk, agent=rachid, code=code_of(one))
    made = deed()
    with pytest.raises(IntegrityError, match="not of the workshop"):
        deed(product=world.tagine.product)
    with pytest.raises(IntegrityError, match="is kept"), transaction.atomic():
        Deed.objects.filter(pk=made.pk).update(act=Act.LISTED)
    with pytest.raises(IntegrityError, match="is kept"), transaction.atomic():
        Deed.objects.filter(pk=made.pk)._raw_delete("default")
    one.refresh_from_db()
    long_ago(one)
    with pytest.raises(IntegrityError, match="does not run"):
        deed()


def test_a_new_rule_counts_from_its_day_on(rachid):
    soon = timezone.now() + timedelta(days=1)
    watch.limit(minutes=30, begins_at=soon)
    watch.limit(minutes=30, begins_at=soon)
    assert queries.minutes() == 60
    assert refused(lambda: watch.limit(minutes=20, begins_at=soon)) == "limit_there"
    assert refused(lambda: watch.limit(minutes=481, begins_at=soon)) == "limit"
    assert refused(lambda: watch.limit(minutes=30, begins_at=timezone.now())) == "past"
    bend(Limit.objects.get(minutes=30), begins_at=timezone.now() - timedelta(minutes=1))
    one = given(rachid)
    assert one.ends_at - one.given_at == timedelta(minutes=30)


def test_a_longer_rule_that_begins_meanwhile_makes_no_consent_longer_than_she_was_told(rachid):
    one = asked(rachid)
    watch.limit(minutes=90, begins_at=timezone.now() + timedelta(days=1))
    bend(Limit.objects.get(minutes=90), begins_at=timezone.now() - timedelta(minutes=1))
    one.refresh_from_db()
    with pytest.raises(IntegrityError, match="longer than 60 minutes"):
        forced(one, **as_given(one, code=code_of(one), minutes=61))
    found = ask.give(one.pk, agent=rachid, code=code_of(one))
    assert found.ends_at - found.given_at == timedelta(minutes=60)


def test_no_rule_is_written_for_the_past_or_rewritten(db):
    with pytest.raises(IntegrityError, match="for the past"), transaction.atomic():
        Limit.objects.create(minutes=400, begins_at=timezone.now() - timedelta(days=1))
    with pytest.raises(IntegrityError, match="is kept"), transaction.atomic():
        Limit.objects.update(minutes=400)


def test_everything_has_its_words():
    assert set(ACTS) == set(Act)
    assert set(ENDED) == set(EndedBy)
    assert len(SCOPES) == 3
