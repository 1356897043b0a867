"""The gateway's verbs. `settings.GATEWAY` says who answers them: the SDK, or a test's stand-in."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

from django.conf import settings
from django.utils.module_loading import import_string

from .shapes import (
    Account,
    Balance,
    Event,
    Intent,
    Line,
    Page,
    Refund,
    Reversal,
    Session,
    Transfer,
)


def create_account(*, name: str, key: str, metadata: Mapping[str, str] | None = None) -> Account:
    """Open an artisan's account, shown to payers as `name`. Raises Refused or Unknown."""
    return cast(Account, _bank().create_account(name=name, key=key, metadata=metadata or {}))


def create_checkout_session(
    *,
    lines: Sequence[Line],
    reference: str,
    success_url: str,
    cancel_url: str,
    key: str,
    language: str = "fr",
    email: str = "",
    phone: str = "",
    expires_at: datetime | None = None,
    metadata: Mapping[str, str] | None = None,
) -> Session:
    """Open a visit to the payment page for `lines`; send the payer to the answer's `url`.

    `reference` is the order group's number: it is also the transfer group. `success_url` may hold
    `{CHECKOUT_SESSION_ID}`. Raises Refused or Unknown; nothing is charged by this call.
    """
    return cast(
        Session,
        _bank().create_checkout_session(
            lines=tuple(lines),
            reference=reference,
            success_url=success_url,
            cancel_url=cancel_url,
            key=key,
            language=language,
            email=email,
            phone=phone,
            expires_at=expires_at,
            metadata=metadata or {},
        ),
    )


def retrieve_session(session: str) -> Session:
    """Ask how a visit to the payment page stands. Raises Refused or Unavailable."""
    return cast(Session, _bank().retrieve_session(session))


def expire_session(session: str, *, key: str) -> Session:
    """Close an open payment page, so that it can't be paid any more. Raises Refused or Unknown.

    Refused with a paid session: read it again with `retrieve_session`.
    """
    return cast(Session, _bank().expire_session(session, key=key))


def retrieve_intent(intent: str) -> Intent:
    """Ask how a payment stands. Raises Refused or Unavailable."""
    return cast(Intent, _bank().retrieve_intent(intent))


def create_transfer(
    *,
    amount_minor: int,
    destination: str,
    charge: str,
    group: str,
    key: str,
    currency: str = "MAD",
    metadata: Mapping[str, str] | None = None,
) -> Transfer:
    """Release `amount_minor` of a `charge` to an artisan's account. Raises Refused or Unknown."""
    return cast(
        Transfer,
        _bank().create_transfer(
            amount_minor=amount_minor,
            destination=destination,
            charge=charge,
            group=group,
            key=key,
            currency=currency,
            metadata=metadata or {},
        ),
    )


def reverse_transfer(transfer: str, *, amount_minor: int, key: str) -> Reversal:
    """Take `amount_minor` of a transfer back. Raises Refused or Unknown."""
    return cast(Reversal, _bank().reverse_transfer(transfer, amount_minor=amount_minor, key=key))


def create_refund(
    *,
    intent: str,
    amount_minor: int,
    key: str,
    metadata: Mapping[str, str] | None = None,
) -> Refund:
    """Send `amount_minor` of a payment back to the payer. Raises Refused or Unknown."""
    return cast(
        Refund,
        _bank().create_refund(
            intent=intent, amount_minor=amount_minor, key=key, metadata=metadata or {}
        ),
    )


def balance(account: str = "") -> Balance:
    """What an artisan's account holds; the platform's own without one. Raises Unavailable."""
    return cast(Balance, _bank().balance(account))


def transactions(account: str, *, after: str = "", limit: int = 20) -> Page:
    """A page of an account's statement, newest first. Raises Refused or Unavailable."""
    return cast(Page, _bank().transactions(account, after=after, limit=limit))


def verify_webhook(payload: bytes, header: str) -> Event:
    """The event in a signed message, or BadSignature. Reads no network and no database."""
    from .webhooks import read

    return read(payload, header=header, secret=settings.STRIPE_WEBHOOK_SECRET)


def _bank() -> Any:
    return _make(settings.GATEWAY)


@lru_cache(maxsize=4)
def _make(path: str) -> Any:
    return import_string(path)()
