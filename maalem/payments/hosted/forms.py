"""What a payer typed, read with patience; and the seal on each form that we hand out."""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from maalem.payments.vault.digits import fold_digits
from maalem.payments.vault.records import CardProblem, TypedCard

FORM_LIFETIME_S = 2 * 3600
_EXP = re.compile(r"^\s*(\d{1,2})\s*[/\-. ]?\s*(\d{4}|\d{2})\s*$")
_MARKS = re.compile("[\u200b\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")

# The vault's and the page's names of one trouble.
CARD_ERRORS = {
    CardProblem.NUMBER: ("number", "error.number"),
    CardProblem.INCORRECT_NUMBER: ("number", "error.number_wrong"),
    CardProblem.MONTH: ("exp", "error.exp"),
    CardProblem.YEAR: ("exp", "error.exp_past"),
    CardProblem.CVC: ("cvc", "error.cvc"),
}

DECLINES = {
    "insufficient_funds": "decline.insufficient_funds",
    "lost_card": "decline.lost_card",
    "stolen_card": "decline.lost_card",
    "expired_card": "decline.expired_card",
    "incorrect_cvc": "decline.incorrect_cvc",
    "processing_error": "decline.processing_error",
    "issuer_not_available": "decline.processing_error",
    "card_velocity_exceeded": "decline.card_velocity_exceeded",
    "test_mode_live_card": "decline.test_mode_live_card",
    "payment_intent_authentication_failure": "decline.authentication",
    "authentication_required": "decline.authentication",
    "do_not_honor": "decline.wallet_refused",
    "invalid_account": "decline.wallet_unknown",
    "withdrawal_count_limit_exceeded": "decline.wallet_limit",
}


@dataclass(frozen=True)
class CardForm:
    """A card form as typed; never printed whole."""

    card: TypedCard
    holder: str
    exp: str
    errors: dict[str, str] = field(default_factory=dict)


def read_card(form: Mapping[str, str]) -> CardForm:
    """The typed card, and the troubles that can be seen before the vault looks at it."""
    errors: dict[str, str] = {}
    number, cvc = form.get("number", ""), form.get("cvc", "")
    holder = " ".join(form.get("holder", "").split())[:120]
    exp = _MARKS.sub("", form.get("exp", "")).strip()[:20]
    found = _EXP.match(_western(exp))
    if not fold_digits(number):
        errors["number"] = "error.number"
    if found is None:
        errors["exp"] = "error.exp"
    if not fold_digits(cvc):
        errors["cvc"] = "error.cvc"
    # A card number in the name field would be kept in clear: it is no name.
    if not holder or sum(letter.isdigit() for letter in holder) > 4:
        errors["holder"] = "error.holder"
    month, year = found.groups() if found else ("", "")
    return CardForm(TypedCard(number, month, year, cvc), holder=holder, exp=exp, errors=errors)


def _western(text: str) -> str:
    return "".join(fold_digits(letter) if letter.isdigit() else letter for letter in text)


def echo(typed: CardForm) -> dict[str, str]:
    """What may be shown again: never the number, never the code."""
    holder = "" if "holder" in typed.errors else typed.holder
    return {"exp": "" if "exp" in typed.errors else typed.exp, "holder": holder}


def decline_text(error: Mapping[str, object] | None) -> str | None:
    """The key of the sentence for a `last_payment_error`, or None when there is none."""
    if not error:
        return None
    for name in ("decline_code", "code"):
        key = DECLINES.get(str(error.get(name)))
        if key:
            return key
    return "decline.generic"


class Seals:
    """Seals forms: good for one page, for two hours, and (by the page's own book) once."""

    def __init__(self, key: bytes) -> None:
        self._key = hmac.new(key, b"forms of the payer's pages", hashlib.sha256).digest()

    def seal(self, page: str, *, at: float) -> str:
        """A fresh token for a form of `page` made at epoch second `at`."""
        head = f"{int(at)}.{secrets.token_urlsafe(9)}"
        return f"{head}.{self._mac(page, head)}"

    def unbroken(self, token: str, *, page: str, at: float) -> bool:
        """True if we sealed `token` for `page` within the last two hours."""
        head, _, mac = token.rpartition(".")
        if not (token.isascii() and hmac.compare_digest(mac, self._mac(page, head))):
            return False
        return 0 <= at - int(head.partition(".")[0]) <= FORM_LIFETIME_S

    def _mac(self, page: str, head: str) -> str:
        digest = hmac.new(self._key, f"{page}|{head}".encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest[:15]).decode()
