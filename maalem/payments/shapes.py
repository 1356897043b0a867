"""What every described object is made of. A room's `shapes.py` says, beside its `wire.py`, what
that renders: each field with its type, whether it may be null, and what its id can be expanded to.

The shapes are read when docs/openapi.json is made and by tests, which hold every answer of the
test suite against them. The service itself does not load them.
"""

from typing import Annotated, Literal, TypeAlias, TypedDict

from msgspec import Meta

EXPANDS = "x-expansionResources"


def _expands(*kinds: str) -> Meta:
    """The id of such an object; who asks for it (`expand[]`) finds the object in its place."""
    return Meta(extra_json_schema={EXPANDS: list(kinds)})


Timestamp = Annotated[int, Meta(description="Seconds since 1970.")]
Currency = Annotated[str, Meta(pattern="^[a-z]{3}$")]
Country = Annotated[str, Meta(pattern="^[A-Z]{2}$")]
Metadata = dict[Annotated[str, Meta(max_length=40)], Annotated[str, Meta(max_length=500)]]
# A field of Stripe's that nothing here ever fills.
Never: TypeAlias = None

AccountId = Annotated[str, _expands("account", "deleted_account")]
BankAccountId = Annotated[str, _expands("bank_account")]
ChargeId = Annotated[str, _expands("charge")]
CustomerId = Annotated[str, _expands("customer", "deleted_customer")]
DisputeId = Annotated[str, _expands("dispute")]
FeeId = Annotated[str, _expands("application_fee")]
FileId = Annotated[str, _expands("file")]
IntentId = Annotated[str, _expands("payment_intent")]
LineId = Annotated[str, _expands("balance_transaction")]
MandateId = Annotated[str, _expands("mandate")]
MethodId = Annotated[str, _expands("payment_method")]
RefundId = Annotated[str, _expands("refund")]
ReversalId = Annotated[str, _expands("transfer_reversal")]
ReviewId = Annotated[str, _expands("review")]
RuleId = Annotated[str, _expands("radar.rule")]
SetupAttemptId = Annotated[str, _expands("setup_attempt")]
SetupIntentId = Annotated[str, _expands("setup_intent")]
TransferId = Annotated[str, _expands("transfer")]
# What moved money: the source of a line of the balance.
SourceId = Annotated[
    str,
    _expands(
        *("application_fee", "charge", "dispute", "fee_refund", "payout", "refund"),
        *("transfer", "transfer_reversal"),
    ),
]


class Empty(TypedDict):
    """Nothing: a place of Stripe's that is kept."""


class PostalAddress(TypedDict):
    city: str | None
    country: str | None
    line1: str | None
    line2: str | None
    postal_code: str | None
    state: str | None


class BillingDetails(TypedDict):
    """Of whom a payment method is, as far as it was told."""

    name: str | None
    email: str | None
    phone: str | None
    address: PostalAddress


class NextActionRedirect(TypedDict):
    url: str
    return_url: str | None


class NextAction(TypedDict):
    """What the payer has to do: her browser is sent to `url`."""

    type: Literal["redirect_to_url"]
    redirect_to_url: NextActionRedirect
