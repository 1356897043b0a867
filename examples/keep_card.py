"""Keep a card, charge it later without its holder, and let it go.

    MAALEM_PAYMENTS_URL=http://localhost:8010 MAALEM_STRIPE_API_KEY=sk_test_… \
        python examples/keep_card.py

What it prints is examples/keep_card.txt.
"""

import os

import stripe

client = stripe.StripeClient(
    os.environ["MAALEM_STRIPE_API_KEY"],
    base_addresses={"api": os.environ.get("MAALEM_PAYMENTS_URL", "http://localhost:8010")},
)
v1 = client.v1

claire = v1.customers.create({"name": "Claire Martin"})
session = v1.checkout.sessions.create(
    {
        "mode": "setup",
        "customer": claire.id,
        "success_url": "http://shop.test/kept?session={CHECKOUT_SESSION_ID}",
        "cancel_url": "http://shop.test/account",
        "locale": "fr",
    }
)
print("a page to keep a card on:", session.mode, session.payment_status, session.url is not None)

# On that page Claire types her card; here it is kept over the API, which comes to the same.
setup = v1.setup_intents.confirm(
    str(session.setup_intent),
    {
        "payment_method": "pm_card_visa",
        "mandate_data": {"customer_acceptance": {"type": "offline"}},
        "expand": ["mandate", "payment_method"],
    },
)
card = setup.payment_method
print("kept:", setup.status, card.card.brand, card.card.last4)
print("she agreed:", setup.mandate.status, setup.mandate.customer_acceptance.type)
print("the page is:", v1.checkout.sessions.retrieve(session.id).status)

PAY = {
    "amount": 12_000,
    "currency": "mad",
    "customer": claire.id,
    "payment_method": card.id,
    "off_session": True,
    "confirm": True,
}
print("charged without her:", v1.payment_intents.create(PAY).status)

v1.payment_methods.detach(card.id)
print("let go:", v1.mandates.retrieve(setup.mandate.id).status)
try:
    v1.payment_intents.create(PAY)
except stripe.InvalidRequestError as refused:
    print("and not charged again:", refused.http_status)

# A card that is nobody's pays once.
once = v1.payment_methods.create(
    {"type": "card", "card": {"number": "4242424242424242", "exp_month": 12, "exp_year": 2034}}
)
GUEST = {"amount": 5_000, "currency": "mad", "payment_method": once.id, "confirm": True}
print("a guest pays:", v1.payment_intents.create(GUEST).status)
try:
    v1.payment_intents.create(GUEST)
except stripe.InvalidRequestError as refused:
    print("with that card once:", refused.http_status)
