"""What a payment is for the others: the destination's payment, the platform's fee, their refunds.

Amounts are minor units. `account_id` is whose record it is.
"""

from datetime import datetime
from typing import ClassVar

from maalem.payments.records import Record


class DestinationPayment(Record, kw_only=True, frozen=True):
    """A transfer as the account that gets it sees it: a charge."""

    TABLE: ClassVar[str] = "destination_payments"

    account_id: str
    transfer_id: str
    amount: int
    amount_refunded: int = 0
    currency: str
    application_fee_id: str | None = None
    application_fee_amount: int | None = None
    balance_transaction_id: str
    transfer_group: str | None = None
    description: str | None = None
    metadata: dict[str, str]
    created_at: datetime


class PaymentRefund(Record, kw_only=True, frozen=True):
    """A reversal as that account sees it: a refund."""

    TABLE: ClassVar[str] = "payment_refunds"

    account_id: str
    payment_id: str
    reversal_id: str
    amount: int
    currency: str
    reason: str | None = None
    balance_transaction_id: str
    metadata: dict[str, str]
    created_at: datetime


class ApplicationFee(Record, kw_only=True, frozen=True):
    """What the platform `account_id` earned on a charge of `payer_account_id`.

    `charge_id` is that account's charge; `originating_charge_id` the platform's own, if any.
    `amount_reserved` is about to go back with a refund that waits for the rail.
    """

    TABLE: ClassVar[str] = "application_fees"

    account_id: str
    payer_account_id: str
    charge_id: str
    originating_charge_id: str | None = None
    amount: int
    amount_refunded: int = 0
    amount_reserved: int = 0
    currency: str
    balance_transaction_id: str
    created_at: datetime

    @property
    def left(self) -> int:
        """What may still be given back."""
        return self.amount - self.amount_refunded - self.amount_reserved


class FeeRefund(Record, kw_only=True, frozen=True):
    """A part of an application fee given back; `source_refund_id` is the refund that did it."""

    TABLE: ClassVar[str] = "application_fee_refunds"

    account_id: str
    fee_id: str
    amount: int
    currency: str
    balance_transaction_id: str
    payer_transaction_id: str
    source_refund_id: str | None = None
    metadata: dict[str, str]
    created_at: datetime
