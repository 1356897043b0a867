"""Setups before the rules: whoever tries stolen cards tries them for nothing first.

A setup has no amount, and nothing to look at afterwards: a rule that would put it up for review
lets it pass. It counts among the attempts and the declines of its card like a payment.
"""

from datetime import datetime

from maalem.payments import store
from maalem.payments.accounts.records import Account, PaymentMethod
from maalem.payments.acquiring import risks
from maalem.payments.acquiring.risks import Weighed
from maalem.payments.acquiring.setup.judge import Asked, Set
from maalem.payments.acquiring.setup.records import SetupIntent
from maalem.payments.context import Payments
from maalem.payments.risk.records import Facts
from maalem.payments.units import Unit


async def weighed(
    payments: Payments, setup: SetupIntent, /, *, method: PaymentMethod, now: datetime
) -> Weighed:
    """Hold the rules in force against the setup."""
    found = await risks.held_against(
        payments, await _facts(payments, setup, method=method), now=now
    )
    if found.risk is not None and found.risk["type"] == "manual_review":
        return found._replace(risk={**found.risk, "type": "authorized", "review": None})
    return found


async def add_declines(payments: Payments, unit: Unit, *, asked: Asked, done: Set) -> None:
    """Count in `unit` that an issuer said no."""
    if done.refusal is None or risks.blocked(asked.attempt) is not None:
        return
    facts = await _facts(payments, asked.setup, method=asked.method)
    unit.counts += await risks.declines(payments, facts, now=asked.now)


async def _facts(payments: Payments, setup: SetupIntent, *, method: PaymentMethod) -> Facts:
    account = await store.get(payments.pool, Account, setup.account_id)
    assert account is not None
    return risks.facts_of(
        payments,
        method,
        account=setup.account_id,
        amount=0,
        currency=account.default_currency,
        customer=setup.customer_id,
        email=method.billing_email,
    )
