"""An owner's money goes to her bank, or waits: payouts, their ends, reserves.

`payouts` is the house's debt for money that has left its owner's balance and that her bank does
not have yet; it stands at what is pending or in transit, payout by payout, and never below zero.
`bank` is the institution's own account at its bank, an asset.
"""

from maalem.payments.ledger.recipes.parts import Chain, bank, chain, merchant
from maalem.payments.ledger.records import (
    AVAILABLE,
    HOUSE,
    PAYOUTS,
    RESERVED,
    LedgerAccount,
    account_id,
)


def payouts_clearing(currency: str) -> LedgerAccount:
    """What we owe owners' banks. A liability, never below zero."""
    return LedgerAccount(
        id=account_id(HOUSE, kind=PAYOUTS, currency=currency),
        owner=HOUSE,
        kind=PAYOUTS,
        currency=currency,
        debits_must_not_exceed_credits=True,
    )


def payout(source: str, *, owner: str, amount: int, currency: str) -> Chain:
    """A payout is made: its money is the owner's no more, and not yet her bank's.

    | account               |  debit |   credit |
    |-----------------------|-------:|---------:|
    | owner's `available`   | amount |          |
    | payouts               |        |   amount |
    """
    giver, clearing = _sides(owner, currency)
    return chain(giver, clearing, amount=amount, code="payout", source=source)


def payout_canceled(source: str, *, owner: str, amount: int, currency: str) -> Chain:
    """A payout is taken back before it was sent.

    | account               |  debit |   credit |
    |-----------------------|-------:|---------:|
    | payouts               | amount |          |
    | owner's `available`   |        |   amount |
    """
    giver, clearing = _sides(owner, currency)
    return chain(clearing, giver, amount=amount, code="payout_cancel", source=source)


def payout_failed(source: str, *, owner: str, amount: int, currency: str) -> Chain:
    """The bank did not carry a payout out: nothing had left.

    | account               |  debit |   credit |
    |-----------------------|-------:|---------:|
    | payouts               | amount |          |
    | owner's `available`   |        |   amount |
    """
    giver, clearing = _sides(owner, currency)
    return chain(clearing, giver, amount=amount, code="payout_failure", source=source)


def payout_paid(source: str, *, amount: int, currency: str) -> Chain:
    """Our bank has paid a payout: its statement says so.

    | account   |  debit |   credit |
    |-----------|-------:|---------:|
    | payouts   | amount |          |
    | bank      |        |   amount |
    """
    clearing = payouts_clearing(currency)
    return chain(clearing, bank(currency), amount=amount, code="payout_paid", source=source)


def payout_returned(source: str, *, owner: str, amount: int, currency: str) -> Chain:
    """A payout that was paid has come back to our bank: it is the owner's again.

    | account               |  debit |   credit |
    |-----------------------|-------:|---------:|
    | bank                  | amount |          |
    | owner's `available`   |        |   amount |
    """
    giver, _ = _sides(owner, currency)
    return chain(bank(currency), giver, amount=amount, code="payout_returned", source=source)


def reserve_hold(source: str, *, owner: str, amount: int, currency: str) -> Chain:
    """A part of the owner's money is kept back until a day that she knows.

    | account               |  debit |   credit |
    |-----------------------|-------:|---------:|
    | owner's `available`   | amount |          |
    | owner's `reserved`    |        |   amount |
    """
    giver = merchant(owner, bucket=AVAILABLE, currency=currency)
    kept = merchant(owner, bucket=RESERVED, currency=currency)
    return chain(giver, kept, amount=amount, code="reserve_hold", source=source)


def reserve_release(source: str, *, owner: str, amount: int, currency: str) -> Chain:
    """The reserve's day has come.

    | account               |  debit |   credit |
    |-----------------------|-------:|---------:|
    | owner's `reserved`    | amount |          |
    | owner's `available`   |        |   amount |
    """
    giver = merchant(owner, bucket=AVAILABLE, currency=currency)
    kept = merchant(owner, bucket=RESERVED, currency=currency)
    return chain(kept, giver, amount=amount, code="reserve_release", source=source)


def _sides(owner: str, currency: str) -> tuple[LedgerAccount, LedgerAccount]:
    return merchant(owner, bucket=AVAILABLE, currency=currency), payouts_clearing(currency)
