"""The accountant's page: how each event of a sale is booked. Pure functions, nothing else.

The house's accounts: `rail` is what a card network or the mobile switch owes us (an asset, grows
by debit); `fees` is what we earned (grows by credit). Each account's owner has two: `pending`,
money that is hers but not yet to be spent, and `available`. Both are what we owe her (grow by
credit) and the ledger refuses to let either go below zero.

All amounts are minor units of `currency`. `source` is the id of the object that causes the
booking; with the leg's `code` it makes the transfer's id, so booking twice changes nothing.
"""

from typing import NamedTuple
from uuid import UUID

from maalem.payments.ledger.records import (
    AVAILABLE,
    FEES,
    HOUSE,
    PENDING,
    RAIL,
    LedgerAccount,
    LedgerTransfer,
    account_id,
    transfer_id,
)


class Chain(NamedTuple):
    """Transfers that succeed or fail together, and the accounts they touch."""

    accounts: tuple[LedgerAccount, ...]
    transfers: tuple[LedgerTransfer, ...]

    def __add__(self, other: "Chain") -> "Chain":  # type: ignore[override]
        return Chain(self.accounts + other.accounts, self.transfers + other.transfers)


EMPTY = Chain((), ())


def merchant(owner: str, *, bucket: str, currency: str) -> LedgerAccount:
    """`owner`'s pending or available money: what we owe her, never below zero."""
    return LedgerAccount(
        id=account_id(owner, kind=bucket, currency=currency),
        owner=owner,
        kind=bucket,
        currency=currency,
        debits_must_not_exceed_credits=True,
    )


def rail(name: str, *, currency: str) -> LedgerAccount:
    """What the network `name` (card or wallet) owes us."""
    kind = f"{RAIL}_{name}"
    return LedgerAccount(
        id=account_id(HOUSE, kind=kind, currency=currency),
        owner=HOUSE,
        kind=kind,
        currency=currency,
    )


def fees(currency: str) -> LedgerAccount:
    """What we earned."""
    return LedgerAccount(
        id=account_id(HOUSE, kind=FEES, currency=currency),
        owner=HOUSE,
        kind=FEES,
        currency=currency,
    )


def charge(
    source: str, *, owner: str, by: str, amount: int, fee: int, currency: str, bucket: str
) -> Chain:
    """A payment was taken for `owner` at the rail `by`; the fee leaves her money at once.

    | account            |  debit |   credit |
    |--------------------|-------:|---------:|
    | rail               | amount |          |
    | owner's `bucket`   |    fee |   amount |
    | fees               |        |      fee |
    """
    asset, owed = rail(by, currency=currency), merchant(owner, bucket=bucket, currency=currency)
    taken = _chain(asset, owed, amount=amount, code="charge", source=source)
    return taken + charge_fee(source, owner=owner, fee=fee, currency=currency, bucket=bucket)


def charge_fee(source: str, *, owner: str, fee: int, currency: str, bucket: str) -> Chain:
    """The institution's fee on a charge. Nothing is booked where there is none.

    | account            |  debit |   credit |
    |--------------------|-------:|---------:|
    | owner's `bucket`   |    fee |          |
    | fees               |        |      fee |
    """
    if fee == 0:
        return EMPTY
    owed = merchant(owner, bucket=bucket, currency=currency)
    return _chain(owed, fees(currency), amount=fee, code="charge_fee", source=source)


def hold(
    source: str, *, owner: str, by: str, amount: int, currency: str, bucket: str, timeout_s: int
) -> Chain:
    """The issuer promised `amount`; nothing is ours before the capture (all figures pending).

    | account            |  debit pending | credit pending |
    |--------------------|---------------:|---------------:|
    | rail               |         amount |                |
    | owner's `bucket`   |                |         amount |
    """
    asset, owed = rail(by, currency=currency), merchant(owner, bucket=bucket, currency=currency)
    return _chain(
        asset, owed, amount=amount, code="hold", source=source, kind="pending", timeout_s=timeout_s
    )


def capture(
    source: str, *, owner: str, by: str, amount: int, fee: int, currency: str, bucket: str
) -> Chain:
    """(Part of) the hold of charge `source` is taken; the rest of it is given up.

    | account            |                 debit |                credit |
    |--------------------|----------------------:|----------------------:|
    | rail               | amount (held: away)   |                       |
    | owner's `bucket`   |                   fee | amount (held: away)   |
    | fees               |                       |                   fee |
    """
    asset, owed = rail(by, currency=currency), merchant(owner, bucket=bucket, currency=currency)
    held = transfer_id(source, "hold")
    taken = _chain(
        asset, owed, amount=amount, code="capture", source=source, kind="post", pending_id=held
    )
    return taken + charge_fee(source, owner=owner, fee=fee, currency=currency, bucket=bucket)


