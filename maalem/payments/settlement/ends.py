"""What becomes of a payout, as a unit to commit: sent, paid, failed, returned.

Each is decided from the payout as it stands and may be told again: what is known already makes
an empty unit. What contradicts the books raises `Contradiction` and is for a person to look at.
"""

from datetime import datetime
from typing import NamedTuple

from maalem.payments.acquiring.lines import line
from maalem.payments.events.outbox import Event, event
from maalem.payments.ledger import recipes
from maalem.payments.ledger.records import AVAILABLE, BalanceTransaction
from maalem.payments.records import changed
from maalem.payments.settlement import wire
from maalem.payments.settlement.reasons import reason_of
from maalem.payments.settlement.records import ExternalAccount, Payout
from maalem.payments.settlement.states import ExternalAccountStatus, PayoutStatus
from maalem.payments.units import Unit


class Contradiction(Exception):
    """The bank says of a payout what can't be: `word` is `unsent`, `over` or `other_reference`."""

    def __init__(self, payout: Payout, word: str) -> None:
        super().__init__(f"{payout.id} is {payout.status}: {word}")
        self.payout, self.word = payout, word


class Marked(NamedTuple):
    """The payout as it is then, and the unit that makes it so (empty if it was so before)."""

    unit: Unit
    payout: Payout


def told(payout: Payout, type: str, now: datetime) -> Event:
    """An event about a payout, in its owner's name."""
    shown = wire.payout(payout)
    return event(
        f"payout.{type}",
        shown,
        account_id=payout.account_id,
        at=now,
        request_id=payout.request_id,
        idempotency_key=payout.idempotency_key,
    )


def moved(
    type: str, source_id: str, /, *, owner: str, amount: int, currency: str, now: datetime
) -> BalanceTransaction:
    """A line of the owner's available money; `amount` is negative where it leaves her."""
    return line(
        type,
        source_id,
        account_id=owner,
        amount=amount,
        currency=currency,
        bucket=AVAILABLE,
        available_on=now,
        now=now,
        description=type.replace("_", " ").upper(),
    )


def given_back(type: str, payout: Payout, *, now: datetime) -> BalanceTransaction:
    """The line that gives the owner the payout's amount back."""
    return moved(
        type,
        payout.id,
        owner=payout.account_id,
        amount=payout.amount,
        currency=payout.currency,
        now=now,
    )


def sent(payout: Payout, *, batch: str, now: datetime) -> Marked:
    """It goes out with the bank file `batch`."""
    if payout.batch_id == batch:
        return Marked(Unit(), payout)
    if payout.status != PayoutStatus.PENDING:
        raise Contradiction(payout, "over")
    new = changed(payout, status=PayoutStatus.IN_TRANSIT, batch_id=batch, sent_at=now)
    unit = Unit().put(new)
    unit.events.append(told(new, "updated", now))
    return Marked(unit, new)


def paid(payout: Payout, *, place: ExternalAccount, reference: str, now: datetime) -> Marked:
    """Our bank's statement has it, under `reference`. The first one proves the account."""
    if payout.bank_reference is not None:
        if payout.bank_reference != reference:
            raise Contradiction(payout, "other_reference")
        return Marked(Unit(), payout)
    if payout.return_reference is not None:
        # Its return was told first, and booked both.
        late = changed(payout, bank_reference=reference, paid_at=now)
        return Marked(Unit().put(late), late)
    if payout.status != PayoutStatus.IN_TRANSIT:
        unsent = payout.status == PayoutStatus.PENDING
        raise Contradiction(payout, "unsent" if unsent else "over")
    new = changed(payout, status=PayoutStatus.PAID, bank_reference=reference, paid_at=now)
    unit = Unit().put(new)
    unit.book(recipes.payout_paid(new.id, amount=new.amount, currency=new.currency))
    unit.events.append(told(new, "paid", now))
    if place.status == ExternalAccountStatus.NEW:
        _put_place(unit, changed(place, status=ExternalAccountStatus.VALIDATED), now, before=place)
    return Marked(unit, new)


def failed(
    payout: Payout, *, place: ExternalAccount, code: str, message: str | None, now: datetime
) -> Marked:
    """The bank did not carry it out, for the reason `code` (ISO 20022): nothing had left."""
    if payout.status == PayoutStatus.FAILED and payout.failure_reason == code:
        return Marked(Unit(), payout)
    if payout.status not in (PayoutStatus.PENDING, PayoutStatus.IN_TRANSIT):
        raise Contradiction(payout, "over")
    unit, new = _failing(payout, place=place, code=code, message=message, now=now)
    unit.book(
        recipes.payout_failed(
            new.id, owner=new.account_id, amount=new.amount, currency=new.currency
        )
    )
    return Marked(unit, new)


def returned(
    payout: Payout,
    *,
    place: ExternalAccount,
    code: str,
    message: str | None,
    reference: str,
    now: datetime,
) -> Marked:
    """The money has come back to our bank under `reference`, for the reason `code` (ISO 20022).

    A return that overtakes the news of the payment stands for both.
    """
    if payout.return_reference is not None:
        if payout.return_reference != reference:
            raise Contradiction(payout, "other_reference")
        return Marked(Unit(), payout)
    if payout.status not in (PayoutStatus.IN_TRANSIT, PayoutStatus.PAID):
        unsent = payout.status == PayoutStatus.PENDING
        raise Contradiction(payout, "unsent" if unsent else "over")
    unit, new = _failing(
        payout, place=place, code=code, message=message, now=now, reference=reference
    )
    if payout.status == PayoutStatus.IN_TRANSIT:
        unit.book(recipes.payout_paid(new.id, amount=new.amount, currency=new.currency))
    unit.book(
        recipes.payout_returned(
            new.id, owner=new.account_id, amount=new.amount, currency=new.currency
        )
    )
    return Marked(unit, new)


def _failing(
    payout: Payout,
    *,
    place: ExternalAccount,
    code: str,
    message: str | None,
    now: datetime,
    reference: str | None = None,
) -> tuple[Unit, Payout]:
    """All that a failure and a return have alike: not yet how the money comes back."""
    reason = reason_of(code, message)
    back = given_back("payout_failure", payout, now=now)
    new = changed(
        payout,
        status=PayoutStatus.FAILED,
        failure_balance_transaction_id=back.id,
        failure_code=reason.code,
        failure_message=reason.message,
        failure_reason=code,
        return_reference=reference,
        ended_at=now,
    )
    unit = Unit().put(new, back)
    unit.events.append(told(new, "failed", now))
    _bury(unit, place, code=code, now=now)
    return unit, new


def _bury(unit: Unit, place: ExternalAccount, /, *, code: str, now: datetime) -> None:
    """An account that the bank won't pay is not paid again."""
    reason = reason_of(code)
    if reason.dead and place.status in (ExternalAccountStatus.NEW, ExternalAccountStatus.VALIDATED):
        dead = changed(
            place,
            status=ExternalAccountStatus.ERRORED,
            failure_code=reason.code,
            failure_reason=code,
        )
        _put_place(unit, dead, now, before=place)


def _put_place(
    unit: Unit, place: ExternalAccount, now: datetime, /, *, before: ExternalAccount
) -> None:
    unit.put(place)
    unit.events.append(
        event(
            "account.external_account.updated",
            wire.external_account(place),
            account_id=place.account_id,
            at=now,
            before=wire.external_account(before),
        )
    )
