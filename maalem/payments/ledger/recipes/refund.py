"""Money goes back to the payer: reserved first, final when the rail has said yes."""

from maalem.payments.ledger.recipes.parts import Chain, chain, merchant, rail
from maalem.payments.ledger.records import transfer_id


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
    return chain(owed, asset, amount=amount, code="refund_hold", source=source, kind="pending")


def refund(source: str, *, owner: str, by: str, amount: int, currency: str, bucket: str) -> Chain:
    """The rail gave the money back to the payer: the reserve becomes final.

    | account            |  debit |   credit |
    |--------------------|-------:|---------:|
    | owner's `bucket`   | amount |          |
    | rail               |        |   amount |
    """
    asset, owed = rail(by, currency=currency), merchant(owner, bucket=bucket, currency=currency)
    held = transfer_id(source, "refund_hold")
    return chain(
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
    return chain(
        owed, asset, amount=0, code="refund_failed", source=source, kind="void", pending_id=held
    )
