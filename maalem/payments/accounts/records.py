"""Who takes part: accounts, their customers, and what a customer pays with."""

from datetime import datetime
from typing import Any, ClassVar

import msgspec

from maalem.payments.accounts.levels import ACTIVE, CAPABILITIES
from maalem.payments.records import Record

# The installation's own account: the institution's operator is whoever holds its key.
PLATFORM = "acct_platform"
ALL_ACTIVE = dict.fromkeys(CAPABILITIES, ACTIVE)


class Account(Record, kw_only=True, frozen=True):
    """The platform itself, or somebody it pays (`connected`, with the platform as parent)."""

    TABLE: ClassVar[str] = "accounts"

    kind: str = "connected"
    parent_id: str | None = None
    country: str = "MA"
    default_currency: str = "mad"
    email: str | None = None
    business_type: str | None = None
    business_name: str | None = None
    business_url: str | None = None
    business_mcc: str | None = None
    product_description: str | None = None
    support_phone: str | None = None
    support_email: str | None = None
    charges_enabled: bool = True
    payouts_enabled: bool = True
    details_submitted: bool = True
    metadata: dict[str, str]
    created_at: datetime
    # What is known of it, and what follows (accounts/levels.py).
    vouched: bool = True
    level: int = 2
    capabilities: dict[str, str] = msgspec.field(default_factory=lambda: dict(ALL_ACTIVE))
    requirements: dict[str, Any] = {}
    company: dict[str, str | None] = {}
    tos: dict[str, Any] = {}
    rejected: str | None = None
    deleted: bool = False


class Customer(Record, kw_only=True, frozen=True):
    """Somebody who pays an account, perhaps again."""

    TABLE: ClassVar[str] = "customers"

    account_id: str
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    description: str | None = None
    address: dict[str, Any] | None = None
    shipping: dict[str, Any] | None = None
    preferred_locales: list[str]
    default_payment_method: str | None = None
    deleted: bool = False
    metadata: dict[str, str]
    created_at: datetime


class PaymentMethod(Record, kw_only=True, frozen=True):
    """A card (its number is in the vault under `vault_token`) or a wallet (by telephone).

    `agreement` is the network's reference of the payment or verification in which its holder
    agreed to payments without her. `spent` is one that paid without being a customer's, or was
    taken from one: it is not used again.
    """

    TABLE: ClassVar[str] = "payment_methods"

    account_id: str
    customer_id: str | None = None
    type: str
    vault_token: str | None = None
    brand: str | None = None
    last4: str | None = None
    exp_month: int | None = None
    exp_year: int | None = None
    funding: str | None = None
    country: str | None = None
    fingerprint: str | None = None
    cvc_check: str | None = None
    wallet_phone: str | None = None
    billing_name: str | None = None
    billing_email: str | None = None
    billing_phone: str | None = None
    billing_address: dict[str, Any] | None = None
    allow_redisplay: str = "unspecified"
    metadata: dict[str, str]
    created_at: datetime
    agreement: str | None = None
    spent: bool = False


class ConfirmationToken(Record, kw_only=True, frozen=True):
    """How a payer pays, as she said it on a page, for one confirmation before `expires_at`.

    It names the one that it was used for.
    """

    TABLE: ClassVar[str] = "confirmation_tokens"

    account_id: str
    payment_method_id: str
    return_url: str | None = None
    setup_future_usage: str | None = None
    shipping: dict[str, Any] | None = None
    payment_intent_id: str | None = None
    setup_intent_id: str | None = None
    expires_at: datetime
    created_at: datetime


class Token(Record, kw_only=True, frozen=True):
    """A payment method to be used once."""

    TABLE: ClassVar[str] = "tokens"

    account_id: str
    payment_method_id: str
    used: bool = False
    created_at: datetime
