"""A payment shared as it is taken, through the official stripe SDK.

    MAALEM_PAYMENTS_URL=http://localhost:8010 MAALEM_STRIPE_API_KEY=sk_test_… \
        python examples/connect.py

First a destination charge: the platform's payment, passed on to a weaver but for a fee. Then a
direct charge: the weaver's own payment, with a fee for the platform. Both are given back in part,
and the flags say who bears it. What it prints is examples/connect.txt.
"""

import os
import sys

import stripe


def main() -> None:
    """Open an account, take a payment each way, give half of each back."""
    bank = stripe.StripeClient(
        os.environ["MAALEM_STRIPE_API_KEY"],
        base_addresses={"api": os.environ.get("MAALEM_PAYMENTS_URL", "http://localhost:8010")},
    )
    weaver = bank.v1.accounts.create(
        params={
            "type": "custom",
            "country": "MA",
            "business_profile": {"name": "Fadma Aït Baha"},
        }
    )
    say("an account", weaver.business_profile.name, f"transfers {weaver.capabilities.transfers}")
    destination_charge(bank, weaver.id)
    direct_charge(bank, weaver.id)


def destination_charge(bank: stripe.StripeClient, weaver: str) -> None:
    """The buyer pays the platform; 87.50 of each 100 go on to the weaver at once."""
    sale = bank.v1.payment_intents.create(
        params={
            "amount": 485_000,
            "currency": "mad",
            "payment_method": "pm_card_visa",
            "confirm": True,
            "transfer_data": {"destination": weaver},
            "application_fee_amount": 60_625,
            "expand": ["latest_charge"],
        }
    )
    charge = sale.latest_charge
    fee = bank.v1.application_fees.retrieve(charge.application_fee)
    say("a destination charge", charge.amount, f"fee {fee.amount}")
    say("the weaver has", pending(bank, weaver))

    refund = bank.v1.refunds.create(
        params={
            "payment_intent": sale.id,
            "amount": 242_500,
            "reverse_transfer": True,
            "refund_application_fee": True,
        }
    )
    transfer = bank.v1.transfers.retrieve(charge.transfer)
    fee = bank.v1.application_fees.retrieve(fee.id)
    say("half is refunded", refund.status, refund.amount)
    say("taken back from the weaver", transfer.amount_reversed)
    say("and of the fee", fee.amount_refunded)
    say("the weaver has", pending(bank, weaver))


def direct_charge(bank: stripe.StripeClient, weaver: str) -> None:
    """The buyer pays the weaver; the platform gets its fee."""
    hers = {"stripe_account": weaver}
    sale = bank.v1.payment_intents.create(
        params={
            "amount": 28_000,
            "currency": "mad",
            "payment_method": "pm_card_visa",
            "confirm": True,
            "application_fee_amount": 3_500,
            "expand": ["latest_charge.balance_transaction"],
        },
        options=hers,
    )
    line = sale.latest_charge.balance_transaction
    say("a direct charge", line.amount, f"fee {line.fee}", f"net {line.net}")

    refund = bank.v1.refunds.create(
        params={"payment_intent": sale.id, "amount": 14_000}, options=hers
    )
    fee = bank.v1.application_fees.retrieve(sale.latest_charge.application_fee)
    say("half is refunded without its fee", refund.amount, f"fee given back {fee.amount_refunded}")
    back = bank.v1.application_fees.refunds.create(fee.id, params={"amount": 1_750})
    say("the platform gives half of the fee back by itself", back.amount)
    say("the weaver has", pending(bank, weaver))


def pending(bank: stripe.StripeClient, account: str) -> int:
    """What the account will have once its payments are available, in centimes."""
    money = bank.v1.balance.retrieve(options={"stripe_account": account})
    return money.pending[0].amount


def say(what: str, *facts: object) -> None:
    """One line of the walk."""
    sys.stdout.write(f"{what}: {', '.join(str(fact) for fact in facts)}\n")


if __name__ == "__main__":
    main()
