"""Ask again about persons whose identity the register had to think about."""

from maalem.payments.accounts import onboarding
from maalem.payments.accounts.people import person
from maalem.payments.context import Payments
from maalem.payments.events.outbox import event
from maalem.payments.parked import tries
from maalem.payments.settlement.accounts import accounts_shown


async def follow(payments: Payments) -> int:
    """Bring checks to their end; return how many came to it."""
    ended = 0
    run = await tries(payments, "identities")
    for waiting in await onboarding.waiting(payments, but=run.held):
        async with run.of(waiting.id):
            found = await onboarding.follow(payments, waiting)
            if found is None:
                continue
            at, owner = payments.clock.now(), found.account.id
            shown, was = person(found.person), person(waiting)
            found.unit.events.append(
                event("person.updated", shown, account_id=owner, at=at, before=was)
            )
            (shown,) = await accounts_shown(payments, [found.account], person=found.person)
            (was,) = await accounts_shown(payments, [found.before])
            found.unit.events.append(
                event("account.updated", shown, account_id=owner, at=at, before=was)
            )
            await payments.writer.commit(found.unit)
            ended += 1
    return ended
