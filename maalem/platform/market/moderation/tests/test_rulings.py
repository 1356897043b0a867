"""A piece taken off, wanted otherwise, contested: who may, and what the database refuses."""

import threading

import pytest
from django.db import DatabaseError, connections, transaction

from maalem.platform.craft.artisans.models import Membership
from maalem.platform.ground.notices.models import Message
from maalem.platform.ground.people.models import Person
from maalem.platform.market.catalog import states as catalog
from maalem.platform.market.catalog.actions import edit, shelf
from maalem.platform.market.catalog.models import Product, StatusChange, Variant
from maalem.platform.market.moderation import queries
from maalem.platform.market.moderation.actions import appeal as appealing
from maalem.platform.market.moderation.actions import look, rule
from maalem.platform.market.moderation.models import (
    Appeal,
    Lift,
    Look,
    Ruling,
    Verdict,
    Waiting,
)
from maalem.platform.market.moderation.states import Kind, Refused
from maalem.platform.market.moderation.tests.fixtures import moderator, off, reworded
from tests.cast import WEAVER


@pytest.fixture
def carpet(world) -> Product:
    return Product.objects.get(pk=world.carpet.product_id)


@pytest.fixture
def weaver(world) -> Person:
    return Person.objects.get(phone=WEAVER.phone)


def outcome(do) -> str:
    """`done`, or the code of the refusal, by whoever refused."""
    try:
        with transaction.atomic():
            do()
    except (Refused, catalog.Refused) as no:
        return no.code
    except DatabaseError as no:
        return no.__cause__.diag.constraint_name
    return "done"


def publish(product: Product) -> str:
    product.refresh_from_db()
    return outcome(lambda: shelf.publish(product, by="person:1"))


def test_a_piece_that_was_taken_off_is_not_put_back_by_its_workshop(carpet):
    ruling = off(carpet, by=moderator(), note="Le fil est de l’acrylique")
    carpet.refresh_from_db()
    assert carpet.status == "withdrawn"
    assert (ruling.said["fr"][:6], ruling.basis[:10]) == ("Ce qui", "Loi 31-08 ")
    assert ruling.shown["status"] == "published"
    assert ruling.shown["title"]["fr"] == "Tapis de Taznakht"
    assert ruling.shown["price_minor"] == 320_000
    assert publish(carpet) == "taken_off"
    # Whoever writes to the table itself meets the same rule.
    directly = Product.objects.filter(pk=carpet.pk)
    assert outcome(lambda: directly.update(status="published")) == "product_taken_off"


def test_a_lift_puts_it_back_where_it_was(carpet):
    by = moderator()
    ruling = off(carpet, by=by)
    assert outcome(lambda: rule.lift(ruling.pk, because="appeal", by=by)) == "because"
    rule.lift(ruling.pk, because="put_right", by=by)
    carpet.refresh_from_db()
    assert carpet.status == "published"
    assert StatusChange.objects.order_by("pk").last().by == f"moderator:{by.pk}"
    assert outcome(lambda: rule.lift(ruling.pk, because="mistake", by=by)) == "lifted"
    # What the workshop itself had taken off stays so, and is hers again to put back.
    shelf.withdraw(carpet, by="person:1")
    rule.lift(off(carpet, by=by).pk, because="mistake", by=by)
    carpet.refresh_from_db()
    assert carpet.status == "withdrawn"
    assert publish(carpet) == "done"


def test_an_appeal_is_one_and_another_moderator_decides(carpet, weaver):
    first, second = moderator(), moderator()
    ruling = off(carpet, by=first)
    asked = appealing.appeal(ruling.pk, words="C’est de la laine", by=weaver)
    assert appealing.appeal(ruling.pk, words=" C’est de la laine", by=weaver) == asked
    again = outcome(lambda: appealing.appeal(ruling.pk, words="Vraiment", by=weaver))
    assert again == "appealed"
    assert [one.pk for one in queries.appeals()] == [asked.pk]
    assert outcome(lambda: appealing.decide(asked.pk, grant=True, by=first)) == "same_moderator"
    row = {"appeal": asked, "is_granted": True}
    assert outcome(lambda: Verdict.objects.create(**row, by=first)) == "moderation_by_another"
    appealing.decide(asked.pk, grant=True, by=second)
    carpet.refresh_from_db()
    assert carpet.status == "published"
    assert Lift.objects.get().because == "appeal"
    assert queries.appeals() == []
    assert outcome(lambda: appealing.decide(asked.pk, grant=False, by=second)) == "decided"
    late = outcome(lambda: appealing.appeal(off(carpet, by=first).pk, words="", by=weaver))
    assert late == "empty"


