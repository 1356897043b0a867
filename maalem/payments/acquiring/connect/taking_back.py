"""What came to the others comes back: reversals of transfers, refunds of application fees.

These put their part into a unit that somebody else commits, so that a refund, its reversal and
its fee are one.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from maalem.kit.ids import new_id
from maalem.payments.acquiring.connect.records import (
    ApplicationFee,
    DestinationPayment,
    FeeRefund,
    PaymentRefund,
)
from maalem.payments.acquiring.lines import line
from maalem.payments.acquiring.records import Reversal, Transfer
from maalem.payments.ledger import recipes
from maalem.payments.ledger.records import PENDING, BalanceTransaction
from maalem.payments.records import changed
from maalem.payments.units import Unit


@dataclass(frozen=True, slots=True)
class Moved:
    """From where to where money comes back: the platform's bucket and the connected account's;
    `due` is when what is pending becomes available. `source_refund` is the refund that does it,
    which had reserved its parts."""

    bucket: str
    shared_bucket: str
    due: datetime
    now: datetime
    source_refund: str | None = None

    def here(self, type: str, source: str, /, **fields: Any) -> BalanceTransaction:
        """A line of the platform's."""
        return self._line(type, source, bucket=self.bucket, **fields)

    def there(self, type: str, source: str, /, **fields: Any) -> BalanceTransaction:
        """A line of the connected account's."""
        return self._line(type, source, bucket=self.shared_bucket, **fields)

    def _line(
        self, type: str, source: str, /, *, owner: str, bucket: str, **fields: Any
    ) -> BalanceTransaction:
        day = self.due if bucket == PENDING else self.now
        return line(
            type,
            source,
            account_id=owner,
            bucket=bucket,
            available_on=day,
            now=self.now,
            **fields,
        )


class Back(NamedTuple):
    """A reversal with everything that it changes."""

    reversal: Reversal
    refund: PaymentRefund
    transfer: Transfer
    payment: DestinationPayment
    line: BalanceTransaction


class FeeBack(NamedTuple):
    """A refund of a fee, the fee as it is then, and the platform's line."""

    refund: FeeRefund
    fee: ApplicationFee
    line: BalanceTransaction


def proportional(whole: int, *, part: int, of: int, gone: int = 0) -> int:
    """What is to be taken from `whole` so that `part` of `of` is taken of it, `gone` being taken.

    Rounded half up on the sum and not on each piece, so that the pieces end exactly at the whole.
    """
    return max(0, (2 * whole * part + of) // (2 * of) - gone)


class Words(NamedTuple):
    """What is written on a reversal, and what its destination wrote on her refund."""

    metadata: dict[str, str] = {}
    reason: str | None = None
    refund_metadata: dict[str, str] = {}


NOTHING_WRITTEN = Words()


def take_back(
    unit: Unit,
    /,
    *,
    given: Transfer,
    payment: DestinationPayment,
    amount: int,
    moved: Moved,
    words: Words = NOTHING_WRITTEN,
) -> Back:
    """Put into `unit` that `amount` of `given` comes back."""
    reversal, refund, here, there = _both_sides(given, amount=amount, moved=moved, words=words)
    freed = amount if moved.source_refund else 0
    reduced = changed(
        given,
        amount_reversed=given.amount_reversed + amount,
        amount_reserved=given.amount_reserved - freed,
    )
    after = changed(payment, amount_refunded=payment.amount_refunded + amount)
    unit.put(reduced, reversal, after, refund, here, there)
    unit.book(
        recipes.reversal(
            reversal.id,
            owner=given.account_id,
            back_from=given.destination_id,
            amount=amount,
            currency=given.currency,
            bucket=moved.shared_bucket,
            to_bucket=moved.bucket,
        )
    )
    return Back(reversal, refund, reduced, after, here)


def _both_sides(
    given: Transfer, *, amount: int, moved: Moved, words: Words
) -> tuple[Reversal, PaymentRefund, BalanceTransaction, BalanceTransaction]:
    """The platform's reversal and the destination's refund, with a line each."""
    reversal_id, refund_id, currency = new_id("trr"), new_id("pyr"), given.currency
    here = moved.here(
        "transfer_refund", reversal_id, owner=given.account_id, amount=amount, currency=currency
    )
    there = moved.there(
        "payment_refund", refund_id, owner=given.destination_id, amount=-amount, currency=currency
    )
    alike: dict[str, Any] = {"amount": amount, "currency": currency, "created_at": moved.now}
    reversal = Reversal(
        id=reversal_id,
        account_id=given.account_id,
        transfer_id=given.id,
        balance_transaction_id=here.id,
        destination_transaction_id=there.id,
        metadata=words.metadata,
        payment_refund_id=refund_id,
        source_refund_id=moved.source_refund,
        **alike,
    )
    refund = PaymentRefund(
        id=refund_id,
        account_id=given.destination_id,
        payment_id=given.destination_payment_id,
        reversal_id=reversal_id,
        reason=words.reason,
        balance_transaction_id=there.id,
        metadata=words.refund_metadata,
        **alike,
    )
    return reversal, refund, here, there


def give_fee_back(
    unit: Unit,
    /,
    *,
    fee: ApplicationFee,
    amount: int,
    moved: Moved,
    metadata: dict[str, str] | None = None,
) -> FeeBack:
    """Put into `unit` that `amount` of `fee` goes back to the account that paid it."""
    refund_id = new_id("fr")
    kind = "application_fee_refund"
    here = moved.here(kind, refund_id, owner=fee.account_id, amount=-amount, currency=fee.currency)
    there = moved.there(
        kind, refund_id, owner=fee.payer_account_id, amount=amount, currency=fee.currency
    )
    refund = FeeRefund(
        id=refund_id,
        account_id=fee.account_id,
        fee_id=fee.id,
        amount=amount,
        currency=fee.currency,
        balance_transaction_id=here.id,
        payer_transaction_id=there.id,
        source_refund_id=moved.source_refund,
        metadata=metadata or {},
        created_at=moved.now,
    )
    freed = amount if moved.source_refund else 0
    after = changed(
        fee,
        amount_refunded=fee.amount_refunded + amount,
        amount_reserved=fee.amount_reserved - freed,
    )
    unit.put(after, refund, here, there)
    unit.book(
        recipes.application_fee_refund(
            refund.id,
            owner=fee.account_id,
            paid_by=fee.payer_account_id,
            amount=amount,
            currency=fee.currency,
            bucket=moved.bucket,
            payer_bucket=moved.shared_bucket,
        )
    )
    return FeeBack(refund, after, here)
