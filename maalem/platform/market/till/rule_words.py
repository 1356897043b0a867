"""Rules in the words of somebody who has to decide about them."""

from django.utils.translation import gettext_lazy as _

from .words import Word

ACTIONS: dict[str, Word] = {
    "block": _("Refuse the payment"),
    "challenge": _("Ask the payer's bank for proof (3-D Secure)"),
    "review": _("Let it through, and put it aside to be looked at"),
    "allow": _("Let it through, whatever other rules say"),
}
DOES: dict[str, Word] = {
    "block": _("Refuses"),
    "challenge": _("Asks for proof"),
    "review": _("Puts aside"),
    "allow": _("Lets through"),
}
# Which of the list's colours says it, and which picture.
TONES = {"block": "disputed", "challenge": "held", "review": "held", "allow": "paid"}
ICONS = {"block": "cross", "challenge": "key", "review": "shield", "allow": "done"}
NUMBERS: dict[str, Word] = {
    "amount": _("Amount"),
    "risk_score": _("Risk, from 0 to 99"),
}
TEXTS: dict[str, Word] = {
    "email": _("Payer's e-mail address"),
    "email_domain": _("What stands after the @"),
    "phone": _("Payer's telephone"),
    "customer": _("Customer (cus_…)"),
    "card": _("Card (its fingerprint)"),
    "card_country": _("Card's country"),
    "card_brand": _("Card's brand"),
    "card_funding": _("Kind of card"),
    "cvc_check": _("Check of the card's code"),
    "rail": _("Way of paying"),
    "currency": _("Currency"),
    "risk_level": _("Level of risk"),
}
FACTS = {**NUMBERS, **TEXTS}
OF_NUMBERS: dict[str, Word] = {
    "at_least": _("at least"),
    "more_than": _("more than"),
    "at_most": _("at most"),
    "less_than": _("less than"),
    "equals": _("exactly"),
}
OF_TEXTS: dict[str, Word] = {
    "is": _("is"),
    "is_not": _("is not"),
    "one_of": _("is one of"),
    "none_of": _("is none of"),
}
OF_LISTS: dict[str, Word] = {
    "in_list": _("is on the list"),
    "not_in_list": _("is not on the list"),
}
COMPARATORS = {**OF_TEXTS, **OF_LISTS, **OF_NUMBERS}
REACHED = {name: OF_NUMBERS[name] for name in ("more_than", "at_least")}
COUNTS: dict[str, Word] = {
    "attempts": _("Tries"),
    "declines": _("Tries that a bank refused"),
    "amount": _("Money tried"),
}
PERS: dict[str, Word] = {
    "card": _("of one card"),
    "email": _("of one e-mail address"),
    "phone": _("of one telephone"),
    "customer": _("of one customer"),
    "account": _("of the whole account"),
}
# What these facts can be; anything else would never be met.
KNOWN: dict[str, tuple[str, ...]] = {
    "card_brand": (
        *("visa", "mastercard", "amex", "unionpay", "discover", "diners", "jcb"),
        "unknown",
    ),
    "card_funding": ("credit", "debit", "prepaid", "unknown"),
    "cvc_check": ("pass", "fail", "unchecked", "unavailable"),
    "rail": ("card", "wallet"),
    "risk_level": ("normal", "elevated", "highest"),
}
SHAPES: dict[str, str] = {
    "card_country": r"[A-Z]{2}",
    "currency": r"[a-z]{3}",
    "customer": r"cus_[0-9a-z_]+",
    "email": r"[^@\s]+@[^@\s]+",
    "email_domain": r"[^@\s]+\.[^@\s]+",
    "phone": r"\+[0-9]{6,15}",
}
# What a list holds, and of which facts a rule can look into it.
KINDS: dict[str, Word] = {
    "email": _("E-mail addresses"),
    "card_fingerprint": _("Cards (their fingerprints)"),
    "country": _("Countries (MA, FR…)"),
    "customer_id": _("Customers (cus_…)"),
    "string": _("Other words: telephones, what stands after the @"),
}
KIND: Word = _("Other words, capital letters told apart")
KINDS_OF: dict[str, frozenset[str]] = {
    "card": frozenset({"card_fingerprint"}),
    "card_country": frozenset({"country"}),
    "customer": frozenset({"customer_id"}),
    "email": frozenset({"email"}),
}
WORDS = frozenset({"string", "case_sensitive_string"})
REFUSED: Word = _("The payment service refused this. Check what was typed.")
SILENT: Word = _("No answer yet. Look whether it is there before you try again.")
