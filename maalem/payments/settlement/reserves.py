"""Money that an owner may not spend before a day: by a published rule, for a reason she knows."""

from datetime import date, timedelta
from typing import NamedTuple

from maalem.kit.ids import new_id
from maalem.kit.money import Money
from maalem.payments import store
from maalem.payments.accounts.records import Account
from maalem.payments.context import Payments
from maalem.payments.errors import BadRequest, Refused
from maalem.payments.events.outbox import event
from maalem.payments.ledger import recipes
from maalem.payments.ledger.balances import balance
from maalem.payments.parked import tries
from maalem.payments.records import changed
from maalem.payments.settlement import wire
from maalem.payments.settlement.ends import moved
from maalem.payments.settlement.records import Reserve, Rule
from maalem.payments.settlement.states import ReserveStatus
from maalem.payments.units import Unit

BATCH = 200


class Kept(NamedTuple):
    """A reserve as it is then, and the unit that makes it so."""

    unit: Unit
    reserve: Reserve


async def hold(payments: Payments, *, account: Account, rule_id: str, currency: str) -> Kept:
    """Keep back the rule's share of what `account` may spend now.

    Raises `BadRequest` for a rule that isn't published, `Refused` where there is nothing to keep.
    """
    now = payments.clock.now()
    rule = await store.get(payments.pool, Rule, rule_id)
    if rule is None or not rule.published_on <= now.date() < (rule.withdrawn_on or date.max):
        raise BadRequest(f"No such published rule: '{rule_id}'.", param="rule")
    free = (await balance(payments.pool, account.id)).free(currency)
    amount = Money(max(free, 0), currency.upper()).rate(rule.share_bps).minor
    if amount == 0:
        raise Refused("There is no available money to keep back.", code="balance_insufficient")
    reserve_id = new_id("rsv")
    line = moved(
        "reserve_hold", reserve_id, owner=account.id, amount=-amount, currency=currency, now=now
    )
    reserve = Reserve(
        id=reserve_id,
        account_id=account.id,
        rule_id=rule.id,
        reason=rule.reason,
        share_bps=rule.share_bps,
        amount=amount,
        currency=currency,
        until=now + timedelta(days=rule.days),
        hold_transaction_id=line.id,
        created_at=now,
    )
    unit = Unit().put(reserve, line)
    unit.book(recipes.reserve_hold(reserve.id, owner=account.id, amount=amount, currency=currency))
    unit.events.append(
        event("reserve.hold.created", wire.reserve(reserve), account_id=account.id, at=now)
    )
    return Kept(unit, reserve)


async def release_due(payments: Payments) -> int:
    """Give back the reserves whose day has come, each exactly once; return how many."""
    run = await tries(payments, "ended reserves")
    due = await store.select(
        payments.pool,
        Reserve,
        f"status = 'held' AND until <= $1 AND id <> ALL($2) ORDER BY until LIMIT {BATCH:d}",
        payments.clock.now(),
        run.held,
    )
    released = 0
    for reserve in due:
        async with run.of(reserve.id):  # what another process gave back is not given again
            await payments.writer.commit(_release(payments, reserve))
            released += 1
    return released


def _release(payments: Payments, reserve: Reserve) -> Unit:
    now = payments.clock.now()
    owner, amount, currency = reserve.account_id, reserve.amount, reserve.currency
    line = moved(
        "reserve_release", reserve.id, owner=owner, amount=amount, currency=currency, now=now
    )
    new = changed(
        reserve,
        status=ReserveStatus.RELEASED,
        release_transaction_id=line.id,
        released_at=now,
    )
    unit = Unit().put(new, line)
    unit.book(recipes.reserve_release(new.id, owner=owner, amount=amount, currency=currency))
    shown, before = wire.reserve(new), wire.reserve(reserve)
    unit.events.append(
        event("reserve.hold.updated", shown, account_id=owner, at=now, before=before)
    )
    return unit