def test_what_is_upheld_stays_off_until_it_is_lifted(carpet, weaver):
    first, second = moderator(), moderator()
    ruling = off(carpet, by=first)
    asked = appealing.appeal(ruling.pk, words="C’est de la laine", by=weaver)
    appealing.decide(asked.pk, grant=False, by=second)
    assert publish(carpet) == "taken_off"
    lift = {"ruling": ruling, "because": "appeal", "by": second}
    assert outcome(lambda: Lift.objects.create(**lift)) == "moderation_lift_of_a_verdict"
    rule.lift(ruling.pk, because="put_right", by=first)
    carpet.refresh_from_db()
    assert carpet.status == "published"
    kinds = list(Message.objects.filter(channel="sms").values_list("kind", flat=True))
    assert kinds == ["piece_ruled", "piece_decided", "piece_decided"]


def test_nobody_moderates_her_own_workshop(carpet, world):
    by, other = moderator(), moderator()
    Membership.objects.create(person=by, artisan=world.weaver)
    assert outcome(lambda: off(carpet, by=by)) == "own_workshop"
    seen = lambda: look.looked(carpet.pk, read=look.reading(carpet), by=by)  # noqa: E731
    assert outcome(seen) == "own_workshop"
    ruling = off(carpet, by=other)
    assert outcome(lambda: rule.lift(ruling.pk, because="mistake", by=by)) == "own_workshop"
    lift = {"ruling": ruling, "because": "mistake", "by": by}
    assert outcome(lambda: Lift.objects.create(**lift)) == "moderation_not_her_own"


def test_a_change_is_asked_for_in_words_and_leaves_the_piece_where_it_is(carpet):
    by = moderator()

    def ask(reason="unclear", note="Une photo plus claire, s’il vous plaît"):
        carpet.refresh_from_db()
        rule.ask_change(carpet.pk, reason=reason, by=by, read=look.reading(carpet), note=note)

    assert outcome(lambda: ask(note=" ")) == "what_to_change"
    assert outcome(lambda: ask(note="x" * 601)) == "too_long"
    assert outcome(lambda: ask(reason="not_handmade")) == "reason"
    assert outcome(lambda: ask(reason="because")) == "reason"
    assert outcome(ask) == "done"
    carpet.refresh_from_db()
    assert carpet.status == "published"
    assert outcome(ask) == "ruled"
    # Where nothing happens, it is taken off: one ruling takes the other's place.
    off(carpet, by=by)
    assert [one.because for one in Lift.objects.all()] == ["replaced"]
    assert queries.in_force(carpet.pk).is_off
    assert outcome(lambda: off(carpet, by=by)) == "ruled"
    assert Message.objects.filter(channel="sms", kind="piece_decided").count() == 0


def test_of_two_rulings_at_once_and_of_a_piece_on_the_shelf_the_database_knows(carpet):
    by = moderator()
    row = {"product": carpet, "reason": "price", "said": {"fr": "a", "ar": "b", "en": "c"}}
    row |= {"version": 1, "shown": {}, "by": by, "kind": Kind.TAKEN_OFF}
    assert outcome(lambda: Ruling.objects.create(**row)) == "moderation_off_is_off"
    off(carpet, by=by)
    assert outcome(lambda: Ruling.objects.create(**row)) == "moderation_one_in_force"


def test_nothing_is_ruled_about_what_nobody_has_read_as_it_stands(carpet):
    by = moderator()
    read = look.reading(carpet)
    reworded(carpet, "Tapis de soie")
    stale = lambda: rule.take_off(carpet.pk, reason="untrue", by=by, read=read)  # noqa: E731
    assert outcome(stale) == "changed_meanwhile"
    seen = lambda: look.looked(carpet.pk, read=read, by=by)  # noqa: E731
    assert outcome(seen) == "changed_meanwhile"
    carpet.refresh_from_db()
    assert carpet.status == "published"
    assert Waiting.objects.get().product_id == carpet.pk


