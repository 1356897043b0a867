"""Money moves between accounts of the house: to a seller, back from her, to the day it is hers."""

from maalem.payments.ledger.recipes.parts import Chain, chain, merchant, owed
from maalem.payments.ledger.records import AVAILABLE, PENDING


def transfer(source: str, *, owner: str, to: str, amount: int, currency: str, bucket: str) -> Chain:
    """The platform passes `amount` on to a connected account, pending or available alike.

    | account               |  debit |   credit |
    |-----------------------|-------:|---------:|
    | platform's `bucket`   | amount |          |
    | seller's `bucket`     |        |   amount |
    """
    giver = merchant(owner, bucket=bucket, currency=currency)
    taker = merchant(to, bucket=bucket, currency=currency)
    return chain(giver, taker, amount=amount, code="transfer", source=source)


def reversal(
    source: str,
    *,
    owner: str,
    back_from: str,
    amount: int,
    currency: str,
    bucket: str,
    to_bucket: str | None = None,
) -> Chain:
    """A part of a transfer comes back to the platform, to its `to_bucket` (by default the same).

    | account                  |  debit |   credit |
    |--------------------------|-------:|---------:|
    | seller's `bucket`        | amount |          |
    | platform's `to_bucket`   |        |   amount |
    """
    giver = merchant(back_from, bucket=bucket, currency=currency)
    taker = merchant(owner, bucket=to_bucket or bucket, currency=currency)
    return chain(giver, taker, amount=amount, code="reversal", source=source)


def availability(source: str, *, owner: str, net: int, currency: str) -> Chain:
    """The day of a balance transaction has come; a line that took money goes the other way.

    | account               |  debit |   credit |
    |-----------------------|-------:|---------:|
    | owner's `pending`     |    net |          |
    | owner's `available`   |        |      net |
    """
    pending = merchant(owner, bucket=PENDING, currency=currency)
    available = merchant(owner, bucket=AVAILABLE, currency=currency)
    if net < 0:
        pending, available = available, pending
    return chain(pending, available, amount=abs(net), code="availability", source=source)


def settle_owed(source: str, *, owner: str, amount: int, currency: str) -> Chain:
    """What she owes us is settled from her available money.

    | account               |  debit |   credit |
    |-----------------------|-------:|---------:|
    | owner's `available`   | amount |          |
    | owner's `owed`        |        |   amount |
    """
    available = merchant(owner, bucket=AVAILABLE, currency=currency)
    debt = owed(owner, currency=currency)
    return chain(available, debt, amount=amount, code="owed_settled", source=source)
