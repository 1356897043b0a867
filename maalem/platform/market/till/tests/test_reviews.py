"""What a rule put aside: found good, or given back with a reason; and how payments end."""

import pytest

from maalem.platform.market.orders.models import Order
from maalem.platform.market.till import outcomes
from maalem.platform.market.till.models import Deed
from maalem.platform.market.till.tests.test_pages import officer, sold, text, visit  # noqa: F401
from tests.cast import OFFICER, WEAVER

pytestmark = pytest.mark.django_db


@pytest.fixture
def queue(sold, visit):  # noqa: F811
    """An officer who judges, and the purchase that a rule put aside."""
    officer("see_all_payments", "judge_reviews")
    seen = sold.bank.look_at(sold.charge)

    def go(path="", member=OFFICER, **more):
        return visit(member, f"platform/reviews/{path}", **more)

    go.bank, go.world, go.id = sold.bank, sold, seen.id
    return go


def open_ones(queue):
    return [one.id for one in queue.bank.queue[""] if one.is_open]


def test_the_queue_shows_what_waits(queue):
    assert "Claire Martin" in text(queue())
    assert "Le laisser" in text(queue(f"{queue.id}/"))


def test_only_who_may_judge_comes_here(queue):
    assert queue(member=WEAVER).status_code == 404
    officer("see_all_payments")
    for path in ("", f"{queue.id}/", f"{queue.id}/judge/"):
        assert queue(path, post={} if "judge" in path else None).status_code == 404


def test_a_good_one_is_let_stand(queue):
    queue(f"{queue.id}/judge/", post={"do": "approve"})
    assert open_ones(queue) == []
    assert queue.bank.returned == {}
    assert Deed.objects.get().kind == "review_approved"
    assert "Rien à regarder" in text(queue())


def test_a_bad_one_is_given_back_and_its_parcels_called_off(queue):
    queue(f"{queue.id}/judge/", post={"do": "refuse", "why": "stolen"})
    deed = Deed.objects.get()
    assert (deed.kind, deed.note, deed.about) == ("review_refused", "stolen", queue.world.charge.id)
    tagines = Order.objects.get(group=queue.world.group, artisan=queue.world.potter)
    assert tagines.status in ("cancelled", "refunded")


def test_a_payment_for_no_purchase_goes_back_whole(queue):
    other = queue.bank.put(9_900)
    seen = queue.bank.look_at(other)
    queue(f"{seen.id}/judge/", post={"do": "refuse", "why": "tried"})
    (gone,) = queue.bank.returned[other.id]
    assert (gone.amount_minor, gone.reason) == (9_900, "fraudulent")
    assert seen.id not in open_ones(queue)


def test_it_is_not_refused_without_a_reason(queue):
    queue(f"{queue.id}/judge/", post={"do": "refuse", "why": "nothing"})
    assert open_ones(queue) == [queue.id]
    assert not Deed.objects.exists()


def test_officers_find_their_way_in_the_bar(queue, client):
    client.force_login(officer("see_all_payments"))
    assert 'href="/fr/payments/"' in client.get("/fr/").content.decode()
    officer()
    assert 'href="/fr/payments/"' not in client.get("/fr/").content.decode()


def test_how_payments_end_is_counted_and_told(queue, visit):  # noqa: F811
    for decline in ("insufficient_funds", "insufficient_funds", "lost_card"):
        queue.bank.put(800, status="failed", captured=False, decline=decline)
    found = outcomes.outcomes()
    assert (found.worked, found.refused, found.width) == (1, 3, 25)
    assert [one.count for one in found.reasons] == [2, 1]
    page = text(visit(OFFICER, "platform/money/"))
    assert "Comment finissent les paiements" in page
    assert "pas assez d’argent" in page
