"""Decline codes: the wire's code, ISO 8583's answer and what the network advises.

Sources: Stripe's list of decline codes; ISO 8583 response codes (facts: 00 yes, 05 do not honour,
41 lost, 43 stolen, 51 funds, 54 expired, 61 amount limit, 65 count limit, 96 malfunction).
"""

from typing import NamedTuple

from maalem.payments.rails.ports import Check, Declined

LATER, CONFIRM, NEVER = "try_again_later", "confirm_card_data", "do_not_try_again"


class Reason(NamedTuple):
    code: str
    network_code: str
    advice: str | None
    decline_code: str | None = None


# A code that Stripe spells as the error's own `code` repeats as decline_code where Stripe does.
REASONS = {
    "generic_decline": Reason("card_declined", "05", LATER, "generic_decline"),
    "insufficient_funds": Reason("card_declined", "51", LATER, "insufficient_funds"),
    "lost_card": Reason("card_declined", "41", NEVER, "lost_card"),
    "stolen_card": Reason("card_declined", "43", NEVER, "stolen_card"),
    "fraudulent": Reason("card_declined", "59", NEVER, "fraudulent"),
    "card_velocity_exceeded": Reason("card_declined", "65", LATER, "card_velocity_exceeded"),
    "test_mode_live_card": Reason("card_declined", "57", CONFIRM, "test_mode_live_card"),
    "authentication_required": Reason(
        "authentication_required", "1A", None, "authentication_required"
    ),
    "expired_card": Reason("expired_card", "54", CONFIRM),
    "incorrect_cvc": Reason("incorrect_cvc", "N7", CONFIRM),
    "incorrect_number": Reason("incorrect_number", "14", CONFIRM),
    "processing_error": Reason("processing_error", "96", LATER),
    "issuer_not_available": Reason("card_declined", "91", LATER, "issuer_not_available"),
    "authentication_failed": Reason("payment_intent_authentication_failure", "1A", None),
    "withdrawal_count_limit_exceeded": Reason(
        "card_declined", "61", LATER, "withdrawal_count_limit_exceeded"
    ),
    "wallet_not_found": Reason("payment_method_provider_decline", "14", CONFIRM, "invalid_account"),
    "wallet_refused": Reason("payment_method_customer_decline", "05", LATER, "do_not_honor"),
    "wallet_funds": Reason("payment_method_provider_decline", "51", LATER, "insufficient_funds"),
    "wallet_cap": Reason(
        "payment_method_provider_decline", "61", LATER, "withdrawal_count_limit_exceeded"
    ),
    "late_original": Reason("processing_error", "25", LATER),
    "case_closed": Reason("processing_error", "12", NEVER),
    "over_original": Reason("processing_error", "13", NEVER),
}


def declined(
    reference: str,
    reason: str,
    *,
    authenticated: bool = False,
    cvc_check: Check = Check.UNCHECKED,
    risk_level: str = "normal",
) -> Declined:
    """The refusal for one of `REASONS`; an unlisted reason is a bug and raises KeyError."""
    found = REASONS[reason]
    return Declined(
        reference=reference,
        code=found.code,
        decline_code=found.decline_code,
        network_code=found.network_code,
        advice=found.advice,
        authenticated=authenticated,
        cvc_check=cvc_check,
        risk_level=risk_level,
    )
