"""One payment, several accounts: the platform's fee, and refunds that the others share."""

from typing import NamedTuple

from maalem.payments.ledger.recipes.parts import EMPTY, Chain, chain, merchant, rail
from maalem.payments.ledger.records import transfer_id


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


class Share(NamedTuple):
    """What `owner` puts into a refund that several pay, from her `bucket`."""

    owner: str
    bucket: str
    amount: int


def shared_reserve(source: str, *, shares: list[Share], by: str, currency: str) -> Chain:
    """A refund that several pay is about to be asked of the rail: each one's part is held.

    | account                |  debit pending | credit pending |
    |------------------------|---------------:|---------------:|
    | each share's `bucket`  |         amount |                |
    | rail                   |                |    sum of them |
    """
    whole = EMPTY
    for place, share in enumerate(shares):
        if not share.amount:
            continue
        giver = merchant(share.owner, bucket=share.bucket, currency=currency)
        whole += chain(
            giver,
            rail(by, currency=currency),
            amount=share.amount,
            code=_held(place),
            source=source,
            kind="pending",
        )
    return whole


def shared_freed(source: str, *, shares: list[Share], by: str, currency: str) -> Chain:
    """The rail has answered: each share's hold goes away; what is due is booked beside it.

    | account                |  debit pending | credit pending |
    |------------------------|---------------:|---------------:|
    | each share's `bucket`  |        −amount |                |
    | rail                   |                |  −sum of them  |
    """
    whole = EMPTY
    for place, share in enumerate(shares):
        if not share.amount:
            continue
        giver = merchant(share.owner, bucket=share.bucket, currency=currency)
        whole += chain(
            giver,
            rail(by, currency=currency),
            amount=0,
            code=f"{_held(place)}_freed",
            source=source,
            kind="void",
            pending_id=transfer_id(source, _held(place)),
        )
    return whole


def shared_refund(
    source: str, *, owner: str, by: str, amount: int, currency: str, bucket: str
) -> Chain:
    """The rail gave the whole back to the payer, out of the owner's money.

    What the others owe of it comes to that bucket in the same chain (`reversal`,
    `application_fee_refund`).

    | account            |  debit |   credit |
    |--------------------|-------:|---------:|
    | owner's `bucket`   | amount |          |
    | rail               |        |   amount |
    """
    giver = merchant(owner, bucket=bucket, currency=currency)
    taker = rail(by, currency=currency)
    return chain(giver, taker, amount=amount, code="refund", source=source)


def _held(place: int) -> str:
    """The code of a share's hold; a code is letters only."""
    return ("refund_hold", "refund_hold_other")[place]
