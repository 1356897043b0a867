"""The official SDK, pointed at our own institution."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import stripe
from django.conf import settings

from .bank_watching import BankWatching
from .banking import Banking
from .disputing import Disputing
from .errors import Declined, GatewayError, Refused, Unavailable, Unknown
from .programs import Programs
from .reading import Reading
from .risking import Risking
from .shapes import (
    Account,
    Balance,
    Intent,
    Line,
    Page,
    Refund,
    Reversal,
    Session,
    Transaction,
    Transfer,
)

stripe.enable_telemetry = False


class Live(Reading, Disputing, Banking, BankWatching, Programs, Risking):
    """Answers the gateway's verbs over HTTP. One per process; safe between threads."""

    # Seconds to connect, seconds to wait for an answer. A person waits for a read on a page; a
    # write is worth more patience, and its retries carry the same key.
    READ_TIMEOUT_S, WRITE_TIMEOUT_S = (2.0, 5.0), (2.0, 12.0)
    WRITE_RETRIES = 2

    def __init__(self) -> None:
        self.reading = _client(timeout=self.READ_TIMEOUT_S, retries=0)
        self.writing = _client(timeout=self.WRITE_TIMEOUT_S, retries=self.WRITE_RETRIES)
        self.guard, self.write_guard = _reading, _writing

    def create_account(self, *, name: str, key: str, metadata: Mapping[str, str]) -> Account:
        with _writing():
            found = self.writing.v1.accounts.create(
                {
                    "type": "custom",
                    "country": "MA",
                    "business_profile": {"name": name},
                    "metadata": dict(metadata),
                },
                {"idempotency_key": key},
            )
            return Account(id=found.id)

    def create_checkout_session(
        self, *, lines: tuple[Line, ...], reference: str, key: str, **rest: Any
    ) -> Session:
        wanted = _session_wanted(lines, reference=reference, **rest)
        with _writing():
            found = self.writing.v1.checkout.sessions.create(wanted, {"idempotency_key": key})
            return _session(found)

    def retrieve_session(self, session: str) -> Session:
        with _reading():
            return _session(self.reading.v1.checkout.sessions.retrieve(session))

    def expire_session(self, session: str, *, key: str) -> Session:
        with _writing():
            found = self.writing.v1.checkout.sessions.expire(session, {}, {"idempotency_key": key})
            return _session(found)

    def retrieve_intent(self, intent: str) -> Intent:
        with _reading():
            return _intent(self.reading.v1.payment_intents.retrieve(intent))

    def create_transfer(
        self,
        *,
        amount_minor: int,
        destination: str,
        charge: str,
        group: str,
        key: str,
        currency: str,
        metadata: Mapping[str, str],
    ) -> Transfer:
        with _writing():
            found = self.writing.v1.transfers.create(
                {
                    "amount": amount_minor,
                    "currency": currency.lower(),
                    "destination": destination,
                    "source_transaction": charge,
                    "transfer_group": group,
                    "metadata": dict(metadata),
                },
                {"idempotency_key": key},
            )
            return Transfer(
                id=found.id,
                amount_minor=found.amount,
                currency=found.currency.upper(),
                destination=_id(found.destination),
                group=found.transfer_group or "",
            )

    def reverse_transfer(self, transfer: str, *, amount_minor: int, key: str) -> Reversal:
        with _writing():
            found = self.writing.v1.transfers.reversals.create(
                transfer, {"amount": amount_minor}, {"idempotency_key": key}
            )
            return Reversal(id=found.id, amount_minor=found.amount, currency=found.currency.upper())

    def create_refund(
        self, *, intent: str, amount_minor: int, key: str, metadata: Mapping[str, str]
    ) -> Refund:
        with _writing():
            found = self.writing.v1.refunds.create(
                {"payment_intent": intent, "amount": amount_minor, "metadata": dict(metadata)},
                {"idempotency_key": key},
            )
            return Refund(
                id=found.id,
                status=found.status or "",
                amount_minor=found.amount,
                currency=found.currency.upper(),
            )

    def give_back(
        self, charge: str, *, account: str, amount_minor: int, reason: str, key: str
    ) -> Refund:
        wanted: dict[str, Any] = {"charge": charge, "amount": amount_minor}
        if reason:
            wanted["reason"] = reason
        with _writing():
            found = self.writing.v1.refunds.create(
                wanted, {"idempotency_key": key, **_for(account)}
            )
            return Refund(
                id=found.id,
                status=found.status or "",
                amount_minor=found.amount,
                currency=found.currency.upper(),
            )

    def balance(self, account: str) -> Balance:
        with _reading():
            found = self.reading.v1.balance.retrieve({}, _for(account))
            return Balance(
                available_minor=_sum_of(found.available), pending_minor=_sum_of(found.pending)
            )

    def transactions(self, account: str, *, after: str, limit: int) -> Page:
        wanted: dict[str, Any] = {"limit": limit}
        if after:
            wanted["starting_after"] = after
        with _reading():
            found = self.reading.v1.balance_transactions.list(wanted, _for(account))
            behind = self._transfers_behind(found.data, account=account)
            lines = tuple(
                _transaction(line, transfer=behind.get(line.source)) for line in found.data
            )
            return Page(lines, next_after=lines[-1].id if found.has_more and lines else "")

    def _transfers_behind(self, lines: Any, *, account: str) -> dict[Any, Any]:
        """Our transfers by the payment each became: the artisan's side doesn't name the order."""
        times = [line.created for line in lines if str(line.source).startswith("py_")]
        if not times:
            return {}
        wanted: dict[str, Any] = {
            "destination": account,
            "limit": 100,
            # The two rows of one transfer may bear neighbouring seconds.
            "created": {"gte": min(times) - 2, "lte": max(times) + 2},
        }
        with _reading():
            found = self.reading.v1.transfers.list(wanted)
            return {_id(transfer.destination_payment): transfer for transfer in found.data}


