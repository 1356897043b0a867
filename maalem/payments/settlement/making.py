"""A payout is made, approved, or taken back. Decided here, committed by the edge or the job."""

from datetime import date
from typing import NamedTuple

from maalem.kit.ids import new_id
from maalem.payments import store
from maalem.payments.accounts.officers import Officer
from maalem.payments.accounts.records import Account
from maalem.payments.context import Payments
from maalem.payments.errors import Refused
from maalem.payments.ledger import recipes
from maalem.payments.ledger.balances import Balance, balance
from maalem.payments.ledger.records import BalanceTransaction
from maalem.payments.records import changed
from maalem.payments.settlement.carried import Cut
from maalem.payments.settlement.days import arrival
from maalem.payments.settlement.ends import given_back, moved, told
from maalem.payments.settlement.places import destination
from maalem.payments.settlement.records import Approval, Payout
from maalem.payments.settlement.states import PayoutStatus
from maalem.payments.units import Unit

OFFICERS = 2


class Made(NamedTuple):
    """A payout with the unit that makes it so; `line` is its new balance transaction, if any."""

    unit: Unit
    payout: Payout
    line: BalanceTransaction | None = None


class Approved(NamedTuple):
    """A payout with one more approval."""

    unit: Unit
    payout: Payout
    approval: Approval


async def make(
    payments: Payments,
    *,
    account: Account,
    amount: int,
    currency: str,
    to: str | None = None,
    scheduled_for: date | None = None,
    carries: Cut | None = None,
    description: str | None = None,
    statement_descriptor: str | None = None,
    metadata: dict[str, str] | None = None,
    request_id: str | None = None,
    idempotency_key: str | None = None,
) -> Made:
    """Pay `amount` of `account`'s available money out to her bank account `to`, or the default.

    What she owes us is settled first, in the same unit. Raises `Refused` (`balance_insufficient`,
    `payouts_not_allowed`, `bank_account_unusable`) or `NotFound`.
    """
    if not account.payouts_enabled:
        raise Refused("Payouts are not enabled for this account.", code="payouts_not_allowed")
    now = payments.clock.now()
    place = await destination(payments.pool, owner=account.id, currency=currency, id=to, at=now)
    has = await balance(payments.pool, account.id)
    if amount > has.free(currency):
        raise Refused(
            "You have insufficient funds in your account for this payout: what is available, less"
            f" what is owed, is {has.free(currency)}.",
            code="balance_insufficient",
            param="amount",
        )
    payout_id = new_id("po")
    taken = moved("payout", payout_id, owner=account.id, amount=-amount, currency=currency, now=now)
    above = amount > payments.config.payout_approval_above
    payout = Payout(
        id=payout_id,
        account_id=account.id,
        destination_id=place.id,
        amount=amount,
        currency=currency,
        automatic=scheduled_for is not None,
        scheduled_for=scheduled_for,
        arrival_date=arrival(now, moved=payments.config.holidays),
        description=description,
        statement_descriptor=statement_descriptor,
        approvals_needed=OFFICERS if above else 0,
        balance_transaction_id=taken.id,
        metadata=metadata or {},
        request_id=request_id,
        idempotency_key=idempotency_key,
        created_at=now,
        carries_until=carries.until if carries else None,
        young_after=carries.young_after if carries else None,
    )
    unit = Unit().put(payout, taken)
    _settle_first(unit, payout, has=has)
    unit.book(recipes.payout(payout.id, owner=account.id, amount=amount, currency=currency))
    unit.events.append(told(payout, "created", now))
    return Made(unit, payout, taken)


def cancel(payments: Payments, payout: Payout, /) -> Made:
    """Take back a payout that has not been sent; its money is available again."""
    if payout.status != PayoutStatus.PENDING:
        raise Refused(
            f"Payouts can only be canceled while they are pending: {payout.id} is {payout.status}.",
            code="payout_unexpected_state",
        )
    now = payments.clock.now()
    back = given_back("payout_cancel", payout, now=now)
    new = changed(
        payout,
        status=PayoutStatus.CANCELED,
        failure_balance_transaction_id=back.id,
        ended_at=now,
    )
    unit = Unit().put(new, back)
    unit.book(
        recipes.payout_canceled(
            new.id, owner=new.account_id, amount=new.amount, currency=new.currency
        )
    )
    unit.events.append(told(new, "canceled", now))
    return Made(unit, new, back)


def approve(
    payments: Payments,
    payout: Payout,
    /,
    *,
    officer: Officer,
    given: list[Approval],
    request_id: str | None = None,
) -> Approved:
    """An officer's yes to a large payout. Raises `Refused` for a second one of the same officer."""
    if payout.status != PayoutStatus.PENDING:
        raise Refused(
            f"Only a pending payout can be approved: {payout.id} is {payout.status}.",
            code="payout_unexpected_state",
        )
    if payout.approvals_needed == 0:
        raise Refused("This payout needs no approval.", code="payout_unexpected_state")
    if any(one.officer_id == officer.id for one in given):
        raise Refused(
            f"{officer.name} has approved this payout: another officer has to.",
            code="payout_already_approved",
        )
    now = payments.clock.now()
    approval = Approval(
        id=new_id("poa"),
        account_id=payout.account_id,
        payout_id=payout.id,
        approver=officer.name,
        officer_id=officer.id,
        key_id=officer.key_id,
        request_id=request_id,
        created_at=now,
    )
    new = changed(payout, approvals=payout.approvals + 1)
    unit = Unit().put(new, approval)
    unit.events.append(told(new, "updated", now))
    return Approved(unit, new, approval)


async def given(payments: Payments, payout: Payout, /) -> list[Approval]:
    """The yeses to a payout that count."""
    return await store.select(
        payments.pool, Approval, "payout_id = $1 AND NOT set_aside ORDER BY id", payout.id
    )


_UNSENT = (
    "officer_id = $1 AND NOT set_aside"
    " AND key_id IN (SELECT id FROM api_keys WHERE revoked_at IS NOT NULL)"
    " AND payout_id IN (SELECT id FROM payouts WHERE status = 'pending')"
)


async def taken_back(payments: Payments, officer_id: str, /) -> tuple[list[Payout], Unit]:
    """What an officer's ended keys said yes to and has not left, each without that yes."""
    unit, without = Unit(), []
    for one in await store.select(payments.pool, Approval, _UNSENT, officer_id):
        payout = await store.get(payments.pool, Payout, one.payout_id)
        assert payout is not None
        new = changed(payout, approvals=payout.approvals - 1)
        unit.put(new, changed(one, set_aside=True))
        unit.events.append(told(new, "updated", payments.clock.now()))
        without.append(new)
    return without, unit


def _settle_first(unit: Unit, payout: Payout, /, *, has: Balance) -> None:
    debt = has.owed.get(payout.currency, 0)
    if debt:
        unit.book(
            recipes.settle_owed(
                payout.id, owner=payout.account_id, amount=debt, currency=payout.currency
            )
        )
