"""Everybody who may knock: keys of each kind and state, and the objects that they ask for."""

import io
import secrets
from dataclasses import dataclass, field
from typing import Any

import httpx
import stripe

from maalem.payments.accounts.keys import hint_of, key_hash
from maalem.payments.config import Config
from maalem.payments.settlement.tests.cast import bank_account, rib
from maalem.payments.tests.service import Service, line


def put_key(service: Service, key: str, account: str, **columns: Any) -> str:
    """Write a key into the database, whatever its state; return it."""
    digest = key_hash(key, fingerprint_key=Config.from_env().fingerprint_key)
    service.rows("DELETE FROM api_keys WHERE hash = %s", digest)
    names = ["hash", "account_id", "hint", *columns]
    holes = ", ".join(["%s"] * len(names))
    service.rows(
        f"INSERT INTO api_keys ({', '.join(names)}) VALUES ({holes})",
        digest,
        account,
        hint_of(key),
        *columns.values(),
    )
    return key


def another_platform(service: Service, key: str, *, account: str) -> str:
    """Somebody like our platform, who has nothing to do with it; her key."""
    service.rows(
        "INSERT INTO accounts SELECT (jsonb_populate_record(a, jsonb_build_object("
        "'id', %s::text, 'business_name', 'Rival'))).* FROM accounts a WHERE kind = 'platform'"
        " ORDER BY created_at LIMIT 1",
        account,
    )
    return put_key(service, key, account)


def made(client: Any, **params: Any) -> tuple[str, str]:
    """A key made over the wire: (id, the key)."""
    answer = client.raw_request("post", "/v1/api_keys", **params)
    key = client.deserialize(answer, api_mode="V1")
    return key["id"], key["secret"]


@dataclass
class Knocks:
    """Asks for an address with one key or another."""

    service: Service
    objects: dict[str, str] = field(default_factory=dict)
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=20))

    def ask(self, method: str, path: str, key: str | None, **headers: str) -> httpx.Response:
        """The answer to a request without any parameters."""
        sent = dict(headers)
        if key is not None:
            sent["Authorization"] = f"Bearer {key}"
        return self.http.request(method, self.service.url + path, headers=sent)

    def address(self, path: str, *, unknown: str = "nothing_there") -> str:
        """A path of the routing table with the id of an object that there is, if we made one."""
        steps = path.split("/")
        kind = steps[3] if steps[2] in ("checkout", "radar") else steps[2]
        last = next((word for word in reversed(steps) if not word.startswith("{")), "")
        second = self.objects.get(f"{kind}/{last}") or self.objects.get(f"{kind}/2", unknown)
        ids = [self.objects.get(kind, unknown), second]
        return "/".join(ids.pop(0) if step.startswith("{") else step for step in steps)


def paid_out(v1: stripe.V1Services) -> str:
    """A payout of the platform's own money; its id."""
    v1.accounts.external_accounts.create(
        v1.accounts.retrieve_current().id,
        {"external_account": bank_account(rib().digits)},
    )
    v1.payment_intents.create(
        {
            "amount": 1_000,
            "currency": "mad",
            "confirm": True,
            "payment_method": "pm_card_bypassPending",
        }
    )
    return v1.payouts.create({"amount": 1_000, "currency": "mad"}).id


def inquiry(service: Service, charge: str) -> str:
    """A dispute that took no money, written into the database; its id."""
    found = service.rows(
        "INSERT INTO disputes (id, version, account_id, charge_id, intent_id, case_reference,"
        " stage, status, reason, amount, amount_withdrawn, amount_reinstated, fee, currency,"
        " evidence, past_due, submission_count, balance_transaction_ids, metadata, created_at)"
        " SELECT 'dp_' || substr(id, 4), 1, account_id, id, intent_id, 'case_' || id, 'inquiry',"
        " 'warning_needs_response', 'general', 1, 0, 0, 0, currency, '{}', false, 0, '[]', '{}',"
        " now() FROM charges WHERE id = %s RETURNING id",
        charge,
    )
    return str(found[0][0])


