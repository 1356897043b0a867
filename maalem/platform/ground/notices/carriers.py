"""The ports through which words leave: short messages, and Django's own e-mail back end.

`settings.SMS_SENDER` names the class that carries short messages.
"""

import fcntl
import json
import sys
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.module_loading import import_string

TIMEOUT_S = 10


class CarrierTrouble(Exception):
    """The carrier did not take it; `final` when it never will (no such number)."""

    def __init__(self, message: str, *, final: bool = False) -> None:
        super().__init__(message)
        self.final = final


class SmsSender(Protocol):
    """Carries one short text to an E.164 number, or raises CarrierTrouble.

    `reference` names the message, so that a carrier that knows it may drop a double.
    """

    def send(self, *, phone: str, text: str, reference: str) -> None: ...


class ConsoleSms:
    """Prints each text: what a developer's machine and the demo use."""

    def send(self, *, phone: str, text: str, reference: str) -> None:
        sys.stdout.write(f"\n  SMS to {phone}: {text}\n\n")
        sys.stdout.flush()


class FileSms:
    """Appends each text as a line of JSON to `MAALEM_HOME/sms.jsonl`, for tests to read."""

    def send(self, *, phone: str, text: str, reference: str) -> None:
        line = json.dumps(
            {
                "at": datetime.now(UTC).isoformat(),
                "phone": phone,
                "text": text,
                "reference": reference,
            },
            ensure_ascii=False,
        )
        path = Path(settings.HOME) / "sms.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as out:
            fcntl.flock(out, fcntl.LOCK_EX)
            out.write(line + "\n")


class HttpSms:
    """Posts JSON `{from, to, text, reference}` to `MAALEM_SMS_URL` with a bearer token.

    2xx is taken; 400, 404 and 422 are final; everything else is tried again.
    """

    def send(self, *, phone: str, text: str, reference: str) -> None:
        words = {
            "from": settings.SMS_FROM,
            "to": phone,
            "text": text,
            "reference": reference,
        }
        asked = urllib.request.Request(
            settings.SMS_URL,
            data=json.dumps(words).encode(),
            headers={
                "Content-Type": "application/json",
                "Authorization": f"Bearer {settings.SMS_TOKEN}",
                "Idempotency-Key": reference,
            },
            method="POST",
        )
        try:
            with urllib.request.urlopen(asked, timeout=TIMEOUT_S):
                return
        except urllib.error.HTTPError as said:
            final = said.code in {400, 404, 422}
            raise CarrierTrouble(f"the gateway answered {said.code}", final=final) from said
        except OSError as silence:
            raise CarrierTrouble(f"no answer from the gateway: {silence}") from silence


def send_sms(*, phone: str, text: str, reference: str) -> None:
    """Hand a text to the carrier of the settings. Raises CarrierTrouble."""
    carrier: Any = import_string(settings.SMS_SENDER)
    carrier().send(phone=phone, text=text, reference=reference)


def send_email(*, email: str, subject: str, body: str, reference: str) -> None:
    """Hand a letter to Django's e-mail back end. Raises CarrierTrouble."""
    letter = EmailMessage(
        subject=subject,
        body=body,
        to=[email],
        headers={"X-Maalem-Message": reference, "Auto-Submitted": "auto-generated"},
    )
    try:
        letter.send()
    except OSError as trouble:
        # smtplib's errors are OSErrors too.
        raise CarrierTrouble(f"the mail server did not take it: {trouble}") from trouble
