"""What settlement does by itself: money becomes available, debts are settled, payouts are made."""

import logging
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from maalem.kit.ids import new_id
from maalem.payments import store
from maalem.payments.accounts.records import Account
from maalem.payments.context import Payments
from maalem.payments.errors import NotFound, Refused
from maalem.payments.events.outbox import event
from maalem.payments.ledger import balances, recipes
from maalem.payments.ledger import wire as ledger_wire
from maalem.payments.ledger.balances import Balance, balance
from maalem.payments.ledger.records import BalanceTransaction
from maalem.payments.parked import SCHEDULED, Tries, tries
from maalem.payments.settlement import payouts
from maalem.payments.settlement.carried import cut
from maalem.payments.settlement.days import is_due, local
from maalem.payments.settlement.making import make
from maalem.payments.settlement.places import LIVING
from maalem.payments.settlement.records import ExternalAccount, Payout, Run, Schedule
from maalem.payments.settlement.schedules import schedules_of, shortest_delay
from maalem.payments.units import ChangedMeanwhile, Unit, UnitRefused

BATCH = 500
# Days whose scheduled payouts are made up for after a standstill.
LOOK_BACK_DAYS = 7
_DONE_BEFORE = ("one_scheduled_payout_a_day", "payout_runs_pkey")
_log = logging.getLogger("maalem.payments.settlement")


async def make_available(payments: Payments) -> int:
    """Move to available what is due, and settle from it what its owners owe us."""
    moved = await balances.release_available(payments, tell=_balance_available)
    return moved + await settle_debts(payments)


async def settle_debts(payments: Payments) -> int:
    """Take what owners owe us from what they have; return how many debts were touched."""
    settled = 0
    run = await tries(payments, "debts")
    for owner, currency, amount in await balances.debtors(payments.pool):
        if (item := f"{owner}/{currency}") in run.held:
            continue
        async with run.of(item):
            unit = Unit().book(
                recipes.settle_owed(new_id("stl"), owner=owner, amount=amount, currency=currency)
            )
            try:
                await payments.writer.commit(unit)
                settled += 1
            except UnitRefused as refused:
                # Her money or her debt changed this moment: the next run looks again.
                _log.info("the debt of %s waits: %s", owner, refused.word)
    return settled


async def bury(payments: Payments) -> int:
    """Fail pending payouts to bank accounts that a bank has refused meanwhile."""
    run = await tries(payments, "stranded payouts")
    stranded = await store.select(
        payments.pool,
        Payout,
        "status = 'pending' AND EXISTS (SELECT FROM external_accounts e"
        " WHERE e.id = destination_id AND e.status = 'errored') AND id <> ALL($1)"
        " ORDER BY created_at LIMIT 500",
        run.held,
    )
    for payout in stranded:
        async with run.of(payout.id):
            place = await payouts.place_of(payments, payout)
            code = place.failure_reason or "AC01"
            await payouts.mark_failed(payments, payout.id, code=code)
    return len(stranded)


async def make_scheduled(payments: Payments) -> int:
    """Make the payouts of each day that has come and is not done; return how many.

    One that fails doesn't keep its day open: it is written down, and tried again by itself.
    """
    now = local(payments.clock.now())
    today = now.date()
    if now.hour < payments.config.payout_hour:
        today -= timedelta(days=1)
    last = await payments.pool.fetchval("SELECT max(id) FROM payout_runs")
    first = today
    if last is not None:
        first = date.fromisoformat(last) + timedelta(days=1)
        first = max(first, today - timedelta(days=LOOK_BACK_DAYS - 1))
    run = await tries(payments, SCHEDULED)
    made = await _make_again(run, day=today)
    while first <= today:
        made += await _make_for(run, first)
        first += timedelta(days=1)
    return made


