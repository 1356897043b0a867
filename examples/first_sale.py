"""A marketplace sale through the official stripe SDK, unmodified but for its address.

    MAALEM_PAYMENTS_URL=http://localhost:8010 MAALEM_STRIPE_API_KEY=sk_test_… \
        python examples/first_sale.py

A buyer pays 5,410.00 MAD with a card that asks for 3-D Secure; a weaver and a potter each get
their share, the platform keeps its commission. What it prints is examples/first_sale.txt.
"""

import os
import sys
import urllib.error
import urllib.parse
import urllib.request

import stripe


def main() -> None:
    """Open two accounts, take a payment, pass the bank's challenge, share, give a part back."""
    bank = stripe.StripeClient(
        os.environ["MAALEM_STRIPE_API_KEY"],
        base_addresses={"api": os.environ.get("MAALEM_PAYMENTS_URL", "http://localhost:8010")},
    )
    weaver, potter = (
        bank.v1.accounts.create(
            params={"type": "custom", "country": "MA", "business_profile": {"name": name}}
        )
        for name in ("Fadma Aït Baha", "Driss Serghini")
    )
    say("two accounts", weaver.business_profile.name, potter.business_profile.name)

    intent = bank.v1.payment_intents.create(
        params={
            "amount": 541_000,
            "currency": "mad",
            "payment_method": "pm_card_authenticationRequired",
            "confirm": True,
            "return_url": "https://shop.example/back",
            "transfer_group": "G-1",
        },
        options={"idempotency_key": f"sale-{weaver.id}"},
    )
    say("the payment asks for the bank's challenge", intent.status)
    pass_the_challenge(intent.next_action.redirect_to_url.url)

    intent = bank.v1.payment_intents.retrieve(intent.id, params={"expand": ["latest_charge"]})
    say("after the challenge", intent.status, intent.amount_received)

    for account, share in ((weaver, 447_414), (potter, 51_668)):
        transfer = bank.v1.transfers.create(
            params={
                "amount": share,
                "currency": "mad",
                "destination": account.id,
                "source_transaction": intent.latest_charge.id,
                "transfer_group": "G-1",
            }
        )
        say("a share released", account.business_profile.name, transfer.amount)

    refund = bank.v1.refunds.create(params={"payment_intent": intent.id, "amount": 10_000})
    say("a part given back", refund.status, refund.amount)

    try:
        bank.v1.refunds.create(params={"payment_intent": intent.id, "amount": 541_000})
    except stripe.InvalidRequestError as refusal:
        say("more than was paid is refused", refusal.code)

    money = bank.v1.balance.retrieve(options={"stripe_account": weaver.id})
    both = money.available[0].amount + money.pending[0].amount
    say("the weaver's account holds", both)


def pass_the_challenge(url: str) -> None:
    """Type the test bank's code, as a payer would on the page at `url`."""
    with urllib.request.urlopen(url) as page:
        html = page.read().decode()
    token = html.split('name="form" value="', 1)[1].split('"', 1)[0]
    fields = {"form": token, "lang": "en", "secret": "123456", "do": "confirm"}

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: object) -> None:
            """The shop of this example does not exist: stop before going back to it."""

    browser = urllib.request.build_opener(Stay)
    try:
        browser.open(url, data=urllib.parse.urlencode(fields).encode())
    except urllib.error.HTTPError as redirect:
        if redirect.code not in (302, 303):
            raise


def say(what: str, *facts: object) -> None:
    """One line of the walk."""
    sys.stdout.write(f"{what}: {', '.join(str(fact) for fact in facts)}\n")


if __name__ == "__main__":
    main()
