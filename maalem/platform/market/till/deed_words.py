"""What people did at a till, as it is read afterwards."""

from django.utils.translation import gettext_lazy as _

from .words import Word

DEEDS: dict[str, Word] = {
    "dispute_answered": _("Answered the bank"),
    "dispute_conceded": _("Let the buyer keep the money"),
    "key_made": _("Made a key"),
    "key_rolled": _("Put another key in its place"),
    "key_revoked": _("Ended a key"),
    "endpoint_made": _("Added an address"),
    "endpoint_on": _("Switched an address on"),
    "endpoint_off": _("Switched an address off"),
    "endpoint_dropped": _("Removed an address"),
    "endpoint_rolled": _("Made another secret"),
    "told_again": _("Sent again"),
    "bank_changed": _("Changed the bank account"),
    "bank_kept": _("Stopped a change of the bank account"),
    "payout_asked": _("Sent money to the bank"),
    "payout_called_back": _("Took the payout back"),
    "payout_agreed": _("Agreed to a payout"),
    "rule_made": _("Wrote the rule"),
    "rule_changed": _("Changed the rule"),
    "rule_ended": _("Ended the rule"),
    "list_made": _("Made the list"),
    "list_added": _("Put something on the list"),
    "list_removed": _("Took something off the list"),
    "list_dropped": _("Removed the list"),
    "review_approved": _("Found the payment good"),
    "review_refused": _("Refused the payment and gave it back"),
}
