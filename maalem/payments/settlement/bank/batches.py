"""Payouts that may go are gathered into a file, and the file is given to the bank.

Three steps, as with every question to the outside: transaction 1 keeps the batch, its payments
and the very bytes, and marks each payout sent; the bank is called with no transaction open;
transaction 2 keeps that it has the file. No answer is not a no: the bank is asked whether it has
the file, and only if it vouches that it has not, the same bytes go out again. Should it have them
after all it answers DUPL, for the file's MsgId is the same, and pays nobody twice.
"""

import hashlib
import logging
from collections.abc import Sequence
from datetime import timedelta

from maalem.kit.ids import new_id
from maalem.kit.rib import Rib
from maalem.payments import store
from maalem.payments.accounts.records import Account
from maalem.payments.config import CURRENCY
from maalem.payments.context import Payments
from maalem.payments.parked import Tries, is_passing, tries
from maalem.payments.rails.bank.port import Received
from maalem.payments.rails.ports import NeverSeen
from maalem.payments.records import changed
from maalem.payments.settlement import ends
from maalem.payments.settlement.bank import pain001
from maalem.payments.settlement.bank.findings import find, frozen
from maalem.payments.settlement.bank.pain001 import Instruction, Order, Payer, reference
from maalem.payments.settlement.bank.records import Batch, BatchLine
from maalem.payments.settlement.bank.states import BatchLineStatus, BatchStatus
from maalem.payments.settlement.payouts import sendable
from maalem.payments.settlement.records import ExternalAccount, Payout
from maalem.payments.units import ChangedMeanwhile, Unit, UnitRefused

BATCH_MAX = 1000
# Longer than the bank's deadline: whoever sent has had an answer, or is dead.
GRACE_S = 90
TRIES = 3
_log = logging.getLogger("maalem.payments.bank")


async def send_due(payments: Payments) -> int:
    """The job: gather what may go if it is time for a file, give it to the bank, and ask about
    files without an answer. Returns how many payouts went."""
    await chase(payments)
    since = payments.clock.now() - timedelta(seconds=payments.config.batch_every_s)
    latest = await payments.pool.fetchval("SELECT max(created_at) FROM payout_batches")
    if latest is not None and latest > since:
        return 0
    batch = await gather(payments)
    if batch is None:
        return 0
    await deliver(payments, batch)
    return batch.count


async def gather(payments: Payments) -> Batch | None:
    """Keep a batch of the payouts that may go now, with its file; None if there are none.

    Payouts of accounts that something open is found about stay where they are. Where no file can
    be made because of one payout, the others go without it.
    """
    run = await tries(payments, "payouts to the bank")
    most, refusals = BATCH_MAX, 0
    while payouts := await sendable(
        payments,
        currency=CURRENCY,
        limit=most,
        but=run.held,
        not_of=await frozen(payments),
    ):
        try:
            drafted = await _draft(payments, payouts)
            if drafted is None:
                return None
            batch, unit = drafted
            await payments.writer.commit(unit)
            return batch
        except Exception as problem:
            refusals += isinstance(problem, UnitRefused)
            if refusals >= TRIES and isinstance(problem, ChangedMeanwhile):
                return None
            if isinstance(problem, UnitRefused) and refusals < TRIES:
                # One of them was canceled, or lost its account, in this moment: look again.
                _log.info("a batch was not kept (%s), gathering again", problem)
            elif is_passing(problem):
                raise
            else:
                most = await _narrowed(run, payouts, problem)
    return None


async def _narrowed(run: Tries, payouts: Sequence[Payout], problem: Exception) -> int:
    """No file can be made of these: how many to take next. One alone is the culprit, and waits."""
    if len(payouts) > 1:
        return len(payouts) // 2
    async with run.of(payouts[0].id):
        raise problem
    run.held.append(payouts[0].id)
    return BATCH_MAX


async def deliver(payments: Payments, batch: Batch) -> Batch:
    """Give the bank the kept file. Safe to repeat; without an answer it stays `drafted`."""
    content = await file_of(payments, batch)
    answer = await payments.rails.bank.send_file(batch.name, content)
    if not isinstance(answer, Received):
        _log.warning("%s: %s", batch.name, answer.why)
        return batch
    return await mark_received(payments, batch)


async def chase(payments: Payments, *, grace_s: float = GRACE_S) -> int:
    """Ask the bank about files that it did not answer for; returns how many were asked about."""
    before = payments.clock.now() - timedelta(seconds=grace_s)
    run = await tries(payments, "files to the bank")
    waiting = await store.select(
        payments.pool,
        Batch,
        "status = 'drafted' AND asked_at <= $1 AND id <> ALL($2) ORDER BY asked_at",
        before,
        run.held,
    )
    for batch in waiting:
        async with run.of(batch.id):
            await _chase(payments, batch)
    return len(waiting)


