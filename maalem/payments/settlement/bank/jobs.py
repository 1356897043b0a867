"""What the bank's side does by itself: send, take over, match, look for what is missing."""

import logging

from maalem.payments.context import Payments
from maalem.payments.parked import tries
from maalem.payments.rails.bank.simulator import SimulatedBank
from maalem.payments.settlement.bank import batches, imports, matching, networks, safeguarding

_log = logging.getLogger("maalem.payments.bank")


async def send(payments: Payments) -> int:
    """Gather payouts into a file when it is time for one, and give it to the bank."""
    return await batches.send_due(payments)


async def receive(payments: Payments) -> int:
    """Take over the networks' reports and the bank's files, and match what they tell.

    Returns how many reports and files there were: as long as there are some, there may be more.
    """
    if isinstance(payments.rails.bank, SimulatedBank):
        await payments.rails.bank.pass_time()
    taken = 0
    run = await tries(payments, "reports and files in")
    async with run.of("reports of the networks"):
        taken = await networks.collect(payments)
    since = await payments.pool.fetchval("SELECT max(position) FROM bank_files")
    try:
        files = await payments.rails.bank.fetch_files(since or 0)
    except OSError as problem:
        _log.warning("the bank can't be had: %s", problem)
        files = []
    for file in files:
        if file.name in run.held:
            break  # they are told in an order: those behind it wait too
        before = taken
        async with run.of(file.name):
            await imports.take(
                payments, name=file.name, content=file.content, position=file.position
            )
            taken += 1
        if taken == before:
            break
    await matching.match_open(payments)
    return taken


async def look(payments: Payments) -> int:
    """Hold what networks settled against what we say they took; what differs is found."""
    await networks.look_for_strangers(payments)
    await networks.look_for_missing(payments)
    await networks.look_for_silence(payments)
    return 0


async def prove(payments: Payments) -> int:
    """Once a day, the proof that clients' money is there."""
    return await safeguarding.prove_daily(payments)
