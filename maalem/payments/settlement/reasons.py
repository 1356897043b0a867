"""Why a bank did not pay: its own codes (ISO 20022 external status and return reasons) as ours.

Four letters or digits come from the bank's files; the wire's `failure_code` is one of Stripe's,
with one sentence each. The platform says it in the owner's language, by the code.
"""

import re
from typing import NamedTuple


class Reason(NamedTuple):
    """`dead` says that the bank account can't be paid again: it has to be replaced."""

    code: str
    message: str
    dead: bool


MESSAGES = {
    "account_closed": "The bank account has been closed.",
    "account_frozen": "The bank account has been frozen.",
    "bank_account_restricted": "The bank account does not accept this kind of transfer.",
    "bank_ownership_changed": "The bank account's holder has changed.",
    "could_not_process": "The bank could not process this payout.",
    "declined": "The bank has declined this payout.",
    "incorrect_account_holder_address": "The address of the account's holder is not the bank's.",
    "incorrect_account_holder_name": "The name of the account's holder is not the bank's.",
    "insufficient_funds": "Our own account at the bank did not cover this payout.",
    "invalid_account_number": "The bank does not know this account number.",
    "invalid_currency": "The bank account does not take this currency.",
    "no_account": "The bank has no such account.",
}

# By the bank's code: ours, and whether the account is to blame.
_CODES = {
    "AC01": ("invalid_account_number", True),
    "AC03": ("invalid_account_number", True),
    "AC04": ("account_closed", True),
    "AC06": ("account_frozen", True),
    "AC07": ("account_closed", True),
    "AC13": ("bank_account_restricted", True),
    "AC14": ("bank_account_restricted", True),
    "AC16": ("bank_account_restricted", True),
    "AG01": ("bank_account_restricted", True),
    "AM03": ("invalid_currency", True),
    "BE01": ("incorrect_account_holder_name", True),
    "BE04": ("incorrect_account_holder_address", True),
    "BE06": ("no_account", True),
    "BE07": ("incorrect_account_holder_address", True),
    "MD07": ("bank_ownership_changed", True),
    "RC01": ("invalid_account_number", True),
    "RC04": ("invalid_account_number", True),
    # Not about the account: it may be paid again.
    "AB05": ("could_not_process", False),
    "AB06": ("could_not_process", False),
    "AB07": ("could_not_process", False),
    "AM04": ("insufficient_funds", False),
    "AM05": ("could_not_process", False),
    "DT01": ("could_not_process", False),
    "DUPL": ("could_not_process", False),
    "FF01": ("could_not_process", False),
    "TM01": ("could_not_process", False),
    # The taker's bank or the taker says no without a word about the account.
    "CUST": ("declined", True),
    "FOCR": ("declined", True),
    "LEGL": ("declined", True),
    "RR04": ("declined", True),
}
_LONG_NUMBER = re.compile(r"\d[\d ]{4,}\d")


def reason_of(bank_code: str, message: str | None = None) -> Reason:
    """What a bank's code means to us.

    An unknown code counts against the account: money that came back is not sent there again
    before somebody has looked. Its `message` (the bank's words) is shown without long numbers.
    """
    known = _CODES.get(bank_code.upper())
    if known is not None:
        return Reason(known[0], MESSAGES[known[0]], known[1])
    said = _LONG_NUMBER.sub("…", message).strip() if message else ""
    return Reason("declined", said[:140] or MESSAGES["declined"], True)
