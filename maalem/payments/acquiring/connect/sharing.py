"""Who gets what of a payment: passed on to its destination, earned by the platform. Pure.

A destination charge is the platform's: what it passes on goes to the destination in the unit that
takes the money, and the application fee comes back from her. A direct charge is the connected
account's: the fee leaves it for the platform in that same unit.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from maalem.kit.ids import new_id
from maalem.payments.acquiring import wire
from maalem.payments.acquiring.connect import wire as connected_wire
from maalem.payments.acquiring.connect.records import ApplicationFee, DestinationPayment
from maalem.payments.acquiring.lines import line
from maalem.payments.acquiring.records import Charge, Followup, Intent, Transfer
from maalem.payments.ledger import recipes
from maalem.payments.ledger.records import AVAILABLE, PENDING, BalanceTransaction
from maalem.payments.units import Unit

Told = list[tuple[str, dict[str, Any], str]]


@dataclass(frozen=True, slots=True)
class Shares:
    """`passed` to `destination` (None for a direct charge), `fee` to `fee_account`; what is
    nothing is 0. The ids are those of the records that `share_out` makes."""

    destination: str | None
    passed: int
    fee: int
    fee_account: str | None
    transfer_id: str
    payment_id: str
    fee_id: str

    def on_charge(self) -> dict[str, Any]:
        """What the charge says of them."""
        found: dict[str, Any] = {"amount_transferred": self.passed}
        if self.destination:
            found["transfer_id"] = self.transfer_id
        if self.fee:
            found["application_fee_id"] = self.fee_id
        return found


def shares_of(intent: Intent, *, amount: int) -> Shares | None:
    """The shares of `amount` taken for `intent`, or None where it is all its owner's.

    Neither part is more than was taken: what a smaller capture leaves of it is all there is.
    """
    if intent.transfer_destination is None and intent.application_fee_amount is None:
        return None
    destination = intent.transfer_destination
    passed = 0 if destination is None else min(amount, intent.transfer_amount or amount)
    return Shares(
        destination=destination,
        passed=passed,
        fee=min(intent.application_fee_amount or 0, passed if destination else amount),
        fee_account=intent.fee_account_id,
        transfer_id=new_id("tr"),
        payment_id=new_id("py"),
        fee_id=new_id("fee"),
    )


def fees_on(shares: Shares | None, processing: int) -> dict[str, Any]:
    """The fee of a charge's line, with its parts: a direct charge pays the application fee too."""
    if shares is None or shares.destination or not shares.fee:
        return {"fee": processing}
    parts = [{"amount": processing, "type": "stripe_fee"}] if processing else []
    return {"fee": processing + shares.fee, "fee_details": [*parts, _application_fee(shares)]}


def _application_fee(shares: Shares) -> dict[str, Any]:
    assert shares.fee_account is not None
    return {
        "amount": shares.fee,
        "type": "application_fee",
        "application": connected_wire.application(shares.fee_account),
    }


def anew(followup: Followup) -> dict[str, Any]:
    """The intent's terms where its capture says them anew."""
    if followup.application_fee_amount is not None:
        return {
            "application_fee_amount": followup.application_fee_amount,
            "fee_account_id": followup.fee_account_id,
        }
    if followup.transfer_amount is not None:
        return {"transfer_amount": followup.transfer_amount}
    return {}


def asked_of(intent: Intent) -> dict[str, Any]:
    """What every charge of `intent` repeats of its terms."""
    return {
        "application_fee_amount": intent.application_fee_amount,
        "transfer_destination": intent.transfer_destination,
        "transfer_amount": intent.transfer_amount,
        "on_behalf_of": intent.on_behalf_of,
    }


def share_out(
    unit: Unit, shares: Shares, /, *, charge: Charge, brought: BalanceTransaction
) -> Told:
    """Put into `unit`, which takes `charge`, what the others get of it.

    `brought` is its line for the owner: everybody's money is where that is, from the same day.
    Returns the events to be told, each with its object and the account that owns it.
    """
    told: Told = []
    where: dict[str, Any] = {
        "bucket": brought.status,
        "available_on": brought.available_on,
        "now": brought.created_at,
    }
    if shares.destination:
        told += _pass_on(unit, shares, charge=charge, **where)
    if shares.fee:
        told.append(_earn(unit, shares, charge=charge, **where))
    short = -brought.net
    if shares.destination is not None:
        short += shares.passed - shares.fee
    if short > 0:
        _advance(unit, charge, amount=short, **where)
    return told


