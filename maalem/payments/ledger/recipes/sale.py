"""A payment is taken, at once or first held and captured later."""

from maalem.payments.ledger.recipes.fees import interchange as interchange_of
from maalem.payments.ledger.recipes.parts import EMPTY, Chain, chain, fees, merchant, rail
from maalem.payments.ledger.records import transfer_id


def charge(
    source: str,
    *,
    owner: str,
    by: str,
    amount: int,
    fee: int,
    currency: str,
    bucket: str,
    interchange: int = 0,
) -> Chain:
    """A payment was taken for `owner` at the rail `by`; the fee leaves her money at once.

    | account            |       debit |      credit |
    |--------------------|------------:|------------:|
    | rail               |      amount |             |
    | owner's `bucket`   |         fee |      amount |
    | fees               |             |         fee |
    | interchange        | interchange |             |
    | interchange_due    |             | interchange |
    """
    asset, owed = rail(by, currency=currency), merchant(owner, bucket=bucket, currency=currency)
    taken = chain(asset, owed, amount=amount, code="charge", source=source)
    cost = interchange_of(source, amount=interchange, currency=currency)
    return taken + charge_fee(source, owner=owner, fee=fee, currency=currency, bucket=bucket) + cost


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
    return chain(owed, fees(currency), amount=fee, code="charge_fee", source=source)


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
    return chain(
        asset, owed, amount=amount, code="hold", source=source, kind="pending", timeout_s=timeout_s
    )


def capture(
    source: str,
    *,
    held_by: str,
    owner: str,
    by: str,
    amount: int,
    fee: int,
    currency: str,
    bucket: str,
    rest: int = 0,
    timeout_s: int = 0,
    interchange: int = 0,
) -> Chain:
    """(Part of) the hold that `held_by` booked is taken; `rest` stays held, by `source` now.

    | account            |                 debit |                credit |
    |--------------------|----------------------:|----------------------:|
    | rail               | amount (held: rest)   |                       |
    | owner's `bucket`   |                   fee | amount (held: rest)   |
    | fees               |                       |                   fee |
    | interchange        |           interchange |                       |
    | interchange_due    |                       |           interchange |
    """
    asset, owed = rail(by, currency=currency), merchant(owner, bucket=bucket, currency=currency)
    held = transfer_id(held_by, "hold")
    taken = chain(
        asset, owed, amount=amount, code="capture", source=source, kind="post", pending_id=held
    )
    if rest:
        taken += hold(
            source,
            owner=owner,
            by=by,
            amount=rest,
            currency=currency,
            bucket=bucket,
            timeout_s=timeout_s,
        )
    cost = interchange_of(source, amount=interchange, currency=currency)
    return taken + charge_fee(source, owner=owner, fee=fee, currency=currency, bucket=bucket) + cost


def raise_hold(
    source: str,
    *,
    held_by: str,
    owner: str,
    by: str,
    amount: int,
    currency: str,
    bucket: str,
    timeout_s: int,
) -> Chain:
    """The issuer promised more: the hold of `held_by` gives way to one of `amount` in all.

    | account            |            debit pending |           credit pending |
    |--------------------|-------------------------:|-------------------------:|
    | rail               | −what was held, +amount  |                          |
    | owner's `bucket`   |                          | −what was held, +amount  |
    """
    asset, owed = rail(by, currency=currency), merchant(owner, bucket=bucket, currency=currency)
    held = transfer_id(held_by, "hold")
    gone = chain(
        asset, owed, amount=0, code="hold_replaced", source=source, kind="void", pending_id=held
    )
    return gone + hold(
        source,
        owner=owner,
        by=by,
        amount=amount,
        currency=currency,
        bucket=bucket,
        timeout_s=timeout_s,
    )


def release(source: str, *, held_by: str, owner: str, by: str, currency: str, bucket: str) -> Chain:
    """The hold that `held_by` booked is given up whole: both pending figures go away.

    | account            |  debit pending | credit pending |
    |--------------------|---------------:|---------------:|
    | rail               |        −amount |                |
    | owner's `bucket`   |                |        −amount |
    """
    asset, owed = rail(by, currency=currency), merchant(owner, bucket=bucket, currency=currency)
    held = transfer_id(held_by, "hold")
    return chain(asset, owed, amount=0, code="release", source=source, kind="void", pending_id=held)
