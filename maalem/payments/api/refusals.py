"""What the database refused, said to the caller."""

from maalem.payments.errors import ApiError, Busy, Refused
from maalem.payments.units import UnitRefused

_SENTENCES = {
    "exceeds_credits": (
        "balance_insufficient",
        "Insufficient funds in the account's balance for this. Wait for pending money to become"
        " available, or reverse a transfer first.",
    ),
    "refunded_within_captured": (
        "charge_already_refunded",
        "Refund amount is greater than what is left of the charge.",
    ),
    "transferred_within_captured": (
        "amount_too_large",
        "The transfers of a charge may not be more than the charge.",
    ),
    "reversed_within_amount": (
        "amount_too_large",
        "The reversals of a transfer may not be more than the transfer.",
    ),
    "payment_refunded_within_amount": (
        "charge_already_refunded",
        "Refund amount is greater than what is left of the payment.",
    ),
    "fee_refunded_within_amount": (
        "charge_already_refunded",
        "Refund amount is greater than what is left of the application fee.",
    ),
    "captured_within_amount": (
        "amount_too_large",
        "You cannot capture more than was authorised.",
    ),
    "captured_or_released_once": (
        "payment_intent_unexpected_state",
        "This PaymentIntent is being captured or canceled already.",
    ),
    "one_followup_at_a_time": (
        "payment_intent_unexpected_state",
        "This PaymentIntent is being captured, raised or canceled at this moment.",
    ),
    "one_setup_attempt_at_a_time": (
        "setup_intent_unexpected_state",
        "Another attempt to set this SetupIntent up is under way.",
    ),
    "one_attempt_at_a_time": (
        "payment_intent_unexpected_state",
        "Another attempt to pay this PaymentIntent is under way.",
    ),
    "disputed_within_captured": (
        "charge_disputed",
        "This charge has been charged back, or is being charged back.",
    ),
    "debts_first": (
        "balance_insufficient",
        "The account owes more than it did a moment ago. Try again.",
    ),
    "destination_unusable": (
        "bank_account_unusable",
        "The bank account provided cannot be used for payouts. A different bank account must be"
        " used.",
    ),
    "destination_waits": (
        "payouts_not_allowed",
        "The bank account was changed lately: it has to wait for its first payout.",
    ),
    "bank_account_exists": (
        "bank_account_exists",
        "A bank account with that routing number and account number already exists.",
    ),
    "approved_once": (
        "payout_already_approved",
        "This officer has approved this payout: another one has to.",
    ),
    "officer_stands": (
        "officer_key_required",
        "This officer's key was ended meanwhile.",
    ),
    "one_reserve_by_rule": (
        "reserve_exists",
        "By this rule money of the account's is kept back already.",
    ),
    "one_default_per_currency": (
        "lock_timeout",
        "The account's bank accounts were changed meanwhile. Try again.",
    ),
    "payout_schedules_pkey": (
        "lock_timeout",
        "The account's schedule was changed meanwhile. Try again.",
    ),
    "value_list_alias": ("resource_already_exists", "A list with this alias is there already."),
    "value_list_item_once": (
        "resource_already_exists",
        "This value is on the list already.",
    ),
    "an_ended_rule_stays": (
        "rule_ended",
        "This rule has ended. Make another one.",
    ),
    "one_statement_for_a_period": (
        "lock_timeout",
        "The statement of this period is being made. Ask for it again in a moment.",
    ),
    "status_may_not_move": (
        "payment_intent_unexpected_state",
        "The object's status does not allow this.",
    ),
}


def refusal_of(refused: UnitRefused) -> ApiError:
    """A refusal of the database as one of the wire. What isn't listed is a bug, and raised."""
    sentence = _SENTENCES.get(refused.word)
    if sentence is None:
        if refused.word == "changed_meanwhile":
            return Busy("The object was changed meanwhile. Try again.", code="lock_timeout")
        raise refused
    code, message = sentence
    return Refused(message, code=code)
