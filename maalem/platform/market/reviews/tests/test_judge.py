"""Officers, reports and appeals; every status against every verb; a history nobody rewrites."""

import itertools
import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from maalem.platform.craft.artisans.models import Membership
from maalem.platform.market.catalog.models import Rating
from maalem.platform.market.orders.tests.bending import bend
from maalem.platform.market.reviews.actions import judge
from maalem.platform.market.reviews.actions.answer import answer
from maalem.platform.market.reviews.actions.move import move
from maalem.platform.market.reviews.actions.write import Said, say
from maalem.platform.market.reviews.models import Appeal, Event, Report, Review, Ruling, Version
from maalem.platform.market.reviews.states import (
    APPEAL_NEXT,
    REVIEW_NEXT,
    AppealStatus,
    Refused,
    ReviewStatus,
    Side,
)
from maalem.platform.market.reviews.tests.fixtures import delivered, officer, reviewed
from maalem.platform.rows import run


@pytest.fixture
def review(world) -> Review:
    return reviewed(delivered(world))


def outcome(do) -> str:
    """`done`, or the code of the refusal."""
    try:
        with transaction.atomic():
            do()
    except Refused as no:
        return no.code
    return "done"


def hide(review, by, reason="insult") -> Ruling:
    review.refresh_from_db()
    return judge.hide(review.pk, reason=reason, by=by, version=review.version)


VERBS = {
    "change": lambda r, by: say(
        r.order.number, line_id=r.line_id, said=Said(1, words="autre"), seen=r.version
    ),
    "answer": lambda r, by: answer(r.pk, words="Merci", page="fr", seen=0, by="x"),
    "hide": lambda r, by: judge.hide(r.pk, reason="insult", by=by, version=r.version),
    "stand": lambda r, by: judge.let_stand(r.pk, by=by, version=r.version),
    "appeal": lambda r, by: judge.appeal(r.pk, side=Side.BUYER, words="Non", by="buyer"),
}
EXPECTED = {
    ("held", "change"): "published",
    ("held", "answer"): "not_published",
    ("held", "hide"): "hidden",
    ("held", "stand"): "published",
    ("held", "appeal"): "not_hidden",
    ("published", "change"): "published",
    ("published", "answer"): "published",
    ("published", "hide"): "hidden",
    ("published", "stand"): "published",
    ("published", "appeal"): "not_hidden",
    ("hidden", "change"): "hidden!",
    ("hidden", "answer"): "not_published",
    ("hidden", "hide"): "not_next",
    ("hidden", "stand"): "not_next",
    ("hidden", "appeal"): "hidden",
}
PAIRS = list(itertools.product(ReviewStatus, repeat=2))
APPEAL_PAIRS = list(itertools.product(AppealStatus, repeat=2))


@pytest.mark.parametrize(("status", "verb"), list(itertools.product(ReviewStatus, VERBS)))
def test_every_status_against_every_verb(world, status, verb):
    words = "Appelez 0661000101" if status == "held" else "Beau"
    review, by = reviewed(delivered(world), words=words), officer()
    if status == "hidden":
        hide(review, officer())
        review.refresh_from_db()
    before = Event.objects.count()
    said = outcome(lambda: VERBS[verb](review, by))
    review.refresh_from_db()
    expected = EXPECTED[status, verb]
    if said == "done":
        assert review.status == expected
        assert Event.objects.count() == before + 1
    else:
        assert said == expected.rstrip("!")
        assert (review.status, Event.objects.count()) == (status, before)
    shown = 1 if review.status == "published" else 0
    assert sum(Rating.objects.get().stars) == shown


@pytest.mark.parametrize(("now", "then"), PAIRS)
def test_the_table_and_the_trigger_say_the_same(review, now, then):
    bend(review, status=now)
    if then in REVIEW_NEXT[now]:
        move(review, then=then)
        assert review.status == then
        return
    assert outcome(lambda: move(review, then=then)) == "not_next"
    if now != then:
        with pytest.raises(IntegrityError, match="does not go"), transaction.atomic():
            Review.objects.filter(pk=review.pk).update(status=then)


