"""Ask again about persons whose identity the register had to think about."""

import logging

from maalem.payments.accounts import onboarding
from maalem.payments.accounts.people import person
from maalem.payments.context import Payments
from maalem.payments.events.outbox import event
from maalem.payments.settlement.accounts import accounts_shown
from maalem.payments.units import ChangedMeanwhile

_log = logging.getLogger("maalem.payments.jobs")


async def follow(payments: Payments) -> int:
    """Bring checks to their end; return how many came to it."""
    ended = 0
    for waiting in await onboarding.waiting(payments):
        try:
            found = await onboarding.follow(payments, waiting)
            if found is None:
                continue
            at, owner = payments.clock.now(), found.account.id
            found.unit.events.append(
                event("person.updated", person(found.person), account_id=owner, at=at)
            )
            (shown,) = await accounts_shown(payments, [found.account], person=found.person)
            found.unit.events.append(event("account.updated", shown, account_id=owner, at=at))
            await payments.writer.commit(found.unit)
            ended += 1
        except ChangedMeanwhile:
            continue  # she is being corrected at this moment: look again later
        except Exception:
            _log.exception("the check of %s did not come to an end", waiting.id)
    return ended