def _client(*, timeout: tuple[float, float], retries: int) -> stripe.StripeClient:
    return stripe.StripeClient(
        settings.STRIPE_API_KEY or "sk_test_not_set",
        base_addresses={"api": settings.PAYMENTS_URL, "files": settings.PAYMENTS_URL},
        max_network_retries=retries,
        http_client=stripe.RequestsClient(timeout=timeout),
    )


@contextmanager
def _reading() -> Iterator[None]:
    """Nothing changes by a read, so no answer simply means that there is none now."""
    with _translated(silence=Unavailable):
        yield


@contextmanager
def _writing() -> Iterator[None]:
    """A write without an answer may have happened, whatever the last of its retries met."""
    with _translated(silence=Unknown):
        yield


@contextmanager
def _translated(*, silence: Callable[..., GatewayError]) -> Iterator[None]:
    try:
        yield
    except stripe.CardError as said:
        code = (said.error and said.error.decline_code) or said.code or "card_declined"
        raise Declined(said.user_message or "declined", code=code) from said
    except stripe.RateLimitError as said:
        raise Unavailable("too many requests", code="rate_limit") from said
    except stripe.APIConnectionError as said:
        raise silence("no answer from the payment service", code="no_answer") from said
    except stripe.IdempotencyError as said:
        if said.http_status == 409:
            raise Unknown("the same request is still running", code="in_flight") from said
        raise Refused(str(said.user_message or said), code="idempotency_error") from said
    except stripe.StripeError as said:
        if not 400 <= (said.http_status or 0) < 500:
            raise silence("the payment service failed", code="service_failed") from said
        if said.http_status == 409:
            raise Unknown("the same request is still running", code="in_flight") from said
        raise Refused(str(said.user_message or said), code=said.code or "refused") from said
    except (AttributeError, KeyError, TypeError, ValueError) as missing:
        raise silence("an answer that says nothing", code="not_understood") from missing


def _session_wanted(lines: tuple[Line, ...], *, reference: str, **rest: Any) -> Any:
    metadata = {**rest["metadata"], "order_group": reference}
    if rest["phone"]:
        metadata["phone"] = rest["phone"]
    wanted: dict[str, Any] = {
        "mode": "payment",
        "line_items": [
            {
                "price_data": {
                    "currency": line.currency.lower(),
                    "unit_amount": line.unit_minor,
                    "product_data": {"name": line.name},
                },
                "quantity": line.quantity,
            }
            for line in lines
        ],
        "success_url": rest["success_url"],
        "cancel_url": rest["cancel_url"],
        "client_reference_id": reference,
        "locale": rest["language"],
        "payment_method_types": ["card", "wallet"],
        "payment_intent_data": {"transfer_group": reference, "metadata": metadata},
        "metadata": metadata,
    }
    if rest["email"]:
        wanted["customer_email"] = rest["email"]
    if rest["expires_at"]:
        wanted["expires_at"] = int(rest["expires_at"].timestamp())
    return wanted


def _session(found: Any) -> Session:
    return Session(
        id=found.id,
        status=found.status or "",
        payment_status=found.payment_status,
        amount_minor=found.amount_total or 0,
        currency=(found.currency or "mad").upper(),
        url=found.url or "",
        intent=_id(found.payment_intent),
        reference=found.client_reference_id or "",
    )


def _intent(found: Any) -> Intent:
    error = getattr(found, "last_payment_error", None)
    return Intent(
        id=found.id,
        status=found.status,
        amount_minor=found.amount,
        received_minor=found.amount_received or 0,
        currency=found.currency.upper(),
        charge=_id(getattr(found, "latest_charge", None)),
        group=getattr(found, "transfer_group", None) or "",
        metadata=MappingProxyType(_plain(getattr(found, "metadata", None))),
        decline_code=str(getattr(error, "decline_code", None) or getattr(error, "code", "") or ""),
    )


def _transaction(found: Any, *, transfer: Any) -> Transaction:
    metadata = _plain(transfer.metadata) if transfer else {}
    return Transaction(
        id=found.id,
        kind=found.type,
        amount_minor=found.amount,
        fee_minor=found.fee,
        net_minor=found.net,
        currency=found.currency.upper(),
        status=found.status,
        created_at=datetime.fromtimestamp(found.created, UTC),
        available_at=datetime.fromtimestamp(found.available_on, UTC),
        source=_id(found.source),
        group=(transfer.transfer_group or "") if transfer else "",
        order=metadata.get("order", ""),
    )


def _plain(metadata: Any) -> dict[str, str]:
    if not metadata:
        return {}
    return {str(name): str(value) for name, value in metadata.to_dict().items()}


def _id(thing: Any) -> str:
    """The id of something that the wire gives as an id or, expanded, as an object."""
    if not thing:
        return ""
    return thing if isinstance(thing, str) else str(thing.id)


def _for(account: str) -> Any:
    return {"stripe_account": account} if account else {}


def _sum_of(parts: Any) -> int:
    return sum(part.amount for part in parts if part.currency == "mad")
