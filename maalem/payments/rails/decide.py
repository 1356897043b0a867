"""How the simulated issuers and the simulated switch make up their minds: pure rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from maalem.payments.rails.declines import declined
from maalem.payments.rails.magic import BY_NUMBER, TestCard, ThreeDS
from maalem.payments.rails.ports import (
    Authorised,
    CardPayment,
    ChallengeKind,
    Check,
    Declined,
    Done,
    Followup,
    Verification,
    WalletPayment,
)

# The telephone numbers whose wallets misbehave on purpose; every other one is a good wallet.
PHONE_NO_WALLET = "+212600000004"
PHONE_NO_FUNDS = "+212600000051"
PHONE_SMALL_CAP = "+212600000061"
PHONE_REFUSES = "+212600000005"
# An issuer lets a hold be raised up to so many times what it first promised.
RISE_MAX = 3


@dataclass(frozen=True, slots=True)
class Ask:
    """The issuer wants a challenge of `kind` first; `then` is its answer once it is passed."""

    kind: ChallengeKind
    then: Authorised | Declined


def card_answer(
    card: TestCard | None,
    *,
    payment: CardPayment,
    expired: bool,
    code: str,
) -> Authorised | Declined | Ask:
    """The issuer's answer to an authorisation; `code` becomes the authorisation's number."""
    reference = payment.reference
    if card is None:
        return declined(reference, "test_mode_live_card")
    if expired:
        return declined(reference, "expired_card")
    asks = _wants_challenge(card, payment=payment)
    if asks and card.lookup_error:
        return declined(reference, "processing_error", cvc_check=payment.cvc_check)
    if asks and payment.off_session:
        return declined(reference, "authentication_required", cvc_check=payment.cvc_check)
    answer = _final(card, payment=payment, code=code, authenticated=asks)
    if asks:
        return Ask(kind=card.kind, then=answer)
    return answer


def _wants_challenge(card: TestCard, *, payment: CardPayment) -> bool:
    match card.three_ds:
        case ThreeDS.NONE:
            return False
        case ThreeDS.ALWAYS:
            return True
        case ThreeDS.SET_UP:
            return not (payment.off_session and payment.agreement)
        case ThreeDS.REQUIRED:
            return not payment.off_session
        case ThreeDS.SUPPORTED:
            # 4242… supports 3-D Secure but is not enrolled, as most plain test cards.
            enrolled = card.label.startswith("Challenge")
            return payment.force_challenge and enrolled and not payment.off_session


def _final(
    card: TestCard, *, payment: CardPayment, code: str, authenticated: bool
) -> Authorised | Declined:
    if card.decline is not None and not _spared(card, payment=payment):
        return declined(
            payment.reference,
            card.decline,
            authenticated=authenticated,
            cvc_check=payment.cvc_check,
            risk_level=card.risk_level,
        )
    return Authorised(
        reference=payment.reference,
        network_reference=f"nt_{payment.reference}",
        authorisation_code=code,
        available_at_once=card.available_at_once,
        authenticated=authenticated,
        cvc_check=payment.cvc_check,
        risk_level=card.risk_level,
    )


def _spared(card: TestCard, *, payment: CardPayment) -> bool:
    """The card with the wrong security code is only declined when a code was given; some cards are
    declined only once money is wanted."""
    if card.attaches and payment.amount == 0:
        return True
    return card.decline == "incorrect_cvc" and payment.cvc_check is Check.UNCHECKED


def card_verification(card: TestCard | None, *, cvc: str | None) -> Verification:
    """What a zero-amount check says at tokenisation; the code is looked at and forgotten."""
    if card is None:
        return Verification(Check.UNCHECKED, declined("", "test_mode_live_card"))
    if cvc is None:
        return Verification(Check.UNCHECKED)
    return Verification(Check.FAIL if card.cvc_fails else Check.PASS)


def followup_answer(
    verb: str, *, followup: Followup, room: Mapping[str, Any] | None
) -> Done | Declined:
    """The issuer's answer to what follows a payment.

    `room` is what is known of it: `promised` at first, `amount` with its rises, `used` by earlier
    follow-ups of the same kind.
    """
    if room is None or room["answer"] != "Authorised":
        return declined(followup.reference, "over_original")
    if verb == "increment":
        if room["amount"] + followup.amount > RISE_MAX * room["promised"]:
            return declined(followup.reference, "insufficient_funds")
    elif verb != "release" and room["used"] + followup.amount > room["amount"]:
        return declined(followup.reference, "over_original")
    return Done(followup.reference, f"nt_{followup.reference}")


def documented_card(number: str) -> TestCard | None:
    """The documented card of this number, or None for anything that could be somebody's own."""
    return BY_NUMBER.get(number)


def is_expired(*, month: int, year: int, now: datetime) -> bool:
    """A card is good until the last day of its month."""
    return (year, month) < (now.year, now.month)


def wallet_request(payment: WalletPayment, *, code: str) -> Declined | Ask:
    """The switch asks the holder, if the telephone has a wallet; her approval decides the rest."""
    if payment.phone == PHONE_NO_WALLET:
        return declined(payment.reference, "wallet_not_found")
    return Ask(ChallengeKind.WALLET, then=_wallet_yes(payment.reference, code=code))


def wallet_answer(
    *, reference: str, phone: str, amount: int, balance: int, cap: int, code: str
) -> Authorised | Declined:
    """The switch's answer once the holder has approved: her balance, her level's cap."""
    if phone == PHONE_REFUSES:
        return declined(reference, "wallet_refused")
    if amount > cap:
        return declined(reference, "wallet_cap")
    if amount > balance:
        return declined(reference, "wallet_funds")
    return _wallet_yes(reference, code=code)


def _wallet_yes(reference: str, *, code: str) -> Authorised:
    return Authorised(
        reference=reference,
        network_reference=f"sw_{reference}",
        authorisation_code=code,
        available_at_once=True,
        authenticated=True,
    )