async def _make_for(run: Tries, day: date, /) -> int:
    made, payments = 0, run.payments
    put_off = run.put_off
    owners = await balances.holders(payments.pool, at_least=1)
    for start in range(0, len(owners), BATCH):
        some = owners[start : start + BATCH]
        accounts, plans = await _planned(payments, [owner for owner, _ in some])
        usable = await _usable(payments, list(accounts))
        for owner, currency in some:
            due = owner in accounts and is_due(plans[owner], day, moved=payments.config.holidays)
            if not due or (owner, currency) not in usable:
                continue
            if run.knows(item := f"{owner}/{currency}"):
                continue  # it failed before: `_make_again` looks after it
            async with run.of(item):
                made += await _make_one(
                    payments, accounts[owner], currency=currency, plan=plans[owner], day=day
                )
    if run.put_off == put_off:
        await _commit(
            payments, Unit().put(Run(id=day.isoformat(), created_at=payments.clock.now()))
        )
    return made


async def _make_again(run: Tries, *, day: date) -> int:
    """The payouts that failed and are to be tried again, of a day that is done perhaps."""
    made, payments = 0, run.payments
    for item in list(run.due):
        async with run.of(item):
            owner, _, currency = item.partition("/")
            accounts, plans = await _planned(payments, [owner])
            usable = await _usable(payments, [owner])
            if plans[owner].interval != "manual" and (owner, currency) in usable:
                made += await _make_one(
                    payments, accounts[owner], currency=currency, plan=plans[owner], day=day
                )
    return made


async def _planned(
    payments: Payments, owners: Sequence[str]
) -> tuple[dict[str, Account], dict[str, Schedule]]:
    """The accounts and their schedules, by the account's id."""
    accounts = await store.select(payments.pool, Account, "id = ANY($1)", owners)
    plans = await schedules_of(payments.pool, payments.config, accounts=accounts)
    return {account.id: account for account in accounts}, plans


async def _usable(payments: Payments, owners: Sequence[str]) -> set[tuple[str, str]]:
    """Whose default bank account lives and has waited long enough; the others are skipped."""
    places = await store.select(
        payments.pool,
        ExternalAccount,
        "account_id = ANY($1) AND default_for_currency AND status = ANY($2) AND usable_from <= $3",
        owners,
        list(LIVING),
        payments.clock.now(),
    )
    return {(place.account_id, place.currency) for place in places}


async def _make_one(
    payments: Payments, account: Account, /, *, currency: str, plan: Schedule, day: date
) -> int:
    async with payments.pool.acquire() as connection:
        found = await cut(
            connection,
            account.id,
            currency=currency,
            plan=plan,
            least=shortest_delay(payments.config),
            now=payments.clock.now(),
        )
    amount = found.has.free(currency) - found.young
    if amount < plan.minimum_amount:
        return 0
    try:
        made = await make(
            payments,
            account=account,
            amount=amount,
            currency=currency,
            scheduled_for=day,
            carries=found,
            statement_descriptor=plan.statement_descriptor,
        )
    except (Refused, NotFound):
        return 0  # her balance or her bank account changed this moment
    return await _commit(payments, made.unit)


async def _commit(payments: Payments, unit: Unit) -> int:
    try:
        await payments.writer.commit(unit)
    except ChangedMeanwhile:
        return 0
    except UnitRefused as refused:
        if refused.word not in (*_DONE_BEFORE, "exceeds_credits", "debts_first"):
            raise
        return 0
    return 1


async def _balance_available(
    payments: Payments, lines: Sequence[BalanceTransaction], /
) -> list[Any]:
    """`balance.available`, with the balance as the lines leave it."""
    owner, currency = lines[0].account_id, lines[0].currency
    has, net = await balance(payments.pool, owner), sum(line.net for line in lines)
    then = Balance(
        pending={**has.pending, currency: has.pending.get(currency, 0) - net},
        available={**has.available, currency: has.available.get(currency, 0) + net},
        owed=has.owed,
        reserved=has.reserved,
    )
    shown = ledger_wire.balance(then)
    return [event("balance.available", shown, account_id=owner, at=payments.clock.now())]
