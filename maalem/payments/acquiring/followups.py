"""Ask the rail for what follows a payment, under the follow-up's own id as the reference."""

from maalem.payments.acquiring.records import Attempt, Followup, Refund
from maalem.payments.context import Payments
from maalem.payments.rails import ports
from maalem.payments.rails.ports import Outcome


async def ask(payments: Payments, followup: Followup, *, attempt: Attempt) -> Outcome:
    """Capture or release (part of) what `attempt` was promised. Asking again changes nothing."""
    wanted = ports.Followup(followup.id, attempt.reference, followup.amount)
    deadline_s = payments.config.rail_deadline_s
    assert attempt.rail == "card", "only a card's money is held"
    if followup.kind == "capture":
        return await payments.rails.card.capture(wanted, deadline_s=deadline_s)
    return await payments.rails.card.release(wanted, deadline_s=deadline_s)


async def ask_refund(payments: Payments, refund: Refund, *, attempt: Attempt) -> Outcome:
    """Give back (part of) what `attempt` took. Asking again changes nothing."""
    rail = payments.rails.card if attempt.rail == "card" else payments.rails.wallet
    wanted = ports.Followup(refund.id, attempt.reference, refund.amount)
    return await rail.refund(wanted, deadline_s=payments.config.rail_deadline_s)