def risk(client: Any) -> dict[str, str]:
    """A list with a value, a rule, and the review that it opened."""
    v1 = client.v1
    home = v1.radar.value_lists.create({"alias": secrets.token_hex(8), "name": "Known"})
    item = v1.radar.value_list_items.create({"value_list": home.id, "value": "x"})
    asked = {"action": "review", "reason": "A look at each.", "conditions": CONDITIONS}
    rule = client.raw_request("post", "/v1/radar/rules", **asked).data["id"]
    paid = v1.payment_intents.create(
        {
            "amount": 10_001,
            "currency": "mad",
            "confirm": True,
            "payment_method": "pm_card_visa",
            "expand": ["latest_charge"],
        }
    )
    return {
        "reviews": paid.latest_charge.review,
        "rules": rule,
        "value_list_items": item.id,
        "value_lists": home.id,
    }


CONDITIONS = [
    {"fact": "amount", "is": "equals", "value": 10_001},
    {"fact": "currency", "is": "is", "value": "mad"},
]


def statement(client: Any) -> str:
    """A statement of a month in which nothing moved."""
    period = {"period_start": "2026-01-01", "period_end": "2026-01-31"}
    return str(client.raw_request("post", "/v1/statements", **period).data["id"])


def mandate(v1: Any) -> str:
    """What the holder of a card agreed to as it was kept."""
    kept = v1.setup_intents.create({"payment_method": "pm_card_visa", "confirm": True})
    return str(kept.mandate)


def token(v1: Any) -> str:
    """A card, to be used once."""
    card = {"number": "4242424242424242", "exp_month": "12", "exp_year": "2034"}
    return str(v1.tokens.create({"card": card}).id)


def said(v1: Any) -> str:
    """How a payer pays, as a test says it in her place."""
    made = v1.test_helpers.confirmation_tokens.create({"payment_method": "pm_card_visa"})
    return str(made.id)


def objects_of(client: Any, service: Service) -> dict[str, str]:
    """One of each kind, by the word of its address; `…/2` is the second id in an address."""
    v1: stripe.V1Services = client.v1
    customer = v1.customers.create({"name": "Claire Martin"})
    paid = v1.payment_intents.create(
        {"amount": 10_000, "currency": "mad", "confirm": True, "payment_method": "pm_card_visa"}
    )
    account = v1.accounts.create({"type": "custom"})
    charge = str(paid.latest_charge)
    transfer = v1.transfers.create(
        {
            "amount": 900,
            "currency": "mad",
            "destination": account.id,
            "source_transaction": charge,
        }
    )
    reversal = v1.transfers.reversals.create(transfer.id, {"amount": 100})
    refund = v1.refunds.create({"charge": charge, "amount": 100})
    shared = v1.payment_intents.create(
        {
            "amount": 10_000,
            "currency": "mad",
            "confirm": True,
            "payment_method": "pm_card_visa",
            "transfer_data": {"destination": account.id},
            "application_fee_amount": 500,
            "expand": ["latest_charge"],
        }
    )
    earned: Any = shared.latest_charge
    fee = str(earned.application_fee)
    session = service.session(line_items=[line("Tajine", 28_000)])
    events = v1.events.list({"limit": 1})
    endpoint = v1.webhook_endpoints.create({"url": "http://127.0.0.1:9/", "enabled_events": ["*"]})
    v1.webhook_endpoints.update(endpoint.id, {"disabled": True})
    lines = v1.balance_transactions.list({"limit": 1})
    place = v1.accounts.external_accounts.create(
        account.id, {"external_account": bank_account(rib().digits)}
    )
    slip = io.BytesIO(b"%PDF-1.7")
    document = v1.files.create({"purpose": "dispute_evidence", "file": slip})
    return {
        "accounts": account.id,
        "accounts/2": place.id,
        "accounts/persons": v1.accounts.persons.create(account.id, {"first_name": "Omar"}).id,
        "accounts/capabilities": "transfers",
        "application_fees": fee,
        "application_fees/2": v1.application_fees.refunds.create(fee, {"amount": 100}).id,
        "balance_transactions": lines.data[0].id,
        "charges": charge,
        "confirmation_tokens": said(v1),
        "customers": customer.id,
        "disputes": inquiry(service, charge),
        "files": document.id,
        "events": events.data[0].id,
        "mandates": mandate(v1),
        "payment_intents": paid.id,
        "payment_methods": str(paid.payment_method),
        "payouts": paid_out(v1),
        "refunds": refund.id,
        "sessions": session.id,
        "statements": statement(client),
        **risk(client),
        "tokens": token(v1),
        "transfers": transfer.id,
        "transfers/2": reversal.id,
        "webhook_endpoints": endpoint.id,
    }
