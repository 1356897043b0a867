"""The workshop reads on the sale's page and on the label that a parcel goes to a relay point."""

import pytest

from maalem.platform.market.checkout.tests.test_pages import at, sealed, visitor
from maalem.platform.market.checkout.tests.test_relays import choose, open_now, operator
from maalem.platform.market.orders.actions import attempts
from maalem.platform.market.orders.models import Order, OrderGroup, PaymentAttempt
from maalem.platform.market.studio import papers
from maalem.platform.market.tests.test_studio import text, visit
from maalem.platform.market.till import evidence
from tests.cast import WEAVER

__all__ = ["open_now", "operator", "visit", "visitor"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def sale(visitor, world, open_now):
    """The carpet, to be collected in Azilal."""
    choose(visitor, world)
    review = visitor.get(at("checkout:review"))
    visitor.post(at("checkout:review"), {"shown": sealed(review)})
    attempt = PaymentAttempt.objects.get(status="open")
    world.bank.pay(attempt.session)
    attempts.look(attempt)
    return Order.objects.get(group=OrderGroup.objects.get(), artisan=world.weaver)


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("fr", "Point relais Démo azilal (Transport démo)"),
        ("ar", "نقطة الاستلام تجربة azilal (Transport démo)"),
        ("en", "Relay point Démo azilal (Transport démo)"),
    ],
)
def test_the_sales_page_says_where_it_is_left_and_who_carries_it(sale, visit, language, line):
    page = text(visit(WEAVER, f"orders/{sale.number}/", language=language))
    assert line in page
    assert "Place du souk" in page


def test_the_label_says_it(sale):
    addressee = papers._addressee(sale)
    assert addressee.name == "Naïma"
    assert addressee.lines[0] == "Point relais Démo azilal (Transport démo)"
    assert addressee.lines[1:4] == ("Place du souk", "Près de la fontaine", "Azilal")


def test_the_evidence_of_a_dispute_says_it(sale):
    said = evidence._address(sale.group, language="fr").splitlines()
    assert said[:3] == ["Naïma", "Démo azilal", "Place du souk"]
