"""What waits at the bank's side, in the words of an officer who has to do something about it."""

from django.utils.translation import gettext_lazy as _

from .words import Word

# What it is, and what to do about it; the command is typed at the machine that runs the service.
KINDS: dict[str, Word] = {
    "findings": _("Found for a person"),
    "bank_lines": _("Lines of the bank without an explanation"),
    "suspense": _("Lines put aside"),
    "deeds": _("Waiting for a second officer"),
    "payouts": _("Payouts waiting for officers"),
    "payout_batches": _("Files that the bank has not answered"),
    "dispute_notices": _("Notices of disputes that fit nothing"),
    "disputes": _("Disputes whose last day is near"),
    "payments": _("Payments without an answer for an hour"),
    "refunds": _("Refunds without an answer for an hour"),
    "parked": _("Work that failed each time and was set aside"),
}
TO_DO: dict[str, Word] = {
    "findings": _("Take it so that others see you have it, look, close it with what came of it."),
    "bank_lines": _("Call the bank, then say what the line is."),
    "suspense": _("It is money that is not ours: find out whose."),
    "deeds": _("Look for yourself before you agree."),
    "payouts": _("They are above the limit: two officers have to agree before they are sent."),
    "payout_batches": _("Nothing is sent twice. Call the bank with the name of the file."),
    "dispute_notices": _("They are tried again by themselves. Ask the network by its case number."),
    "disputes": _("Answer, or let the buyer have it."),
    "payments": _("Nothing is lost: the network is asked again. Call it if this lasts."),
    "refunds": _("Nothing is paid twice: the network is asked again. Call it if this lasts."),
    "parked": _("Nothing is lost. Mend what it names, then have it tried again."),
}
COMMANDS: dict[str, str] = {
    "findings": "maalem findings",
    "bank_lines": "maalem bank",
    "suspense": "maalem bank",
    "deeds": "maalem approve",
    "payouts": "maalem approve",
    "dispute_notices": "maalem disputes",
    "payments": "maalem story",
    "refunds": "maalem story",
    "parked": "maalem parked",
}
# What was found: the machine saw what it must not decide.
FINDINGS: dict[str, Word] = {
    "account_number_forgotten": _("A payout has no bank account number any more"),
    "bank_contradicts_itself": _("The bank refuses what it had accepted"),
    "books_differ": _("The nightly count of the books finds a difference"),
    "bank_file_refused": _("A file of the bank could not be read"),
    "line_contradicts": _("A line of the bank contradicts the books"),
    "network_silent": _("A network has settled nothing for days"),
    "not_settled": _("A payment is in no report of its network"),
    "order_unknown": _("The bank speaks of an order that is not ours"),
    "safeguarding_differs": _("Clients' money: the two sides differ"),
    "scheme_fee_differs": _("A network keeps another fee than its payments say"),
    "settled_differently": _("A network settles another amount than we know"),
    "settlement_refused": _("A network's report could not be taken over"),
    "statement_missing": _("A statement of the bank is missing"),
}
FOUND: Word = _("Something that a person has to look at")
# Why nothing was found that a line could be.
REASONS: dict[str, Word] = {
    "reference_unknown": _("It carries a reference of ours that nothing has."),
    "no_reference": _("It carries no reference of ours and is no network's money."),
    "amount_differs": _("What it refers to has another amount."),
    "booked_before": _("The payout was booked before: the bank may have paid it twice."),
    "was_rejected": _("The bank had refused this payout."),
    "not_booked_yet": _("A payout comes back whose payment the bank has not told yet."),
    "returned_before": _("The payout has come back before."),
    "not_reported_yet": _("A network's money whose report has not come yet."),
    "received_before": _("The network's money for that day has come in before."),
    "ambiguous": _("More than one day of a network has this amount."),
    "contradiction": _("The books have this payout in another state."),
}
UNLOOKED: Word = _("Not looked at yet.")
# What a line is.
MATCHES: dict[str, Word] = {
    "payout": _("A payout, paid"),
    "return": _("A payout that came back"),
    "network": _("A network's day"),
    "suspense": _("Put aside"),
    "owner": _("Given to its owner"),
    "house": _("The house's own"),
    "offset": _("Undone by another line"),
    "offset_by": _("Undoes another line"),
}
REFUSALS: dict[str, Word] = {
    "too_large": _("The file is larger than a bank's file is."),
    "not_xml": _("The file is no XML."),
    "forbidden_construct": _("The file uses a part of XML that is not accepted."),
    "not_a_bank_file": _("The file is none of the messages that are read here."),
    "element_missing": _("Something that must be there is missing."),
    "bad_value": _("A value can't be what it says it is."),
    "bad_amount": _("An amount is no whole number of centimes."),
    "bad_day": _("A day is no day of the calendar."),
    "currency_differs": _("An amount is in another currency than the account."),
    "not_our_account": _("The file is about an account that is not ours."),
    "balances_do_not_add_up": _("Opening balance and lines don't make the closing balance."),
    "details_do_not_add_up": _("The details of a line don't make its amount."),
    "entry_without_reference": _("A line has no reference of the bank."),
    "reference_used_twice": _("Two lines have the same reference of the bank."),
    "entry_contradicts": _("A line that was told before is told differently now."),
    "message_contradicts": _("A file of the same number was read before with another content."),
}
REFUSED: Word = _("The file could not be read.")
# What a file of the bank is, by how its message's name begins.
MESSAGES: dict[str, Word] = {
    "camt.053": _("Statement of the day"),
    "camt.054": _("Notice of movements"),
    "pain.002": _("Answer to our payouts"),
}
FILE: Word = _("File of the bank")
DEEDS: dict[str, Word] = {
    "close": _("Close a finding"),
    "match": _("Say what a line is"),
    "give": _("Give a line to its owner"),
    "bear": _("Take a line over for the house"),
    "offset": _("Undo a line by another"),
    "accept": _("Accept what a network kept"),
    "take": _("Take a finding"),
    "suspend": _("Put a line aside"),
}
TERMS: dict[str, Word] = {
    "bank_account": _("The account at the bank, by its last statement and what was told since"),
    "networks_owe": _("Taken by the networks, not paid in yet"),
    "owners_owe": _("Owed to us by account owners"),
    "owners_pending": _("Payment accounts: pending"),
    "owners_available": _("Payment accounts: available"),
    "owners_reserved": _("Payment accounts: reserved by a published rule"),
    "payouts_under_way": _("Payouts that the bank has not booked yet"),
    "interchange_due": _("Interchange that the networks will keep"),
    "scheme_due": _("Networks' own fees that they will keep"),
    "unexplained_lines": _("Lines of the bank that nobody has explained"),
    "in_suspense": _("Lines of the bank that were put aside"),
    "our_own": _("Our own: fees earned less what networks cost us"),
}
