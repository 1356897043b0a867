"""A buyer says what she thinks of a bought line: who may, once, for how long, and what is kept."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from maalem.platform.ground.jobs.testing import drain
from maalem.platform.ground.notices.models import Message
from maalem.platform.market.cart.models import Hold
from maalem.platform.market.catalog.models import Product, Rating, Standing
from maalem.platform.market.orders.actions.goodwill import give_back
from maalem.platform.market.orders.actions.parcels import cancel, dispatch
from maalem.platform.market.orders.models import Order, OrderLine
from maalem.platform.market.orders.tests.bending import bend
from maalem.platform.market.reviews.actions.write import Said, say
from maalem.platform.market.reviews.models import Event, Review, Version
from maalem.platform.market.reviews.states import Refused
from maalem.platform.market.reviews.tests.fixtures import arrives, delivered, reviewed
from tests.cast import WEAVER


def refused(code, do):
    with pytest.raises(Refused) as no, transaction.atomic():
        do()
    assert no.value.code == code


def test_a_delivered_line_is_reviewed_and_counted(world):
    order = delivered(world)
    review = reviewed(order, stars=4, words="Très beau", service_stars=5)
    assert (review.status, review.language, review.version) == ("published", "fr", 1)
    assert Rating.objects.get(product=review.product).stars == [0, 0, 0, 1, 0]
    standing = Standing.objects.get(artisan=world.weaver)
    assert (standing.stars, standing.service) == ([0, 0, 0, 1, 0], [0, 0, 0, 0, 1])
    assert review.name == order.group.name.split()[0]


def test_nothing_is_reviewed_that_was_not_delivered(world):
    order = world.paid(world.cart(carpet=1)).orders.get()
    line = order.lines.get()
    again = lambda: reviewed(order)  # noqa: E731
    refused("not_delivered", again)
    dispatch(order.number, by="seller")
    refused("not_delivered", again)
    cancel(order.number, by="seller")
    refused("given_back", again)
    assert not Review.objects.exists()
    with pytest.raises(IntegrityError, match="not delivered"), transaction.atomic():
        Review.objects.create(
            line=line, order=order, artisan=world.weaver, product_id=line.product_id,
            status="published", stars=5, words="", name="x", bought_on="2026-01-01",
        )  # fmt: skip


def test_the_line_of_another_order_is_no_line_of_this(world):
    one, two = delivered(world), delivered(world, tagine=1)
    with pytest.raises(OrderLine.DoesNotExist):
        say(one.number, line_id=two.lines.get().pk, said=Said(stars=5))


def test_who_got_everything_back_reviews_no_more_but_part_of_it_changes_nothing(world):
    order = delivered(world)
    give_back(order.number, amount_minor=100, key="a", by="officer")
    review = reviewed(order)
    other = delivered(world, tagine=1)
    give_back(other.number, amount_minor=other.total_minor, key="b", by="officer")
    refused("given_back", lambda: reviewed(other))
    give_back(order.number, amount_minor=order.total_minor - 100, key="c", by="officer")
    review.refresh_from_db()
    assert review.status == "published"


def test_sent_twice_after_a_time_out_it_is_one_review(world):
    order = delivered(world)
    one, two = reviewed(order), reviewed(order)
    assert one.pk == two.pk
    assert (two.version, Version.objects.count(), Event.objects.count()) == (1, 1, 1)
    drain()
    assert Message.objects.filter(kind="review_new", phone=WEAVER.phone).count() == 1


def test_she_may_change_it_for_fourteen_days_and_every_version_is_kept(world):
    order = delivered(world)
    review = reviewed(order, stars=2, words="Bof")
    line = order.lines.get().pk
    changed = say(order.number, line_id=line, said=Said(stars=5, words="Mieux"), seen=1)
    assert (changed.pk, changed.version) == (review.pk, 2)
    kept = Version.objects.values_list("number", "stars", "words")
    assert list(kept) == [(1, 2, "Bof"), (2, 5, "Mieux")]
    assert Rating.objects.get().stars == [0, 0, 0, 0, 1]
    refused("changed_meanwhile", lambda: say(order.number, line_id=line, said=Said(1), seen=1))
    bend(review, written_at=timezone.now() - timedelta(days=14, seconds=1))
    refused("too_late", lambda: say(order.number, line_id=line, said=Said(1), seen=2))
    # The same once more is no change, so it is no trouble either.
    assert say(order.number, line_id=line, said=Said(5, words="Mieux"), seen=1).version == 2
    with pytest.raises(IntegrityError, match="any more"), transaction.atomic():
        Review.objects.filter(pk=review.pk).update(stars=1, version=3)


def test_the_thirtieth_version_is_the_last(world):
    order = delivered(world)
    reviewed(order, words="0")
    line = order.lines.get().pk
    for n in range(1, 30):
        said = Said(5, words=str(n))
        assert say(order.number, line_id=line, said=said, seen=n).version == n + 1
    refused("too_late", lambda: say(order.number, line_id=line, said=Said(5), seen=30))


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("Voir www.ailleurs.example", ["link"]),
        ("moins cher sur ailleurs.ma", ["link"]),
        ("Appelez le 06 61 00 01 01", ["phone"]),
        ("اتصلوا ٠٦٦١٠٠٠١٠١", ["phone"]),
        ("06\u200b61\u202e00\u200b0101", ["phone"]),
        ("Écrivez à a@b.example", ["email"]),
        ("Quel VOLEUR !", ["word"]),
        ("Un beau vol d’oiseaux, 12.03.2026, 120 x 80 cm.Parfait", []),
        ("", []),
    ],
)
def test_a_rule_holds_what_a_person_must_read_first(world, words, why):
    order = delivered(world)
    review = reviewed(order, words=words)
    assert review.held_for == why
    assert review.status == ("held" if why else "published")
    assert Rating.objects.get().stars == [0, 0, 0, 0, 0 if why else 1]
    if why:
        assert not Message.objects.filter(kind="review_new").exists()
        line = order.lines.get().pk
        better = say(order.number, line_id=line, said=Said(5, words="Beau"), seen=1)
        assert (better.status, better.held_for) == ("published", [])


def test_a_published_one_changed_for_the_worse_waits_again(world):
    order = delivered(world)
    reviewed(order)
    line = order.lines.get().pk
    changed = say(order.number, line_id=line, said=Said(1, words="fuck 0661000101"), seen=1)
    assert (changed.status, changed.held_for) == ("held", ["phone", "word"])
    assert Rating.objects.get().newest == []


def test_direction_marks_and_what_nobody_sees_are_taken_out(world):
    review = reviewed(
        delivered(world), words="a\u202eb\u2066c\u200f\x00\x07d\r\n\n\n\n\ne  f\ufeff"
    )
    assert review.words == "abcd\n\ne f"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (Said(0), "stars"),
        (Said(6), "stars"),
        (Said(5, service_stars=9), "stars"),
        (Said(5, words="x" * 2_001), "too_long"),
        (Said(5, words="4242 4242 4242 4242"), "card"),
        (Said(5, photos=[["p", 1, 1, ""]] * 5), "too_many_photos"),
    ],
)
def test_bad_input_is_refused_and_leaves_nothing(world, said, code):
    order = delivered(world)
    refused(code, lambda: say(order.number, line_id=order.lines.get().pk, said=said))
    assert not Review.objects.exists()


@pytest.mark.parametrize(
    ("words", "page", "language"),
    [
        ("Très beau", "fr", "fr"),
        ("Très beau", "ar", ""),
        ("جميل جدا", "fr", "ar"),
        ("ⵉⵖⵓⴷⴰ", "fr", "zgh"),
        ("Lovely", "en", "en"),
    ],
)
def test_the_language_is_kept_as_written(world, words, page, language):
    assert reviewed(delivered(world), words=words, page=page).language == language


def test_a_product_that_is_removed_takes_its_figures_but_not_the_review(world):
    review = reviewed(delivered(world))
    Hold.objects.all().delete()
    Product.objects.filter(pk=world.carpet.product_id).update(status="withdrawn")
    world.carpet.product.delete()
    review.refresh_from_db()
    assert review.product_id is None
    assert Standing.objects.get().stars == [0, 0, 0, 0, 1]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_hundred_at_once_on_one_line_are_one_review(live):
    order = delivered(live)
    line = order.lines.get().pk
    words = [f"Avis {n % 10}" for n in range(100)]
    outcomes: list[str] = []

    def speaks(text: str) -> None:
        try:
            say(order.number, line_id=line, said=Said(5, words=text))
            outcomes.append("said")
        except Refused as no:
            outcomes.append(no.code)
        except Exception as trouble:
            outcomes.append(repr(trouble))
        finally:
            connections.close_all()

    for start in range(0, 100, 20):
        threads = [threading.Thread(target=speaks, args=[t]) for t in words[start : start + 20]]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert set(outcomes) == {"said", "changed_meanwhile"}
    assert len(outcomes) == 100
    assert outcomes.count("said") == 10  # the one, and those who said just the same
    assert (Review.objects.count(), Version.objects.count()) == (1, 1)
    assert Rating.objects.get().stars == [0, 0, 0, 0, 1]


def test_many_reviews_of_one_piece_at_once_are_all_counted(live):
    orders = [delivered(live, tagine=1) for _ in range(8)]
    threads = [
        threading.Thread(target=_reviews, args=[order, 1 + n % 5]) for n, order in enumerate(orders)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rating = Rating.objects.get()
    assert rating.stars == [2, 2, 2, 1, 1]
    newest = Review.objects.order_by("-pk").values_list("pk", flat=True)[:3]
    assert [one["id"] for one in rating.newest] == list(newest)


def _reviews(order: Order, stars: int) -> None:
    try:
        reviewed(order, stars=stars)
    finally:
        connections.close_all()


def test_only_one_parcel_of_two_has_arrived(world):
    group = world.paid()
    first, second = group.orders.all()
    arrives(first)
    assert reviewed(first).pk
    refused("not_delivered", lambda: reviewed(second))
