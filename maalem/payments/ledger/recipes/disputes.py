"""A payer's bank takes a payment back, and the network nets it from what it owes us."""

from typing import NamedTuple

from maalem.payments.ledger.recipes.parts import EMPTY, Chain, chain, fees, merchant, owed, rail
from maalem.payments.ledger.recipes.transfer import settle_owed
from maalem.payments.ledger.records import AVAILABLE, OWED, PENDING, LedgerAccount


class Taken(NamedTuple):
    """An amount by where it is taken from; `owed` is what is missing."""

    available: int
    pending: int
    owed: int


def taken(amount: int, *, available: int, pending: int) -> Taken:
    """`amount` from what is there: available first, then pending, the rest is owed."""
    first = min(amount, max(available, 0))
    second = min(amount - first, max(pending, 0))
    return Taken(first, second, amount - first - second)


def dispute_withdrawn(
    source: str, *, owner: str, by: str, currency: str, amount: Taken, fee: Taken
) -> Chain:
    """The network took a charge back; our fee for its work leaves her as well.

    | account            |                    debit |       credit |
    |--------------------|-------------------------:|-------------:|
    | owner's available  | amount + fee, if there   |              |
    | owner's pending    | then from here           |              |
    | owner's owed       | what is missing          |              |
    | rail               |                          |       amount |
    | fees               |                          |          fee |
    """
    back = _from_each(
        source, owner=owner, to=rail(by, currency=currency), parts=amount, code="dispute"
    )
    return back + _from_each(source, owner=owner, to=fees(currency), parts=fee, code="dispute_fee")


def dispute_reinstated(
    source: str, *, owner: str, by: str, amount: int, owes: int, currency: str
) -> Chain:
    """The merchant won: the network pays again; what she owes us is settled from it first.

    | account            |             debit |            credit |
    |--------------------|------------------:|------------------:|
    | rail               |            amount |                   |
    | owner's available  | what is settled   |            amount |
    | owner's owed       |                   |   what is settled |
    """
    available = merchant(owner, bucket=AVAILABLE, currency=currency)
    again = chain(
        rail(by, currency=currency),
        available,
        amount=amount,
        code="dispute_reinstated",
        source=source,
    )
    settled = min(owes, amount)
    if not settled:
        return again
    return again + settle_owed(source, owner=owner, amount=settled, currency=currency)


def _from_each(source: str, *, owner: str, to: LedgerAccount, parts: Taken, code: str) -> Chain:
    currency = to.currency
    whole = EMPTY
    for kind, amount in ((AVAILABLE, parts.available), (PENDING, parts.pending)):
        if amount:
            hers = merchant(owner, bucket=kind, currency=currency)
            whole += chain(hers, to, amount=amount, code=f"{code}_{kind}", source=source)
    if parts.owed:
        debt = owed(owner, currency=currency)
        whole += chain(debt, to, amount=parts.owed, code=f"{code}_{OWED}", source=source)
    return whole
