"""The documented test cards and how each behaves: Stripe's numbers, so that habits carry over.

Source: Stripe's public testing page, as gathered in `docs/test-cards.md`. Any other number is
treated as a real card and refused while the house runs in test mode.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from maalem.payments.rails.ports import ChallengeKind


class ThreeDS(StrEnum):
    """When the issuer wants to see the payer."""

    NONE = "none"  # the card knows no 3-D Secure
    SUPPORTED = "supported"  # only when the acquirer asks
    REQUIRED = "required"  # whenever the payer is there
    SET_UP = "set up"  # whenever she is there, and else unless she has agreed to it before
    ALWAYS = "always"  # even when she is not


@dataclass(frozen=True, slots=True)
class TestCard:
    """One card. `decline` is the answer after any authentication; None is a yes. `attaches` says
    that the issuer says yes to an amount of nothing all the same."""

    __test__ = False

    number: str
    label: str
    decline: str | None = None
    three_ds: ThreeDS = ThreeDS.SUPPORTED
    kind: ChallengeKind = ChallengeKind.CODE
    lookup_error: bool = False
    cvc_fails: bool = False
    available_at_once: bool = False
    risk_level: str = "normal"
    funding: str = "credit"
    country: str = "US"
    token: str | None = None
    attaches: bool = False
    dispute: str | None = None  # what becomes of the payment later: a scenario of the casebook
    returns_refunds: bool = False  # it takes a refund, and the network gives it back later
    slow_refunds: bool = False  # what became of a refund is known when it is asked for later


def _plain(number: str, label: str, **traits: str) -> TestCard:
    return replace(TestCard(number, label), **traits)  # type: ignore[arg-type]


_SUCCESS = (
    _plain("4242424242424242", "Visa", token="visa"),
    _plain("4000056655665556", "Visa debit", funding="debit", token="visa_debit"),
    _plain("5555555555554444", "Mastercard", token="mastercard"),
    _plain("2223003122003222", "Mastercard, 2-series"),
    _plain("5200828282828210", "Mastercard debit", funding="debit", token="mastercard_debit"),
    _plain("5105105105105100", "Mastercard prepaid", funding="prepaid", token="mastercard_prepaid"),
    TestCard("378282246310005", "American Express", three_ds=ThreeDS.NONE, token="amex"),
    TestCard("371449635398431", "American Express", three_ds=ThreeDS.NONE),
    _plain("6011111111111117", "Discover", token="discover"),
    _plain("6011000990139424", "Discover"),
    _plain("6011981111111113", "Discover debit", funding="debit"),
    _plain("3056930009020004", "Diners Club", token="diners"),
    _plain("36227206271667", "Diners Club, 14 digits"),
    _plain("6555900000604105", "BCcard and DinaCard"),
    _plain("3566002020360505", "JCB", token="jcb", country="JP"),
    _plain("6200000000000005", "UnionPay", token="unionpay", country="CN"),
    _plain("6200000000000047", "UnionPay debit", funding="debit", country="CN"),
    _plain("6205500000000000004", "UnionPay, 19 digits", country="CN"),
    _plain("4000005040000003", "Visa, Morocco", country="MA", token="ma"),
    _plain(
        "5555550504000003",
        "Mastercard debit, Morocco",
        funding="debit",
        country="MA",
        token="ma_debit",
    ),
    _plain("4000002500000003", "Visa, France", country="FR"),
    _plain("4000007240000007", "Visa, Spain", country="ES"),
    _plain("4000002760000016", "Visa, Germany", country="DE"),
    _plain("4000008260000000", "Visa, United Kingdom", country="GB"),
    _plain("4000007840000001", "Visa, United Arab Emirates", country="AE"),
)

_DECLINES = (
    TestCard("4000000000000002", "Declined", "generic_decline", token="visa_chargeDeclined"),
    TestCard(
        "4000000000009995",
        "Insufficient funds",
        "insufficient_funds",
        token="visa_chargeDeclinedInsufficientFunds",
    ),
    TestCard("4000000000009987", "Lost card", "lost_card", token="visa_chargeDeclinedLostCard"),
    TestCard(
        "4000000000009979",
        "Stolen card",
        "stolen_card",
        token="visa_chargeDeclinedStolenCard",
    ),
    TestCard("4000000000000069", "Expired card", "expired_card", token="chargeDeclinedExpiredCard"),
    TestCard(
        "4000000000000127",
        "Wrong security code",
        "incorrect_cvc",
        cvc_fails=True,
        token="chargeDeclinedIncorrectCvc",
    ),
    TestCard(
        "4000000000000119",
        "Processing error",
        "processing_error",
        token="chargeDeclinedProcessingError",
    ),
    TestCard("4000000000006975", "Velocity exceeded", "card_velocity_exceeded"),
    TestCard(
        "4000000000000341",
        "Attaches, then every charge fails",
        "generic_decline",
        token="chargeCustomerFail",
        attaches=True,
    ),
    TestCard(
        "4100000000000019",
        "Always blocked as fraud",
        "fraudulent",
        risk_level="highest",
        token="radarBlock",
    ),
)

_QUIRKS = (
    TestCard("4000000000009235", "Elevated risk", risk_level="elevated"),
    TestCard(
        "4000000000004954", "Highest risk, blocked unless a rule allows it", risk_level="highest"
    ),
    TestCard("4000000000000101", "Security code check fails", cvc_fails=True),
    TestCard("4000000000000036", "Postcode check fails"),
    TestCard("4000000000000028", "Address check fails"),
    TestCard("4000000000000010", "Address and postcode checks fail"),
    TestCard("4000000000000044", "Address checks unavailable"),
    TestCard(
        "4000000000000077", "Available at once", available_at_once=True, token="bypassPending"
    ),
    TestCard(
        "4000003720000278",
        "Available at once, outside the US",
        available_at_once=True,
        country="IE",
        token="bypassPendingInternational",
    ),
    TestCard(
        "4000000000000259", "Disputed as fraudulent", dispute="fraudulent", token="createDispute"
    ),
    TestCard(
        "4000000000002685",
        "Disputed as not received",
        dispute="not_received",
        token="createDisputeProductNotReceived",
    ),
    TestCard(
        "4000000000001976",
        "Disputed as an inquiry",
        dispute="inquiry",
        token="createDisputeInquiry",
    ),
    TestCard(
        "4000000000005423",
        "Early fraud warning",
        dispute="fraud_report",
        token="createIssuerFraudRecord",
    ),
    TestCard(
        "4000000404000079",
        "Disputed several times",
        dispute="several",
        token="createMultipleDisputes",
    ),
    TestCard("4000000000007726", "Refund succeeds later", slow_refunds=True, token="pendingRefund"),
    TestCard("4000000000005126", "Refund fails later", returns_refunds=True, token="refundFail"),
)

_REQUIRED = ThreeDS.REQUIRED

_SECURE = (
    TestCard(
        "4000002500003155",
        "Challenge unless set up",
        three_ds=ThreeDS.SET_UP,
        country="FR",
        token="authenticationRequiredOnSetup",
    ),
    TestCard(
        "4000002760003184",
        "Challenge always",
        three_ds=ThreeDS.ALWAYS,
        country="DE",
        token="authenticationRequired",
    ),
    TestCard(
        "4000003800000446",
        "Challenge when the payer is there",
        three_ds=_REQUIRED,
        country="IT",
        token="authenticationRequiredSetupForOffSession",
    ),
    TestCard(
        "4000008260003178",
        "Challenge, then insufficient funds",
        "insufficient_funds",
        three_ds=ThreeDS.ALWAYS,
        country="GB",
        token="authenticationRequiredChargeDeclinedInsufficientFunds",
        attaches=True,
    ),
    TestCard(
        "4000000000003220",
        "Challenge required, in the bank's app",
        three_ds=_REQUIRED,
        kind=ChallengeKind.APP,
        token="threeDSecure2Required",
    ),
    TestCard("4000000000003063", "Challenge required", three_ds=_REQUIRED),
    TestCard(
        "4000008400001629",
        "Challenge required, then declined",
        "generic_decline",
        three_ds=_REQUIRED,
        token="threeDSecureRequiredChargeDeclined",
    ),
    TestCard(
        "4000008400001280",
        "Challenge required, lookup fails",
        three_ds=_REQUIRED,
        lookup_error=True,
        token="threeDSecureRequiredProcessingError",
    ),
    TestCard("4000000000003055", "Challenge supported", token="threeDSecureOptional"),
    TestCard(
        "4000000000003097",
        "Challenge supported, lookup fails",
        lookup_error=True,
        token="threeDSecureOptionalProcessingError",
    ),
    TestCard("4000000000003238", "Challenge by one-time code", three_ds=_REQUIRED),
    TestCard(
        "4000000000003246",
        "Challenge by one choice",
        three_ds=_REQUIRED,
        kind=ChallengeKind.CHOICE,
    ),
    TestCard(
        "4000000000003253",
        "Challenge by several choices",
        three_ds=_REQUIRED,
        kind=ChallengeKind.CHOICE,
    ),
)

ALL = (*_SUCCESS, *_DECLINES, *_QUIRKS, *_SECURE)
BY_NUMBER = {card.number: card for card in ALL}
# `pm_card_visa` and `tok_visa` name the same card; a token of the table is given without prefix.
BY_TOKEN = {card.token: card for card in ALL if card.token}
# The last four digits of cards whose refunds come back, or are slow: what a refund knows of a card.
RETURNING = frozenset(card.number[-4:] for card in ALL if card.returns_refunds)
SLOW = frozenset(card.number[-4:] for card in ALL if card.slow_refunds)
SLOW_S = 2
CODE = "123456"
WALLET_PIN = "1234"


def by_token(token: str) -> TestCard | None:
    """The card behind a documented name such as `pm_card_visa` or `tok_visa`, or None."""
    return BY_TOKEN.get(token.removeprefix("pm_card_").removeprefix("tok_"))
