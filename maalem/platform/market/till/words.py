"""Codes of the institution and of banks, as sentences for whoever reads little."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .states import Shown

Word = str | Promise

STATES: dict[str, Word] = {
    Shown.PAID: _("Paid"),
    Shown.RECEIVED: _("Received"),
    Shown.HELD: _("Held by the bank"),
    Shown.PENDING: _("On its way"),
    Shown.FAILED: _("Refused"),
    Shown.PART_BACK: _("Partly given back"),
    Shown.BACK: _("Given back"),
    Shown.DISPUTED: _("Disputed"),
}

CHOICES: dict[str, Word] = {
    "paid": _("Paid"),
    "back": _("Given back, all or part"),
    "failed": _("Refused"),
    "disputed": _("Disputed"),
    "held": _("Not finished yet"),
}

ICONS: dict[str, str] = {
    Shown.PAID: "done",
    Shown.RECEIVED: "done",
    Shown.HELD: "clock",
    Shown.PENDING: "clock",
    Shown.FAILED: "cross",
    Shown.PART_BACK: "back",
    Shown.BACK: "back",
    Shown.DISPUTED: "flag",
}

STEPS: dict[str, Word] = {
    "begun": _("The payment was begun"),
    "tried": _("A try was refused"),
    "challenged": _("The bank asked the payer to prove who it is"),
    "authorised": _("The bank agreed and keeps the money ready"),
    "taken": _("Paid"),
    "received": _("Your part came into your account"),
    "passed_on": _("Passed on to the workshop"),
    "dispatched": _("The parcel was handed to the carrier"),
    "delivered": _("The parcel has arrived"),
    "refunded": _("Given back to the payer"),
    "taken_back": _("Taken back by the platform"),
    "refunding": _("On its way back to the payer"),
    "refund_failed": _("The money could not be given back"),
    "refund_came_back": _("The money came back without reaching the payer"),
    "disputed": _("The payer's bank wants the money back"),
    "asked_about": _("The payer's bank asks about it"),
    "answered": _("The bank was answered"),
    "conceded": _("The buyer was let keep it"),
    "dispute_won": _("The dispute is won: the money is back"),
    "dispute_lost": _("The dispute is lost"),
    "dispute_closed": _("The bank asks no more"),
    "cancelled": _("The payment was called off"),
    "available": _("Free to be paid out to the bank"),
    "paid_out": _("Went to the bank"),
}

STEP_ICONS: dict[str, str] = {
    "begun": "hand",
    "tried": "cross",
    "challenged": "shield",
    "authorised": "clock",
    "taken": "done",
    "received": "coins",
    "passed_on": "coins",
    "dispatched": "road",
    "delivered": "parcel",
    "refunded": "back",
    "taken_back": "back",
    "refunding": "clock",
    "refund_failed": "cross",
    "refund_came_back": "cross",
    "disputed": "flag",
    "asked_about": "flag",
    "answered": "pen",
    "conceded": "back",
    "dispute_won": "done",
    "dispute_lost": "cross",
    "dispute_closed": "done",
    "cancelled": "cross",
    "available": "bank",
    "paid_out": "road",
}

# Why a payer's bank said no. She decides what she says of it: the words stay general.
DECLINES: dict[str, Word] = {
    "insufficient_funds": _("There was not enough money on the card."),
    "expired_card": _("The card has expired."),
    "incorrect_cvc": _("The three digits on the back were wrong."),
    "incorrect_number": _("The card's number was wrong."),
    "lost_card": _("The card is blocked."),
    "stolen_card": _("The card is blocked."),
    "authentication_required": _("The payer did not prove who it is."),
    "authentication_failed": _("The payer did not prove who it is."),
    "do_not_honor": _("The bank said no and gave no reason."),
    "generic_decline": _("The bank said no and gave no reason."),
    "processing_error": _("The bank could not answer. Another try may work."),
    "issuer_not_available": _("The bank could not answer. Another try may work."),
}
DECLINED: Word = _("The bank said no.")

# Why the institution will not give money back.
REFUSALS: dict[str, Word] = {
    "charge_already_refunded": _("All of this payment was given back already."),
    "amount_too_large": _("That is more than is left of this payment. Choose a smaller amount."),
    "charge_disputed": _(
        "The payer's bank has already asked for this money. Answer the dispute instead."
    ),
    "charge_not_refundable": _("This payment never came in, so nothing can be given back."),
    "balance_insufficient": _(
        "There is not enough money in the account just now. Try again when more has come in."
    ),
    "resource_missing": _("The payment service does not know this payment."),
    "idempotency_error": _("This was asked before in other words. Start again from the payment."),
}
REFUSED: Word = _("The payment service refused. Nothing was given back.")

REASONS: dict[str, Word] = {
    "requested_by_customer": _("The buyer asked for it"),
    "duplicate": _("Paid twice by mistake"),
    "fraudulent": _("The card was not the payer's own"),
}

PAYOUTS: dict[str, Word] = {
    "pending": _("Being prepared"),
    "in_transit": _("On its way to the bank"),
    "paid": _("Arrived at the bank"),
    "failed": _("The bank did not take it"),
    "canceled": _("Called off"),
}
PAYOUT_ICONS: dict[str, str] = {
    "pending": "clock",
    "in_transit": "road",
    "paid": "done",
    "failed": "cross",
    "canceled": "back",
}

# Why a bank did not take a payout, and what to do about it.
FAILURES: dict[str, Word] = {
    "account_closed": _("The bank account is closed. Give us the number of another one."),
    "account_frozen": _("The bank account is blocked. Speak to your bank, or give us another one."),
    "bank_account_restricted": _(
        "The bank account takes no transfers of this kind. Give us another one."
    ),
    "bank_ownership_changed": _("The bank account belongs to somebody else now. Give us yours."),
    "could_not_process": _("The bank could not do it this time. We try again."),
    "declined": _("The bank said no. Speak to your bank, or give us another account."),
    "incorrect_account_holder_address": _(
        "The address at the bank is another one. Ask your bank which it has."
    ),
    "incorrect_account_holder_name": _(
        "The name at the bank is another one. Write it as it stands on your bank's papers."
    ),
    "insufficient_funds": _("This was our fault, not yours. We try again."),
    "invalid_account_number": _("The bank does not know this number. Check the 24 digits."),
    "invalid_currency": _("The bank account does not take dirhams. Give us another one."),
    "no_account": _("The bank has no such account. Check the 24 digits."),
}
FAILED: Word = _("The bank did not say why. The money is back in your account.")

# Why money is kept back, by the published rule.
KEPT: dict[str, Word] = {
    "disputes_above_one_percent": _(
        "Kept because more than one buyer in a hundred asked the bank for the money back."
    ),
    "long_delivery": _("Kept because parcels arrive more than 30 days after they are paid."),
    "closing": _("Kept because the account is being closed and money may still have to go back."),
}
KEPT_ANYHOW: Word = _("Kept by a rule that is published.")

FEES: dict[str, Word] = {
    "stripe_fee": _("Handling"),
    "application_fee": _("The platform's commission"),
    "payment_method_passthrough_fee": _("The card network's part"),
    "tax": _("VAT on the fees"),
}

# The lines of a balance and of a payout.
MOVEMENTS: dict[str, Word] = {
    "charge": _("Payment"),
    "payment": _("Payment"),
    "refund": _("Given back"),
    "payment_refund": _("Taken back by the platform"),
    "refund_failure": _("A refund that did not arrive"),
    "adjustment": _("Dispute or correction"),
    "application_fee": _("Commission"),
    "application_fee_refund": _("Commission given back"),
    "transfer": _("Passed on to a workshop"),
    "transfer_refund": _("Taken back from a workshop"),
    "payout": _("Payout to the bank"),
    "payout_cancel": _("A payout that was called off"),
    "payout_failure": _("A payout that came back"),
    "reserve_hold": _("Kept back"),
    "reserve_release": _("No longer kept back"),
    "stripe_fee": _("Fees"),
}
MOVED: Word = _("Movement")

# Why a bank account was not taken.
BANK_REFUSALS: dict[str, Word] = {
    "account_number_invalid": _("The bank does not know this number. Check the 24 digits."),
    "invalid_account_number_length": _("A RIB has 24 digits. Count them once more."),
    "country_unsupported": _("Only bank accounts in Morocco can be paid."),
    "bank_account_exists": _("Your money goes to this account already."),
    "bank_account_unusable": _("A payout to this account came back. Give us another one."),
}
REFUSED_ANYHOW: Word = _("The payment service did not take this account. Give us another one.")

# Why a payout that was asked for was not made, or not taken back.
NOT_PAID_OUT: dict[str, Word] = {
    "balance_insufficient": _("That is more than is free."),
    "payouts_not_allowed": _("Nothing can be sent just now. A new bank account waits two days."),
    "bank_account_unusable": _("A payout to this account came back. Give us another one."),
    "payout_unexpected_state": _("It has left for the bank already."),
}
NOT_PAID_OUT_ANYHOW: Word = _("The payment service did not do it. Look at the balance again.")

# Why an officer's yes to a payout was not taken.
NOT_AGREED: dict[str, Word] = {
    "officer_key_required": _("This is no officer's key. Take the one that was made for you."),
    "api_key_invalid": _("This key is not known, or it was ended. Ask for another one."),
    "api_key_expired": _("This key is not known, or it was ended. Ask for another one."),
    "payout_already_approved": _("You have agreed to this payout: another officer has to."),
}
NOT_AGREED_ANYHOW: Word = _("This can't be done any more: look at the payout.")

INTERVALS: dict[str, Word] = {
    "manual": _("Payouts are made when somebody asks for them."),
    "daily": _("What is free goes to the bank every working day."),
    "weekly": _("What is free goes to the bank once a week."),
    "monthly": _("What is free goes to the bank once a month."),
}