@pytest.mark.parametrize(("now", "then"), APPEAL_PAIRS)
def test_so_do_those_of_appeals(review, now, then):
    hide(review, officer())
    appeal = judge.appeal(review.pk, side=Side.BUYER, words="Non", by="buyer")
    decided = {"decided_by": officer(), "decided_at": timezone.now()}
    if now != "open":
        bend(appeal, status=now, **decided)
    if then in APPEAL_NEXT[now]:
        move(appeal, then=then, **decided)
        assert appeal.status == then
        return
    assert outcome(lambda: move(appeal, then=then)) == "not_next"
    if now != then:
        with pytest.raises(IntegrityError), transaction.atomic():
            Appeal.objects.filter(pk=appeal.pk).update(status=then)


def test_an_appeal_is_made_once_and_decided_by_another_officer(review):
    first, second = officer("One"), officer("Two")
    hide(review, first)
    ask = lambda words: judge.appeal(review.pk, side=Side.BUYER, words=words, by="buyer")  # noqa: E731
    appeal = ask("C’est vrai pourtant")
    assert ask("C’est vrai pourtant").pk == appeal.pk
    assert outcome(lambda: ask("Encore")) == "appealed"
    no = lambda by: judge.decide_appeal(appeal.pk, grant=True, by=by)  # noqa: E731
    assert outcome(lambda: no(first)) == "same_officer"
    with pytest.raises(IntegrityError, match="does not decide"), transaction.atomic():
        Appeal.objects.filter(pk=appeal.pk).update(
            status="granted", decided_by=first, decided_at=timezone.now()
        )
    no(second)
    review.refresh_from_db()
    assert review.status == "published"
    assert outcome(lambda: no(second)) == "not_next"


def test_upheld_it_stays_hidden_and_the_other_side_may_still_appeal_once(review):
    first, second = officer(), officer()
    hide(review, first)
    hers = judge.appeal(review.pk, side=Side.BUYER, words="Non", by="buyer")
    judge.decide_appeal(hers.pk, grant=False, by=second)
    assert (
        outcome(lambda: judge.appeal(review.pk, side=Side.BUYER, words="Si", by="buyer"))
        == "appealed"
    )
    theirs = judge.appeal(review.pk, side=Side.ARTISAN, words="Un bel avis", by="person:1")
    judge.decide_appeal(theirs.pk, grant=True, by=second)
    review.refresh_from_db()
    assert review.status == "published"


def test_granted_to_one_it_is_granted_to_both(review):
    hide(review, officer())
    for side in Side:
        judge.appeal(review.pk, side=side, words="Non", by="x")
    judge.decide_appeal(Appeal.objects.first().pk, grant=True, by=officer())
    assert set(Appeal.objects.values_list("status", flat=True)) == {"granted"}


def test_hidden_again_it_may_be_appealed_against_again(review):
    hide(review, officer())
    first = judge.appeal(review.pk, side=Side.BUYER, words="Non", by="buyer")
    judge.decide_appeal(first.pk, grant=True, by=officer())
    hide(review, officer(), reason="personal")
    assert judge.appeal(review.pk, side=Side.BUYER, words="Non", by="buyer").pk != first.pk


def test_an_officer_judges_only_what_she_has_read_and_never_her_own_workshop(world, review):
    by = officer()
    assert outcome(lambda: judge.hide(review.pk, reason="x", by=by, version=1)) == "reason"
    say(review.order.number, line_id=review.line_id, said=Said(1, words="Autre"), seen=1)
    old = lambda: judge.hide(review.pk, reason="insult", by=by, version=1)  # noqa: E731
    assert outcome(old) == "changed_meanwhile"
    Membership.objects.create(person=by, artisan=world.weaver)
    mine = lambda: judge.hide(review.pk, reason="insult", by=by, version=2)  # noqa: E731
    assert outcome(mine) == "own_workshop"


def test_a_report_is_counted_once_for_each_and_settled_by_the_verdict(review):
    for reporter in ("a", "a", "b"):
        judge.report(review.pk, reason="insult", reporter=reporter)
    assert Report.objects.filter(settled_at=None).count() == 2
    judge.let_stand(review.pk, by=officer(), version=1)
    assert not Report.objects.filter(settled_at=None).exists()
    hide(review, officer())
    with pytest.raises(Review.DoesNotExist):
        judge.report(review.pk, reason="insult", reporter="c")


