"""A setup and its attempts at the issuer."""

from datetime import datetime
from typing import Any, ClassVar

from maalem.payments.records import Record


class SetupIntent(Record, kw_only=True, frozen=True):
    """The will to keep a payment method for later, until it is kept or given up."""

    TABLE: ClassVar[str] = "setup_intents"

    account_id: str
    status: str
    usage: str = "off_session"
    client_secret: str
    customer_id: str | None = None
    payment_method_id: str | None = None
    payment_method_types: list[str]
    payment_method_options: dict[str, Any] | None = None
    attempt_id: str | None = None
    next_action: dict[str, Any] | None = None
    last_setup_error: dict[str, Any] | None = None
    description: str | None = None
    cancellation_reason: str | None = None
    canceled_at: datetime | None = None
    metadata: dict[str, str]
    created_at: datetime
    mandate_id: str | None = None


class SetupAttempt(Record, kw_only=True, frozen=True):
    """One try; its id is the reference at the rail, `token` opens its page on the hosted origin."""

    TABLE: ClassVar[str] = "setup_attempts"

    account_id: str
    setup_id: str
    payment_method_id: str
    customer_id: str | None = None
    usage: str
    status: str
    forced: bool = False
    challenge: str | None = None
    token: str | None = None
    return_url: str | None = None
    network_reference: str | None = None
    details: dict[str, Any]
    error: dict[str, Any] | None = None
    expires_at: datetime | None = None
    resolved_at: datetime | None = None
    request_id: str | None = None
    idempotency_key: str | None = None
    created_at: datetime
    asked_at: datetime
    acceptance: dict[str, Any] | None = None
    risk: dict[str, Any] | None = None

    @property
    def rail(self) -> str:
        """Only cards are set up."""
        return "card"


class Mandate(Record, kw_only=True, frozen=True):
    """The holder's agreement to payments without her: active until her card is taken away.

    `acceptance` says how she agreed (`type`, `accepted_at`), and holds from where, sealed.
    """

    TABLE: ClassVar[str] = "mandates"

    account_id: str
    payment_method_id: str
    setup_id: str
    status: str = "active"
    acceptance: dict[str, Any]
    created_at: datetime