def test_a_dearer_variant_that_is_repriced_meanwhile_is_not_overlooked(world):
    """The product's own version does not move with it."""
    tagine = Product.objects.get(pk=world.tagine.product_id)
    large = Variant.objects.create(product=tagine, sku="LARGE", price_minor=400_000, on_hand=0)
    tagine.refresh_from_db()
    read = look.reading(tagine)
    edit.reprice(large.pk, price_minor=500_000, seen_minor=400_000, by="person:1")
    tagine.refresh_from_db()
    assert tagine.version == read.version
    seen = lambda: look.looked(tagine.pk, read=read, by=moderator())  # noqa: E731
    assert outcome(seen) == "changed_meanwhile"
    assert Waiting.objects.filter(product=tagine).exists()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", ("a été retirée", "pas exact")),
        ("ar", ("من الرف", "غير صحيح")),
        ("en", ("was taken off the shelf", "is not true")),
    ],
)
def test_the_workshop_is_told_in_her_language_and_led_to_the_piece(carpet, weaver, language, said):
    Person.objects.filter(pk=weaver.pk).update(language=language)
    ruling = off(carpet, by=moderator())
    told = Message.objects.get(kind="piece_ruled", channel="sms")
    assert told.language == language
    assert all(words in told.body for words in said)
    assert f"/{language}/studio/pieces/{carpet.slug}/" in told.body
    rule.lift(ruling.pk, because="mistake", by=moderator())
    over = Message.objects.get(kind="piece_decided", channel="sms")
    assert f"/{language}/studio/pieces/{carpet.slug}/" in over.body


def test_what_a_workshop_changes_waits_until_somebody_has_looked(carpet, world):
    by = moderator()
    assert queries.waiting() == ([], 0)
    reworded(carpet, "Tapis de soie")
    edit.reprice(world.carpet.pk, price_minor=90_000, seen_minor=320_000, by="person:1")
    found = queries.case(carpet.pk, reader=by)
    assert [one.what for one in found.changes] == ["Prix", "Nom"]
    assert found.changes[1].lines == [("fr", "Tapis de Taznakht", "Tapis de soie")]
    carpet.refresh_from_db()
    look.looked(carpet.pk, read=look.reading(carpet), by=by)
    assert queries.waiting() == ([], 0)
    assert queries.case(carpet.pk, reader=by).changes == []
    # How many there are, and what a moderator does herself, is no matter for a look.
    edit.restock(world.tagine.pk, on_hand=4, seen=10, by="person:1")
    rule.lift(off(carpet, by=by).pk, because="mistake", by=by)
    assert queries.waiting() == ([], 0)
    reworded(carpet, "Tapis de laine")
    (waits,), _ = queries.waiting()
    assert (waits.product_id, waits.was_seen) == (carpet.pk, True)


def test_nothing_of_it_is_rewritten(carpet, weaver):
    first, second = moderator(), moderator()
    ruling = off(carpet, by=first)
    asked = appealing.appeal(ruling.pk, words="C’est de la laine", by=weaver)
    appealing.decide(asked.pk, grant=True, by=second)
    for model, change in (
        (Ruling, {"note": "Autre chose"}),
        (Appeal, {"words": "Autre chose"}),
        (Verdict, {"is_granted": False}),
        (Lift, {"because": "mistake"}),
        (Look, {"version": 0}),
    ):
        table = model._meta.db_table
        assert outcome(lambda m=model, c=change: m.objects.update(**c)) == f"{table}_kept"
    for model in (Ruling, Appeal, Verdict, Lift):
        gone = outcome(lambda m=model: m.objects.all()._raw_delete("default"))
        assert gone == f"{model._meta.db_table}_kept"


def test_who_publishes_while_a_moderator_takes_it_off_is_refused(live):
    """The workshop's step waits for the ruling, and then meets it."""
    carpet = Product.objects.get(pk=live.carpet.product_id)
    shelf.withdraw(carpet, by="person:1")
    said: list[str] = []

    def put_back() -> None:
        mine = Product.objects.get(pk=carpet.pk)
        try:
            said.append(outcome(lambda: shelf.publish(mine, by="person:1")))
        finally:
            connections.close_all()

    by = moderator()
    with transaction.atomic():
        off(carpet, by=by)
        other = threading.Thread(target=put_back)
        other.start()
        other.join(timeout=0.7)
        assert other.is_alive(), "it waits for the lock"
    other.join(timeout=20)
    assert said == ["taken_off"]
