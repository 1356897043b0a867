"""One payment, several accounts: the platform's fee, and refunds that the others share."""

from typing import NamedTuple

from maalem.payments.ledger.recipes.parts import EMPTY, Chain, chain, fees, merchant, owed, rail
from maalem.payments.ledger.records import LedgerAccount, transfer_id


def application_fee(
    source: str, *, owner: str, paid_by: str, amount: int, currency: str, bucket: str
) -> Chain:
    """The platform `owner` earns `amount` on a payment of the connected account `paid_by`.

    | account               |  debit |   credit |
    |-----------------------|-------:|---------:|
    | seller's `bucket`     | amount |          |
    | platform's `bucket`   |        |   amount |
    """
    giver = merchant(paid_by, bucket=bucket, currency=currency)
    taker = merchant(owner, bucket=bucket, currency=currency)
    return chain(giver, taker, amount=amount, code="application_fee", source=source)


def application_fee_refund(
    source: str,
    *,
    owner: str,
    paid_by: str,
    amount: int,
    currency: str,
    bucket: str,
    payer_bucket: str | None = None,
) -> Chain:
    """A part of the fee goes back to the account that paid it, to her `payer_bucket`.

    | account                   |  debit |   credit |
    |---------------------------|-------:|---------:|
    | platform's `bucket`       | amount |          |
    | seller's `payer_bucket`   |        |   amount |
    """
    giver = merchant(owner, bucket=bucket, currency=currency)
    taker = merchant(paid_by, bucket=payer_bucket or bucket, currency=currency)
    return chain(giver, taker, amount=amount, code="application_fee_refund", source=source)


def advance(source: str, *, owner: str, amount: int, currency: str, bucket: str) -> Chain:
    """More left the owner on this sale than it brought her: the fees on it were more than her
    share. She owes us the rest; it is settled from what she has, as any debt is.

    | account            |  debit |   credit |
    |--------------------|-------:|---------:|
    | owner's `owed`     | amount |          |
    | owner's `bucket`   |        |   amount |
    """
    debt = owed(owner, currency=currency)
    hers = merchant(owner, bucket=bucket, currency=currency)
    return chain(debt, hers, amount=amount, code="advance", source=source)


class Share(NamedTuple):
    """What `owner` puts into a refund that several pay, from her `bucket`."""

    owner: str
    bucket: str
    amount: int


def shared_reserve(
    source: str, *, shares: list[Share], by: str, currency: str, fee: int = 0
) -> Chain:
    """A refund that several pay is about to be asked of the rail: each one's part is held.

    `fee` is what of our own fee goes back with it.

    | account                |  debit pending | credit pending |
    |------------------------|---------------:|---------------:|
    | each share's `bucket`  |         amount |                |
    | fees                   |            fee |                |
    | rail                   |                |    sum of them |
    """
    whole, asset = EMPTY, rail(by, currency=currency)
    for code, giver, amount in _payers(shares, currency=currency, fee=fee):
        whole += chain(giver, asset, amount=amount, code=code, source=source, kind="pending")
    return whole


def shared_freed(
    source: str, *, shares: list[Share], by: str, currency: str, fee: int = 0
) -> Chain:
    """The rail has answered: each share's hold goes away; what is due is booked beside it.

    | account                |  debit pending | credit pending |
    |------------------------|---------------:|---------------:|
    | each share's `bucket`  |        −amount |                |
    | fees                   |           −fee |                |
    | rail                   |                |  −sum of them  |
    """
    whole, asset = EMPTY, rail(by, currency=currency)
    for code, giver, _ in _payers(shares, currency=currency, fee=fee):
        whole += chain(
            giver,
            asset,
            amount=0,
            code=f"{code}_freed",
            source=source,
            kind="void",
            pending_id=transfer_id(source, code),
        )
    return whole


def shared_refund(
    source: str, *, owner: str, by: str, amount: int, currency: str, bucket: str, fee: int = 0
) -> Chain:
    """The rail gave the whole back to the payer, out of the owner's money and of our fee.

    What the others owe of it comes to that bucket in the same chain (`reversal`,
    `application_fee_refund`).

    | account            |        debit |   credit |
    |--------------------|-------------:|---------:|
    | owner's `bucket`   | amount − fee |          |
    | fees               |          fee |          |
    | rail               |              |   amount |
    """
    asset = rail(by, currency=currency)
    giver = merchant(owner, bucket=bucket, currency=currency)
    whole = EMPTY
    if amount > fee:
        whole += chain(giver, asset, amount=amount - fee, code="refund", source=source)
    if fee:
        whole += chain(fees(currency), asset, amount=fee, code="refund_fee", source=source)
    return whole


def _payers(
    shares: list[Share], *, currency: str, fee: int
) -> list[tuple[str, LedgerAccount, int]]:
    """Each hold's code, account and amount; there is none where nothing is paid."""
    found = [
        (code, merchant(share.owner, bucket=share.bucket, currency=currency), share.amount)
        for code, share in zip(("refund_hold", "refund_hold_other"), shares, strict=True)
    ]
    found.append(("refund_fee_hold", fees(currency), fee))
    return [item for item in found if item[2]]