def test_the_answer_is_one_and_changes_for_fourteen_days(review):
    say_ = lambda words, seen: answer(review.pk, words=words, page="fr", seen=seen, by="p")  # noqa: E731
    say_("Merci à vous", 0)
    assert say_("Merci à vous", 0).answer_version == 1
    assert outcome(lambda: say_("Autre", 0)) == "changed_meanwhile"
    assert say_("Merci beaucoup", 1).answer == "Merci beaucoup"
    assert list(Version.objects.filter(side="artisan").values_list("number", "words")) == [
        (1, "Merci à vous"),
        (2, "Merci beaucoup"),
    ]
    for words, code in (
        ("", "empty"), ("x" * 1_001, "too_long"), ("0661000101", "answer_held"),
        ("4242424242424242", "card"),
    ):  # fmt: skip
        assert outcome(lambda words=words: say_(words, 2)) == code
    review.refresh_from_db()
    bend(review, answered_at=timezone.now() - timedelta(days=14, seconds=1))
    assert outcome(lambda: say_("Trop tard", 2)) == "too_late"
    with pytest.raises(IntegrityError, match="any more"), transaction.atomic():
        Review.objects.filter(pk=review.pk).update(answer="Trop tard", answer_version=3)


def test_what_happened_is_not_rewritten(review):
    ruling = hide(review, officer())
    judge.appeal(review.pk, side=Side.BUYER, words="Non", by="buyer")
    for row, field in ((Event, "note"), (Version, "words"), (Ruling, "note")):
        with pytest.raises(IntegrityError, match="kept"), transaction.atomic():
            row.objects.update(**{field: "x"})
    with pytest.raises(IntegrityError, match="does not change"), transaction.atomic():
        Appeal.objects.update(words="x")
    with pytest.raises(IntegrityError, match="does not change"), transaction.atomic():
        Review.objects.update(name="x")
    for row in (Event.objects.first(), ruling, review):
        table = row._meta.db_table
        with pytest.raises(IntegrityError, match="kept"), transaction.atomic():
            run(f"DELETE FROM {table} WHERE id = %s", [row.pk])


def test_of_ten_officers_at_once_one_hides_it(live):
    review = reviewed(delivered(live))
    officers, said = [officer() for _ in range(10)], []

    def hides(by):
        try:
            judge.hide(review.pk, reason="insult", by=by, version=1)
            said.append("done")
        except Refused as no:
            said.append(no.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=hides, args=[by]) for by in officers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["done"] + ["not_next"] * 9
    assert Ruling.objects.count() == 1


def test_an_answer_alone_is_hidden_and_comes_back_by_another_officer(review):
    first, second = officer(), officer()
    hides = lambda: judge.hide_answer(review.pk, reason="insult", by=first, version=1)  # noqa: E731
    assert outcome(hides) == "changed_meanwhile"
    answer(review.pk, words="Menteuse", page="fr", seen=0, by="p")
    hides()
    assert outcome(hides) == "changed_meanwhile"
    shown = lambda: Rating.objects.get().newest[0]  # noqa: E731
    assert (shown()["answer"], shown()["words"]) == ("", "Très beau tapis.")
    again = lambda: answer(review.pk, words="Merci", page="fr", seen=1, by="p")  # noqa: E731
    assert outcome(again) == "answer_hidden"
    with pytest.raises(IntegrityError, match="any more"), transaction.atomic():
        Review.objects.filter(pk=review.pk).update(answer="Merci", answer_version=2)
    ask = lambda side: judge.appeal(  # noqa: E731
        review.pk, side=side, words="Si", by="x", about=Side.ARTISAN
    )
    assert outcome(lambda: ask(Side.BUYER)) == "not_hidden"
    appeal = ask(Side.ARTISAN)
    decides = lambda by: judge.decide_appeal(appeal.pk, grant=True, by=by)  # noqa: E731
    assert outcome(lambda: decides(first)) == "same_officer"
    decides(second)
    assert shown()["answer"] == "Menteuse"
    review.refresh_from_db()
    assert review.status == "published"