def release(source: str, *, owner: str, by: str, currency: str, bucket: str) -> Chain:
    """The hold of charge `source` is given up whole: both pending figures go away.

    | account            |  debit pending | credit pending |
    |--------------------|---------------:|---------------:|
    | rail               |        −amount |                |
    | owner's `bucket`   |                |        −amount |
    """
    asset, owed = rail(by, currency=currency), merchant(owner, bucket=bucket, currency=currency)
    held = transfer_id(source, "hold")
    return _chain(
        asset, owed, amount=0, code="release", source=source, kind="void", pending_id=held
    )


def refund_reserve(
    source: str, *, owner: str, by: str, amount: int, currency: str, bucket: str
) -> Chain:
    """A refund is about to be asked of the rail: its money may not be spent meanwhile.

    | account            |  debit pending | credit pending |
    |--------------------|---------------:|---------------:|
    | owner's `bucket`   |         amount |                |
    | rail               |                |         amount |
    """
    asset, owed = rail(by, currency=currency), merchant(owner, bucket=bucket, currency=currency)
    return _chain(owed, asset, amount=amount, code="refund_hold", source=source, kind="pending")


def refund(source: str, *, owner: str, by: str, amount: int, currency: str, bucket: str) -> Chain:
    """The rail gave the money back to the payer: the reserve becomes final.

    | account            |  debit |   credit |
    |--------------------|-------:|---------:|
    | owner's `bucket`   | amount |          |
    | rail               |        |   amount |
    """
    asset, owed = rail(by, currency=currency), merchant(owner, bucket=bucket, currency=currency)
    held = transfer_id(source, "refund_hold")
    return _chain(
        owed, asset, amount=amount, code="refund", source=source, kind="post", pending_id=held
    )


def refund_failed(source: str, *, owner: str, by: str, currency: str, bucket: str) -> Chain:
    """The rail refused the refund: the reserve goes back.

    | account            |  debit pending | credit pending |
    |--------------------|---------------:|---------------:|
    | owner's `bucket`   |        −amount |                |
    | rail               |                |        −amount |
    """
    asset, owed = rail(by, currency=currency), merchant(owner, bucket=bucket, currency=currency)
    held = transfer_id(source, "refund_hold")
    return _chain(
        owed, asset, amount=0, code="refund_failed", source=source, kind="void", pending_id=held
    )


def transfer(source: str, *, owner: str, to: str, amount: int, currency: str, bucket: str) -> Chain:
    """The platform passes `amount` on to a connected account, pending or available alike.

    | account               |  debit |   credit |
    |-----------------------|-------:|---------:|
    | platform's `bucket`   | amount |          |
    | seller's `bucket`     |        |   amount |
    """
    giver = merchant(owner, bucket=bucket, currency=currency)
    taker = merchant(to, bucket=bucket, currency=currency)
    return _chain(giver, taker, amount=amount, code="transfer", source=source)


def reversal(
    source: str, *, owner: str, back_from: str, amount: int, currency: str, bucket: str
) -> Chain:
    """A part of a transfer comes back to the platform.

    | account               |  debit |   credit |
    |-----------------------|-------:|---------:|
    | seller's `bucket`     | amount |          |
    | platform's `bucket`   |        |   amount |
    """
    giver = merchant(back_from, bucket=bucket, currency=currency)
    taker = merchant(owner, bucket=bucket, currency=currency)
    return _chain(giver, taker, amount=amount, code="reversal", source=source)


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
    return _chain(pending, available, amount=abs(net), code="availability", source=source)


def _chain(
    debit: LedgerAccount,
    credit: LedgerAccount,
    /,
    *,
    amount: int,
    code: str,
    source: str,
    kind: str = "posted",
    pending_id: UUID | None = None,
    timeout_s: int = 0,
) -> Chain:
    one = LedgerTransfer(
        id=transfer_id(source, code),
        debit_account=debit.id,
        credit_account=credit.id,
        amount=amount,
        currency=debit.currency,
        code=code,
        source=source,
        kind=kind,
        pending_id=pending_id,
        timeout_s=timeout_s,
    )
    return Chain((debit, credit), (one,))
