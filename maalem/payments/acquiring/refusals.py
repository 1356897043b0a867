"""What a payer is told when her bank or wallet says no: the wire's codes, with sentences."""

from maalem.payments.accounts import wire as accounts_wire
from maalem.payments.accounts.records import PaymentMethod
from maalem.payments.errors import CardError
from maalem.payments.rails.ports import Declined

_BY_CODE = {
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "incorrect_number": "Your card number is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
    "authentication_required": "Your bank asks that you confirm this payment yourself.",
    "payment_intent_authentication_failure": "We could not confirm that it is you. Choose another"
    " payment method and try again.",
    "payment_method_customer_decline": "The payment was refused on the telephone.",
}
_BY_DECLINE = {
    "insufficient_funds": "Your card has insufficient funds.",
    "lost_card": "Your card was declined.",
    "stolen_card": "Your card was declined.",
    "card_velocity_exceeded": "Your card has been used too often in a short time.",
    "withdrawal_count_limit_exceeded": "The amount is over the limit of this card or wallet.",
    "invalid_account": "There is no wallet for this telephone number.",
    "issuer_not_available": "The bank could not be reached. Nothing was charged; try again.",
    "test_mode_live_card": "Real cards are not accepted here: use a test card.",
}


def message_of(code: str, decline_code: str | None) -> str:
    """One sentence for the payer."""
    if decline_code in _BY_DECLINE:
        return _BY_DECLINE[decline_code]
    return _BY_CODE.get(code, "Your card was declined.")


def card_error(
    answer: Declined, *, charge: str | None = None, method: PaymentMethod | None = None
) -> CardError:
    """The 402 for a refusal by the rail."""
    fields = {
        "code": answer.code,
        "decline_code": answer.decline_code,
        "advice_code": answer.advice,
        "charge": charge,
        "payment_method": accounts_wire.payment_method(method) if method else None,
    }
    return CardError(message_of(answer.code, answer.decline_code), **fields)
