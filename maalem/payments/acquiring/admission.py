"""Whether a payment may be taken in an account's name, asked on every road right before it is."""

from maalem.payments.accounts import limits
from maalem.payments.accounts.records import Account
from maalem.payments.acquiring.records import Intent
from maalem.payments.context import Payments
from maalem.payments.records import Record


async def admitted(payments: Payments, account: Account, intent: Intent) -> tuple[Record, ...]:
    """What is stored with the payment so that nobody else fills the room that it needs.

    `account` is the intent's own. Raises `Refused` where it may not take the payment, or where the
    one may not have it that it is passed on to.
    """
    unit = await limits.may_take(payments, account, amount=intent.amount, anew=intent.id)
    if intent.transfer_destination is not None:
        shared = await limits.may_be_shared(
            payments,
            intent.transfer_destination,
            amount=intent.transfer_amount or intent.amount,
            param="transfer_data[destination]",
            anew=intent.id,
        )
        unit.puts += shared.puts
    return tuple(record for _, record in unit.puts)
