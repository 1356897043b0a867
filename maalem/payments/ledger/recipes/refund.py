"""Money goes back to the payer: reserved first, final when the rail has said yes.

Where an account's plan gives a fee back with a refund, `fee` of the amount comes from our fees and
the rest from the owner, so that she never needs more than the charge brought her.
"""

from maalem.payments.ledger.recipes.parts import EMPTY, Chain, chain, fees, merchant, rail
from maalem.payments.ledger.records import transfer_id


def refund_reserve(
    source: str, *, owner: str, by: str, amount: int, currency: str, bucket: str, fee: int = 0
) -> Chain:
    """A refund is about to be asked of the rail: its money may not be spent meanwhile.

    | account            |  debit pending | credit pending |
    |--------------------|---------------:|---------------:|
    | owner's `bucket`   |   amount − fee |                |
    | fees               |            fee |                |
    | rail               |                |         amount |
    """
    asset = rail(by, currency=currency)
    owed = merchant(owner, bucket=bucket, currency=currency)
    legs = EMPTY
    if amount > fee:
        legs += chain(
            owed, asset, amount=amount - fee, code="refund_hold", source=source, kind="pending"
        )
    if fee:
        ours = fees(currency)
        legs += chain(
            ours, asset, amount=fee, code="refund_fee_hold", source=source, kind="pending"
        )
    return legs


def refund(
    source: str, *, owner: str, by: str, amount: int, currency: str, bucket: str, fee: int = 0
) -> Chain:
    """The rail gave the money back to the payer: the reserve becomes final.

    | account            |        debit |   credit |
    |--------------------|-------------:|---------:|
    | owner's `bucket`   | amount − fee |          |
    | fees               |          fee |          |
    | rail               |              |   amount |
    """
    asset = rail(by, currency=currency)
    owed = merchant(owner, bucket=bucket, currency=currency)
    legs = EMPTY
    if amount > fee:
        held = transfer_id(source, "refund_hold")
        legs += chain(
            owed,
            asset,
            amount=amount - fee,
            code="refund",
            source=source,
            kind="post",
            pending_id=held,
        )
    if fee:
        held = transfer_id(source, "refund_fee_hold")
        legs += chain(
            fees(currency),
            asset,
            amount=fee,
            code="refund_fee",
            source=source,
            kind="post",
            pending_id=held,
        )
    return legs


def refund_failed(
    source: str, *, owner: str, by: str, amount: int, currency: str, bucket: str, fee: int = 0
) -> Chain:
    """The rail refused the refund: the reserve goes back.

    | account            |  debit pending | credit pending |
    |--------------------|---------------:|---------------:|
    | owner's `bucket`   | −(amount − fee)|                |
    | fees               |           −fee |                |
    | rail               |                |        −amount |
    """
    asset = rail(by, currency=currency)
    owed = merchant(owner, bucket=bucket, currency=currency)
    legs = EMPTY
    if amount > fee:
        held = transfer_id(source, "refund_hold")
        legs += chain(
            owed, asset, amount=0, code="refund_failed", source=source, kind="void", pending_id=held
        )
    if fee:
        held = transfer_id(source, "refund_fee_hold")
        legs += chain(
            fees(currency),
            asset,
            amount=0,
            code="refund_fee_failed",
            source=source,
            kind="void",
            pending_id=held,
        )
    return legs


def refund_returned(
    source: str, *, owner: str, by: str, amount: int, currency: str, bucket: str, fee: int = 0
) -> Chain:
    """A refund that was carried out has come back: the payer's card or wallet was closed.

    What others gave for it (`reversal`, `application_fee_refund`) stays where it went.

    | account            |  debit |       credit |
    |--------------------|-------:|-------------:|
    | rail               | amount |              |
    | owner's `bucket`   |        | amount − fee |
    | fees               |        |          fee |
    """
    asset = rail(by, currency=currency)
    owed = merchant(owner, bucket=bucket, currency=currency)
    legs = EMPTY
    if amount > fee:
        legs += chain(asset, owed, amount=amount - fee, code="refund_returned", source=source)
    if fee:
        ours = fees(currency)
        legs += chain(asset, ours, amount=fee, code="refund_fee_returned", source=source)
    return legs
