"""A payment institution in memory, for the tests of other rooms.

    with fake.standing_in() as bank:
        session = gateway.create_checkout_session(...)
        body, header = bank.pay(session.id)        # post it to the webhook's address
        bank.trouble = "down"                      # or "silent": it happens, the reply is lost
                                                   # ("lost": the same, but reads are answered)

It stands at the edge, in place of the SDK; our own code runs as it is. It keeps the institution's
word on idempotency: the same key gives the same answer, and other words under it are refused.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from django.conf import settings
from django.test import override_settings

from maalem.kit.ids import new_id
from maalem.kit.signatures import sign

from . import calls
from .errors import Refused, Unavailable, Unknown
from .fake_bank import FakeBank
from .fake_cases import FakeCases
from .fake_outgoing import FakeOutgoing
from .fake_reading import FakeReading
from .fake_risk import FakeRisk
from .fake_tools import FakeTools
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

PATH = f"{__name__}.Fake"
Signed = tuple[bytes, str]


@contextmanager
def standing_in() -> "Iterator[Fake]":
    """Let a fresh institution answer the gateway's verbs while the block runs."""
    calls._make.cache_clear()
    with override_settings(GATEWAY=PATH, STRIPE_WEBHOOK_SECRET="whsec_of_the_fake"):
        yield calls._bank()
    calls._make.cache_clear()


