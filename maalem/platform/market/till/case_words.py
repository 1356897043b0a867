"""What the network says of a dispute, as sentences for whoever has to answer it."""

from django.utils.translation import gettext_lazy as _

from .words import Word

STATES: dict[str, Word] = {
    "needs_response": _("To answer"),
    "under_review": _("The bank is looking at it"),
    "won": _("Won"),
    "lost": _("Lost"),
    "warning_needs_response": _("The bank asks a question"),
    "warning_under_review": _("The bank reads your answer"),
    "warning_closed": _("Closed, nothing was taken"),
    "prevented": _("Settled before it began"),
}
# Which of the list's colours says it.
TONES: dict[str, str] = {
    "needs_response": "disputed",
    "under_review": "held",
    "won": "paid",
    "lost": "disputed",
    "warning_needs_response": "held",
    "warning_under_review": "held",
    "warning_closed": "paid",
    "prevented": "paid",
}
# What the payer told her bank.
REASONS: dict[str, Word] = {
    "product_not_received": _("“It never arrived.”"),
    "product_unacceptable": _("“It is not what I bought, or it came broken.”"),
    "fraudulent": _("“It was not me who paid.”"),
    "unrecognized": _("“I don't know this payment.”"),
    "duplicate": _("“I paid twice.”"),
    "credit_not_processed": _("“I gave it back and never got my money.”"),
    "subscription_canceled": _("“I had called it off.”"),
}
REASON: Word = _("The buyer's bank gave no reason.")
HELPS: dict[str, Word] = {
    "product_not_received": _(
        "What helps: the carrier's slip, the parcel's number, a signature, a message in which the"
        " buyer says that it came."
    ),
    "product_unacceptable": _(
        "What helps: photos from before it left, the description on its page, what you offered the"
        " buyer."
    ),
    "fraudulent": _(
        "What helps: that it was sent to the buyer's own address, messages with the buyer, earlier"
        " purchases."
    ),
    "unrecognized": _(
        "What helps: what was bought, when and where it was sent. Often the buyer remembers then."
    ),
    "duplicate": _("What helps: papers which show that these are two purchases."),
    "credit_not_processed": _(
        "What helps: that nothing came back to you, or that the money was given back already."
    ),
}
HELP: Word = _("What helps: what was bought, where it was sent, and your messages with the buyer.")
NEXT: dict[str, Word] = {
    "needs_response": _(
        "The bank has taken the money back for now. Answer in time, and it looks at both sides. "
        "Without an answer the buyer keeps it."
    ),
    "under_review": _(
        "Your answer is with the buyer's bank. It decides within about two months; you need not do"
        " anything."
    ),
    "won": _("The bank believed you. The money is back in the account."),
    "lost": _("The buyer keeps the money. Nothing more can be done about it here."),
    "warning_needs_response": _(
        "The bank only asks so far: no money has gone. A good answer now often ends it."
    ),
    "warning_under_review": _("Your answer is with the buyer's bank. No money has gone."),
    "warning_closed": _("The bank asks no more. No money has gone."),
    "prevented": _("It was settled with the buyer before it became a dispute."),
}
# Why an answer was not taken.
REFUSALS: dict[str, Word] = {
    "file_type_unsupported": _("Only photos (JPEG, PNG) and PDF can be sent."),
    "file_size_invalid": _("A file can be up to 5 MB."),
    "dispute_closed": _("It is too late: the bank takes no more answers to this one."),
    "resource_missing": _("The payment service does not know this dispute."),
}
REFUSED: Word = _("The payment service refused this. Look at it again, or write to us.")
SILENT: Word = _("No answer yet. What you wrote is still below: try again in a moment.")
