"""Make a statement once, and the same again whenever it is asked for."""

from datetime import date

from maalem.kit.ids import new_id
from maalem.payments import store
from maalem.payments.accounts.records import Account as Owner
from maalem.payments.context import Payments
from maalem.payments.settlement.statements.gather import DoesNotAddUp, gather
from maalem.payments.settlement.statements.records import Account, Statement
from maalem.payments.settlement.statements.sheet import digest


async def find(
    payments: Payments, account_id: str, /, *, currency: str, start: date, end: date
) -> Statement | None:
    """The statement of this period, if it was made."""
    return await store.first(
        payments.pool,
        Statement,
        "account_id = $1 AND currency = $2 AND period_start = $3 AND period_end = $4",
        account_id,
        currency,
        start,
        end,
    )


async def make(
    payments: Payments, owner: Owner, /, *, currency: str, start: date, end: date
) -> Statement:
    """A statement to be stored. Raises what `gather` raises."""
    account = await gather(payments, owner.id, currency=currency, start=start, end=end)
    return Statement(
        id=new_id("stm"),
        account_id=owner.id,
        currency=currency,
        period_start=start,
        period_end=end,
        opening=account.opening,
        closing=account.closing,
        line_count=len(account.entries),
        digest=digest(account, currency=currency),
        holder={
            "name": owner.business_name,
            "phone": owner.support_phone,
            "email": owner.support_email or owner.email,
        },
        created_at=payments.clock.now(),
    )


async def reread(payments: Payments, statement: Statement) -> Account:
    """The lines of a statement that was made, still to the byte what they were.

    Raises `DoesNotAddUp` if they are not.
    """
    account = await gather(
        payments,
        statement.account_id,
        currency=statement.currency,
        start=statement.period_start,
        end=statement.period_end,
    )
    if digest(account, currency=statement.currency) != statement.digest:
        raise DoesNotAddUp(f"the lines of {statement.id} are no longer what they were")
    return account
