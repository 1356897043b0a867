"""Lines of an account's balance, and when a charge's money is available."""

from datetime import datetime, timedelta
from typing import Any

from maalem.kit.ids import new_id
from maalem.payments.config import Config
from maalem.payments.ledger.records import AVAILABLE, PENDING, BalanceTransaction


def line(
    type: str,
    source_id: str,
    /,
    *,
    account_id: str,
    amount: int,
    currency: str,
    bucket: str,
    available_on: datetime,
    now: datetime,
    fee: int = 0,
    fee_details: list[dict[str, Any]] | None = None,
    description: str | None = None,
) -> BalanceTransaction:
    """A line of an account's balance; `amount` is negative where money leaves it.

    `fee_details` are the parts of `fee`, where they are more than one processing fee.
    """
    return BalanceTransaction(
        id=new_id("txn"),
        account_id=account_id,
        type=type,
        source_id=source_id,
        amount=amount,
        fee=fee,
        net=amount - fee,
        currency=currency,
        status=bucket,
        available_on=available_on,
        description=description,
        created_at=now,
        fee_details=fee_details,
    )


def settlement(config: Config, *, now: datetime, at_once: bool = False) -> tuple[str, datetime]:
    """The bucket that a charge's money starts in, and when it is available."""
    if at_once or config.settlement_delay_s == 0:
        return AVAILABLE, now
    return PENDING, now + timedelta(seconds=config.settlement_delay_s)
