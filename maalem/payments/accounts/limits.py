"""How much an account of its level may hold and take in. Asked where money arrives.

An account that the platform answers for, and the platform's own, has no cap and costs no look-up.
"""

from datetime import datetime
from decimal import Decimal

from maalem.payments.accounts.levels import ACTIVE, Level
from maalem.payments.accounts.onboarding import rules_of
from maalem.payments.accounts.records import Account
from maalem.payments.config import CURRENCY
from maalem.payments.context import Payments
from maalem.payments.errors import Refused
from maalem.payments.ledger.balances import balance
from maalem.payments.records import changed
from maalem.payments.units import Unit

_ARRIVALS = ["charge", "payment", "transfer"]


def may_charge(account: Account) -> None:
    """Raise `Refused` unless the account may be paid by card or wallet itself."""
    if not account.charges_enabled:
        raise Refused(
            "Your account cannot currently make charges. What it still needs is in its"
            " requirements.",
            code="account_invalid",
        )


def may_receive(account: Account, *, param: str) -> None:
    """Raise `Refused` unless money may be transferred to the account."""
    if account.deleted or account.capabilities.get("transfers") != ACTIVE:
        raise Refused(
            "Your destination account needs to be able to receive transfers: its capability"
            " 'transfers' is not active.",
            code="insufficient_capabilities_for_transfer",
            param=param,
        )


def decided(level: Level | None, *, holds: int, month: int, amount: int) -> str | None:
    """Which cap `amount` would break: `balance`, `month`, or None. Centimes."""
    if level is None:
        return None
    if level.balance_max is not None and holds + amount > level.balance_max:
        return "balance"
    if level.month_max is not None and month + amount > level.month_max:
        return "month"
    return None


async def room_for(payments: Payments, account: Account, *, amount: int, currency: str) -> Unit:
    """The unit's part that keeps others from filling the room meanwhile: empty without a cap.

    Raises `Refused` (`account_level_limit`) where there is no room for `amount` more.
    """
    if account.vouched or account.kind == "platform" or currency != CURRENCY:
        return Unit()
    level = rules_of(payments).level(account.level)
    has = await balance(payments.pool, account.id)
    holds = sum(part.get(currency, 0) for part in (has.pending, has.available, has.reserved))
    month = 0
    if level is not None and level.month_max is not None:
        month = await _arrived(payments, account.id, since=_month(payments.clock.now()))
    broken = decided(level, holds=holds, month=month, amount=amount)
    if broken is not None:
        assert level is not None
        most = level.balance_max if broken == "balance" else level.month_max
        may = "hold" if broken == "balance" else "take in each month"
        raise Refused(
            f"An account of level {level.number} may {may} {Decimal(most or 0) / 100:,.2f} MAD;"
            " with this it would be more. What the next level needs is in its requirements"
            " (eventually_due).",
            code="account_level_limit",
            param="amount",
        )
    # Whoever else decides on the same room finds the account changed, and decides again.
    return Unit().put(changed(account))


async def _arrived(payments: Payments, account_id: str, *, since: datetime) -> int:
    total = await payments.pool.fetchval(
        "SELECT coalesce(sum(amount), 0)::bigint FROM balance_transactions WHERE account_id = $1"
        " AND currency = $2 AND amount > 0 AND type = ANY($3) AND created_at >= $4",
        account_id,
        CURRENCY,
        _ARRIVALS,
        since,
    )
    return int(total)


def _month(now: datetime) -> datetime:
    return now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
