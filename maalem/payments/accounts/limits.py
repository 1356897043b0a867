"""How much an account of its level may hold and take in. Asked where money arrives.

An account that the platform answers for, and the platform's own, has no cap and costs no look-up.
"""

from datetime import datetime
from decimal import Decimal

from maalem.payments import store
from maalem.payments.accounts.levels import ACTIVE, Level
from maalem.payments.accounts.onboarding import rules_of
from maalem.payments.accounts.records import Account
from maalem.payments.config import CURRENCY
from maalem.payments.context import Payments
from maalem.payments.errors import Refused
from maalem.payments.ledger.balances import balance
from maalem.payments.records import changed
from maalem.payments.units import Unit

# Open attempts of all accounts are few; an account with a cap has few intents. $2 is an intent that
# is confirmed anew: the attempt that it has open is given up for that and does not count.
_COMING = """
SELECT coalesce(sum(amount), 0)::bigint FROM (
    SELECT coalesce(i.transfer_amount, a.amount) AS amount
    FROM payment_attempts a JOIN payment_intents i ON i.id = a.intent_id
    WHERE a.status IN ('sent', 'unknown', 'challenged')
      AND $1 IN (i.account_id, i.transfer_destination)
      AND i.id IS DISTINCT FROM $2
    UNION ALL
    SELECT i.amount_capturable FROM payment_intents i
    WHERE i.account_id = $1 AND i.status = 'requires_capture'
) AS coming
"""
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


async def may_take(
    payments: Payments, account: Account, *, amount: int, anew: str | None = None
) -> Unit:
    """The unit's part of a payment of `amount` in the account's name; see `room_for`.

    The platform's own account and those that it answers for cost no look-up; another is read anew,
    since its standing may have changed this moment. Raises `Refused`.
    """
    may_charge(account)
    if _has_no_cap(account):
        return Unit()
    fresh = await store.get(payments.pool, Account, account.id)
    assert fresh is not None
    may_charge(fresh)
    return await room_for(payments, fresh, amount=amount, currency=CURRENCY, anew=anew)


async def may_be_shared(
    payments: Payments, taker: str, *, amount: int, param: str, anew: str | None = None
) -> Unit:
    """The unit's part of a payment of which the account `taker` gets `amount`; see `room_for`."""
    account = await store.get(payments.pool, Account, taker)
    assert account is not None
    may_receive(account, param=param)
    return await room_for(payments, account, amount=amount, currency=CURRENCY, anew=anew)


def decided(level: Level | None, *, holds: int, month: int, amount: int) -> str | None:
    """Which cap `amount` would break: `balance`, `month`, or None. Centimes."""
    if level is None:
        return None
    if level.balance_max is not None and holds + amount > level.balance_max:
        return "balance"
    if level.month_max is not None and month + amount > level.month_max:
        return "month"
    return None


async def room_for(
    payments: Payments, account: Account, *, amount: int, currency: str, anew: str | None = None
) -> Unit:
    """The unit's part that keeps others from filling the room meanwhile: empty without a cap.

    What is being asked of a network, or held there, counts as if it had come; what the intent
    `anew` has open does not, since it is given up for what is asked now. Raises `Refused`
    (`account_level_limit`) where there is no room for `amount` more.
    """
    if _has_no_cap(account) or currency != CURRENCY:
        return Unit()
    level = rules_of(payments).level(account.level)
    has = await balance(payments.pool, account.id)
    coming = int(await payments.pool.fetchval(_COMING, account.id, anew))
    holds = sum(part.get(currency, 0) for part in (has.pending, has.available, has.reserved))
    holds, month = holds + coming, coming
    if level is not None and level.month_max is not None:
        month += await _arrived(payments, account.id, since=_month(payments.clock.now()))
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


def _has_no_cap(account: Account) -> bool:
    return account.vouched or account.kind == "platform"


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