def _advance(unit: Unit, charge: Charge, *, amount: int, **where: Any) -> None:
    """What the payer's bank has promised is taken, even where its fees are more than its share."""
    owner, currency = charge.account_id, charge.currency
    if where["bucket"] == PENDING:
        words = "Fees that the sale did not cover"
        alike: dict[str, Any] = {"account_id": owner, "currency": currency, "description": words}
        today = {**where, "bucket": AVAILABLE, "available_on": where["now"]}
        unit.put(
            line("adjustment", charge.id, amount=amount, **alike, **where),
            line("adjustment", charge.id, amount=-amount, **alike, **today),
        )
    unit.book(
        recipes.advance(
            charge.id, owner=owner, amount=amount, currency=currency, bucket=where["bucket"]
        )
    )


def _pass_on(unit: Unit, shares: Shares, *, charge: Charge, **where: Any) -> Told:
    assert shares.destination is not None
    here, there = passed_lines(
        shares.transfer_id,
        shares.payment_id,
        giver=charge.account_id,
        taker=shares.destination,
        amount=shares.passed,
        fee=shares.fee,
        fee_details=[_application_fee(shares)] if shares.fee else None,
        currency=charge.currency,
        **where,
    )
    transfer = Transfer(
        id=shares.transfer_id,
        account_id=charge.account_id,
        destination_id=shares.destination,
        amount=shares.passed,
        currency=charge.currency,
        source_charge_id=charge.id,
        transfer_group=charge.transfer_group or f"group_{charge.intent_id}",
        destination_payment_id=shares.payment_id,
        balance_transaction_id=here.id,
        destination_transaction_id=there.id,
        metadata={},
        created_at=where["now"],
    )
    payment = payment_of(
        transfer,
        application_fee_id=shares.fee_id if shares.fee else None,
        application_fee_amount=shares.fee or None,
    )
    unit.put(transfer, payment, here, there)
    unit.book(
        recipes.transfer(
            transfer.id,
            owner=transfer.account_id,
            to=transfer.destination_id,
            amount=transfer.amount,
            currency=transfer.currency,
            bucket=where["bucket"],
        )
    )
    return [
        ("transfer.created", wire.transfer(transfer), transfer.account_id),
        ("payment.created", connected_wire.payment(payment), payment.account_id),
    ]


def _earn(
    unit: Unit, shares: Shares, *, charge: Charge, **where: Any
) -> tuple[str, dict[str, Any], str]:
    payer, owner = shares.destination or charge.account_id, shares.fee_account
    assert owner is not None
    earned = line(
        "application_fee",
        shares.fee_id,
        account_id=owner,
        amount=shares.fee,
        currency=charge.currency,
        **where,
    )
    fee = ApplicationFee(
        id=shares.fee_id,
        account_id=owner,
        payer_account_id=payer,
        charge_id=shares.payment_id if shares.destination else charge.id,
        originating_charge_id=charge.id if shares.destination else None,
        amount=shares.fee,
        currency=charge.currency,
        balance_transaction_id=earned.id,
        created_at=where["now"],
    )
    unit.put(fee, earned)
    unit.book(
        recipes.application_fee(
            fee.id,
            owner=owner,
            paid_by=payer,
            amount=fee.amount,
            currency=fee.currency,
            bucket=where["bucket"],
        )
    )
    return "application_fee.created", connected_wire.application_fee(fee, ()), owner


def payment_of(transfer: Transfer, **fields: Any) -> DestinationPayment:
    """The destination's side of a new transfer."""
    return DestinationPayment(
        id=transfer.destination_payment_id,
        account_id=transfer.destination_id,
        transfer_id=transfer.id,
        amount=transfer.amount,
        currency=transfer.currency,
        balance_transaction_id=transfer.destination_transaction_id,
        transfer_group=transfer.transfer_group,
        metadata={},
        created_at=transfer.created_at,
        **fields,
    )


def passed_lines(
    source: str,
    source_there: str,
    /,
    *,
    giver: str,
    taker: str,
    amount: int,
    currency: str,
    bucket: str,
    available_on: datetime,
    now: datetime,
    **fees: Any,
) -> tuple[BalanceTransaction, BalanceTransaction]:
    """Both sides of a transfer; the taker's pays the application fee (`fee`, `fee_details`)."""
    when: dict[str, Any] = {"bucket": bucket, "available_on": available_on, "now": now}
    here = line("transfer", source, account_id=giver, amount=-amount, currency=currency, **when)
    there = line(
        "payment", source_there, account_id=taker, amount=amount, currency=currency, **fees, **when
    )
    return here, there