@dataclass
class Fake(FakeReading, FakeCases, FakeTools, FakeBank, FakeRisk, FakeOutgoing):
    """One institution. Everything it holds may be read by a test."""

    trouble: Literal["", "down", "silent", "lost"] = ""
    slow_s: float = 0
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    settlement_delay: timedelta = timedelta(days=2)
    accounts: dict[str, str] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    intents: dict[str, Intent] = field(default_factory=dict)
    transfers: dict[str, Transfer] = field(default_factory=dict)
    refunds: dict[str, Refund] = field(default_factory=dict)
    statements: dict[str, list[Transaction]] = field(default_factory=dict)
    lines: dict[str, tuple[Line, ...]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    _replies: dict[str, tuple[Any, Any]] = field(default_factory=dict)

    def create_account(self, *, name: str, key: str, metadata: Mapping[str, str]) -> Account:
        def do() -> Account:
            account = Account(id=new_id("acct"))
            self.accounts[account.id] = name
            return account

        return self._write("create_account", key, words=(name, dict(metadata)), do=do)

    def create_checkout_session(
        self, *, lines: tuple[Line, ...], reference: str, key: str, **rest: Any
    ) -> Session:
        def do() -> Session:
            total = sum(line.unit_minor * line.quantity for line in lines)
            intent = Intent(
                id=new_id("pi"),
                status="requires_payment_method",
                amount_minor=total,
                received_minor=0,
                currency="MAD",
                group=reference,
                metadata={**rest["metadata"], "order_group": reference},
            )
            session = Session(
                id=new_id("cs"),
                status="open",
                payment_status="unpaid",
                amount_minor=total,
                currency="MAD",
                url=f"{settings.PAYMENTS_URL}/pay/{reference}",
                intent=intent.id,
                reference=reference,
            )
            self.intents[intent.id] = intent
            self.sessions[session.id] = session
            self.lines[session.id] = lines
            return session

        return self._write("create_checkout_session", key, words=(lines, reference, rest), do=do)

    def retrieve_session(self, session: str) -> Session:
        self._read("retrieve_session")
        return _found(self.sessions, session)

    def expire_session(self, session: str, *, key: str) -> Session:
        def do() -> Session:
            if _found(self.sessions, session).status != "open":
                raise Refused("the session is not open", code="resource_missing")
            return self.change(session, status="expired", url="")

        return self._write("expire_session", key, words=(session,), do=do)

    def retrieve_intent(self, intent: str) -> Intent:
        self._read("retrieve_intent")
        return _found(self.intents, intent)

    def create_transfer(
        self, *, amount_minor: int, destination: str, group: str, key: str, **rest: Any
    ) -> Transfer:
        def do() -> Transfer:
            if destination not in self.accounts:
                raise Refused(f"no such account: {destination}", code="resource_missing")
            transfer = Transfer(
                id=new_id("tr"),
                amount_minor=amount_minor,
                currency="MAD",
                destination=destination,
                group=group,
            )
            self.transfers[transfer.id] = transfer
            self._book(transfer, order=rest["metadata"].get("order", ""))
            return transfer

        words = (amount_minor, destination, group, rest)
        return self._write("create_transfer", key, words=words, do=do)

    def reverse_transfer(self, transfer: str, *, amount_minor: int, key: str) -> Reversal:
        def do() -> Reversal:
            _found(self.transfers, transfer)
            return Reversal(id=new_id("trr"), amount_minor=amount_minor, currency="MAD")

        return self._write("reverse_transfer", key, words=(transfer, amount_minor), do=do)

    def create_refund(
        self, *, intent: str, amount_minor: int, key: str, metadata: Mapping[str, str]
    ) -> Refund:
        def do() -> Refund:
            paid = _found(self.intents, intent).received_minor
            if amount_minor > paid:
                raise Refused("more than was paid", code="charge_already_refunded")
            refund = Refund(
                id=new_id("re"), status="succeeded", amount_minor=amount_minor, currency="MAD"
            )
            self.refunds[refund.id] = refund
            return refund

        words = (intent, amount_minor, dict(metadata))
        return self._write("create_refund", key, words=words, do=do)

    def balance(self, account: str) -> Balance:
        self._read("balance")
        held = self.statements.get(account, [])
        ready = sum(line.net_minor for line in held if line.available_at <= self.now())
        return Balance(
            available_minor=ready, pending_minor=sum(line.net_minor for line in held) - ready
        )

    def transactions(self, account: str, *, after: str, limit: int) -> Page:
        self._read("transactions")
        held = self.statements.get(account, [])[::-1]
        start = next((i + 1 for i, line in enumerate(held) if line.id == after), 0)
        shown = tuple(
            replace(line, status="available" if line.available_at <= self.now() else "pending")
            for line in held[start : start + limit]
        )
        more = start + limit < len(held)
        return Page(shown, next_after=shown[-1].id if more and shown else "")

    # What the world outside does to the institution.

    def pay(self, session: str) -> Signed:
        """The payer pays; the answer is the signed `checkout.session.completed` to deliver."""
        paid = self.change(session, status="complete", payment_status="paid", url="")
        intent = self.intents[paid.intent]
        self.intents[intent.id] = replace(
            intent,
            status="succeeded",
            received_minor=intent.amount_minor,
            charge=self.put(intent.amount_minor, group=intent.group, intent=intent.id).id,
        )
        return self.event("checkout.session.completed", _wire(paid))

    def expire(self, session: str) -> Signed:
        """The payer never came; the answer is the signed `checkout.session.expired`."""
        return self.event("checkout.session.expired", _wire(self.change(session, status="expired")))

    def event(self, type: str, thing: Mapping[str, Any], *, account: str = "") -> Signed:
        """A signed message of the institution: its body and the `Stripe-Signature` header."""
        body = json.dumps(
            {
                **({"account": account} if account else {}),
                "id": new_id("evt"),
                "object": "event",
                "type": type,
                "created": int(self.now().timestamp()),
                "data": {"object": dict(thing)},
            }
        ).encode()
        secrets = [settings.STRIPE_WEBHOOK_SECRET]
        return body, sign(body, secrets=secrets, at=int(time.time()))

    def change(self, session: str, **what: Any) -> Session:
        """Put a session into another state, as the payment page would."""
        self.sessions[session] = replace(_found(self.sessions, session), **what)
        return self.sessions[session]

    def _book(self, transfer: Transfer, *, order: str) -> None:
        line = Transaction(
            id=new_id("txn"),
            kind="payment",
            amount_minor=transfer.amount_minor,
            fee_minor=0,
            net_minor=transfer.amount_minor,
            currency=transfer.currency,
            status="pending",
            created_at=self.now(),
            available_at=self.now() + self.settlement_delay,
            source=new_id("py"),
            group=transfer.group,
            order=order,
        )
        self.put(
            transfer.amount_minor,
            account=transfer.destination,
            id=line.source,
            group=transfer.group,
            method="passed_on",
        )
        self.statements.setdefault(transfer.destination, []).append(line)

    def _read(self, verb: str) -> None:
        self.asked.append(verb)
        time.sleep(self.slow_s)
        if self.trouble not in ("", "lost"):
            raise Unavailable("no answer from the payment service", code="no_answer")

    def _write(self, verb: str, key: str, *, words: Any, do: Callable[[], Any]) -> Any:
        self.asked.append(verb)
        time.sleep(self.slow_s)
        if self.trouble == "down":
            raise Unknown("no answer from the payment service", code="no_answer")
        if key not in self._replies:
            self._replies[key] = ((verb, words), do())
        asked, reply = self._replies[key]
        if asked != (verb, words):
            raise Refused("the key was used with other words", code="idempotency_error")
        if self.trouble in ("silent", "lost"):
            raise Unknown("no answer from the payment service", code="no_answer")
        return reply


def _found(shelf: dict[str, Any], name: str) -> Any:
    if name not in shelf:
        raise Refused(f"no such thing: {name}", code="resource_missing")
    return shelf[name]


def _wire(session: Session) -> dict[str, Any]:
    return {
        "id": session.id,
        "object": "checkout.session",
        "status": session.status,
        "payment_status": session.payment_status,
        "payment_intent": session.intent,
        "client_reference_id": session.reference,
        "amount_total": session.amount_minor,
        "currency": session.currency.lower(),
    }