async def _chase(payments: Payments, batch: Batch) -> None:
    found = await payments.rails.bank.lookup(batch.name)
    if isinstance(found, Received):
        await mark_received(payments, batch)
    elif isinstance(found, NeverSeen):
        again = changed(batch, asked_at=payments.clock.now())
        await payments.writer.commit(Unit().put(again))
        await deliver(payments, again)


async def mark_received(payments: Payments, batch: Batch) -> Batch:
    """The bank has the file. Whoever comes second finds it so."""
    while batch.status == BatchStatus.DRAFTED:
        sent = changed(batch, status=BatchStatus.SENT, sent_at=payments.clock.now())
        try:
            await payments.writer.commit(Unit().put(sent))
        except ChangedMeanwhile:
            fresh = await store.get(payments.pool, Batch, batch.id)
            assert fresh is not None
            batch = fresh
            continue
        return sent
    return batch


async def file_of(payments: Payments, batch: Batch) -> bytes:
    """The bytes that were (or will be) sent, the same for ever."""
    content = await payments.vault.papers.open(batch.sealed, place=batch.id)
    assert hashlib.sha256(content).hexdigest() == batch.sha256, f"{batch.id} is not its file"
    return content


async def _draft(payments: Payments, payouts: Sequence[Payout]) -> tuple[Batch, Unit] | None:
    now = payments.clock.now()
    batch_id = new_id("pob")
    places = await _places(payments, payouts)
    numbers = await payments.vault.numbers.open(
        [place.vault_token for place in places.values()], why=batch_id
    )
    names = await _names(payments, payouts)
    unit, instructions = Unit(), []
    for payout in payouts:
        place = places[payout.destination_id]
        number = numbers.get(place.vault_token)
        if number is None:
            await find(
                payments,
                "account_number_forgotten",
                about=payout.id,
                detail="the vault has no number of the bank account that this payout goes to",
                account_id=payout.account_id,
                amount=payout.amount,
                currency=payout.currency,
            )
            continue
        name = place.holder_name or names.get(payout.account_id) or ""
        instructions.append(_instruction(payout, number=number, name=name))
        unit.put(
            BatchLine(
                id=reference(payout.id),
                batch_id=batch_id,
                payout_id=payout.id,
                amount=payout.amount,
                status=BatchLineStatus.GIVEN,
                created_at=now,
            )
        )
        join(unit, ends.sent(payout, batch=batch_id, now=now).unit)
    if not instructions:
        return None
    order = Order(
        message_id=reference(batch_id),
        created_at=now,
        pay_on=now.date(),
        currency=CURRENCY,
        instructions=instructions,
    )
    batch = await _kept(payments, order, batch_id=batch_id)
    unit.puts.insert(0, (batch.TABLE, batch))
    return batch, unit


async def _kept(payments: Payments, order: Order, *, batch_id: str) -> Batch:
    config = payments.config
    payer = Payer(config.institution, config.bank_iban, config.bank_bic)
    content = pain001.write(order, payer, version=config.bank_message)
    return Batch(
        id=batch_id,
        currency=order.currency,
        status=BatchStatus.DRAFTED,
        message_id=order.message_id,
        name=f"pain001-{order.message_id}.xml",
        amount=order.total,
        count=len(order.instructions),
        pay_on=order.pay_on,
        sealed=await payments.vault.papers.seal(content, place=batch_id),
        sha256=hashlib.sha256(content).hexdigest(),
        asked_at=order.created_at,
        created_at=order.created_at,
    )


def _instruction(payout: Payout, *, number: Rib, name: str) -> Instruction:
    return Instruction(
        end_to_end_id=reference(payout.id),
        amount=payout.amount,
        name=name,
        iban=number.iban,
        text=payout.statement_descriptor or f"MAALEM {reference(payout.id)}",
    )


def join(unit: Unit, more: Unit) -> Unit:
    """Everything of `more` in `unit` too."""
    unit.puts += more.puts
    unit.chain += more.chain
    unit.events += more.events
    unit.accounts += more.accounts
    return unit


async def _places(payments: Payments, payouts: Sequence[Payout]) -> dict[str, ExternalAccount]:
    wanted = list({payout.destination_id for payout in payouts})
    found = await store.select(payments.pool, ExternalAccount, "id = ANY ($1)", wanted)
    return {place.id: place for place in found}


async def _names(payments: Payments, payouts: Sequence[Payout]) -> dict[str, str | None]:
    wanted = list({payout.account_id for payout in payouts})
    found = await store.select(payments.pool, Account, "id = ANY ($1)", wanted)
    return {account.id: account.business_name for account in found}
