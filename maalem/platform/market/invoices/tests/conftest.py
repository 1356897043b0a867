"""A sale within the country, for the tests of this room."""

import pytest

from maalem.platform.ground.places.models import Commune


@pytest.fixture
def at_home():
    """Pay for these pieces from Casablanca; the invoice of the one parcel."""
    from maalem.platform.market.checkout.actions.draft import write_draft
    from maalem.platform.market.checkout.actions.pay import place
    from maalem.platform.market.invoices.actions.catch_up import catch_up
    from maalem.platform.market.invoices.models import Invoice
    from maalem.platform.market.orders.actions import attempts
    from maalem.platform.market.orders.models import PaymentAttempt

    def buy(world, **pieces: int) -> Invoice:
        cart = world.cart(**pieces)
        commune = Commune.objects.order_by("-population").first()
        write_draft(
            cart,
            values={
                "name": "Salma",
                "phone": "+212661000111",
                "email": "",
                "country": "MA",
                "commune_id": commune.pk,
                "quarter": "Maârif",
                "landmark": "",
            },
        )
        group = place(cart=cart, agreed=world.agreed(cart), language="fr")
        attempts.payment_page(group.number)
        attempt = PaymentAttempt.objects.get(group=group, status="open")
        world.bank.pay(attempt.session)
        attempts.look(attempt)
        catch_up()
        return Invoice.objects.get(order__group=group)

    return buy
