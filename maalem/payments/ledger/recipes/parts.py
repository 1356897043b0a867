"""What recipes are made of: chains of transfers, and the accounts that they name."""

from typing import NamedTuple
from uuid import UUID

from maalem.payments.ledger.records import (
    BANK,
    FEES,
    HOUSE,
    INTERCHANGE,
    INTERCHANGE_DUE,
    OWED,
    RAIL,
    SCHEME,
    SCHEME_DUE,
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


def owed(owner: str, *, currency: str) -> LedgerAccount:
    """What `owner` owes us: more was taken from her than she had. An asset, never below zero."""
    return LedgerAccount(
        id=account_id(owner, kind=OWED, currency=currency),
        owner=owner,
        kind=OWED,
        currency=currency,
        credits_must_not_exceed_debits=True,
    )


def house(kind: str, *, currency: str) -> LedgerAccount:
    """One of the institution's own accounts."""
    return LedgerAccount(
        id=account_id(HOUSE, kind=kind, currency=currency),
        owner=HOUSE,
        kind=kind,
        currency=currency,
    )


def rail(name: str, *, currency: str) -> LedgerAccount:
    """What the network `name` (card or wallet) owes us."""
    return house(f"{RAIL}_{name}", currency=currency)


def fees(currency: str) -> LedgerAccount:
    """What we earned."""
    return house(FEES, currency=currency)


def bank(currency: str) -> LedgerAccount:
    """What our bank holds for us."""
    return house(BANK, currency=currency)


def interchange_cost(currency: str) -> LedgerAccount:
    """What cards cost us in interchange. An expense, grows by debit."""
    return house(INTERCHANGE, currency=currency)


def interchange_due(currency: str) -> LedgerAccount:
    """The interchange that the network will keep when it settles. What we owe, grows by credit."""
    return house(INTERCHANGE_DUE, currency=currency)


def scheme_cost(currency: str) -> LedgerAccount:
    """What networks cost us for their own work. An expense, grows by debit."""
    return house(SCHEME, currency=currency)


def scheme_due(currency: str) -> LedgerAccount:
    """What networks will keep for it when they settle. What we owe, grows by credit."""
    return house(SCHEME_DUE, currency=currency)


def chain(
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
    """One transfer from `debit` to `credit`; `pending_id` is the hold that it resolves."""
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
