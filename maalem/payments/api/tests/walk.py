"""Each resource and verb once, by the official Python SDK; a chapter fails where one does."""

import io
from typing import Any, NamedTuple

import pytest
import stripe

from maalem.payments.api.tests.callers import inquiry
from maalem.payments.settlement.tests.cast import bank_account, rib
from maalem.payments.tests.service import Service

ASKED = {
    "request_multicapture": "if_available",
    "request_incremental_authorization": "if_available",
}


class Cast(NamedTuple):
    """A connected account's id, and the service for what has no endpoint."""

    account: str
    service: Service

    @property
    def hers(self) -> Any:
        """The options to act in her name."""
        return {"stripe_account": self.account}


def pay(v1: Any, options: Any = None, /, **fields: Any) -> Any:
    """A confirmed payment with its charge."""
    wanted = {
        "amount": 10_000,
        "currency": "mad",
        "confirm": True,
        "payment_method": "pm_card_visa",
        "expand": ["latest_charge"],
    }
    return v1.payment_intents.create({**wanted, **fields}, options)


def accounts(v1: Any) -> str:
    """Accounts, their people and capabilities; the id of one that stays."""
    made = v1.accounts.create({"type": "custom", "metadata": {"artisan": "fadma-ait-baha"}})
    assert v1.accounts.update(made.id, {"email": "fadma@example.org"}).email == "fadma@example.org"
    assert v1.accounts.retrieve(made.id).metadata["artisan"] == "fadma-ait-baha"
    assert v1.accounts.retrieve_current().id.startswith("acct_")
    assert made.id in [found.id for found in v1.accounts.list({"limit": 100}).data]
    able = v1.accounts.capabilities
    assert "transfers" in [found.id for found in able.list(made.id).data]
    able.update(made.id, "transfers", {"requested": True})
    assert able.retrieve(made.id, "transfers").status == "active"
    people = v1.accounts.persons
    omar = people.create(made.id, {"first_name": "Omar"})
    people.update(made.id, omar.id, {"last_name": "Filali"})
    assert people.retrieve(made.id, omar.id).last_name == "Filali"
    assert [found.id for found in people.list(made.id).data] == [omar.id]
    assert people.delete(made.id, omar.id).deleted
    link = {"refresh_url": "http://shop.test/again", "return_url": "http://shop.test/back"}
    made_link = v1.account_links.create(
        {"account": made.id, "type": "account_onboarding", **link}  # type: ignore[dict-item]
    )
    assert "/onboarding/" in made_link.url
    stopped = v1.accounts.reject(v1.accounts.create({}).id, {"reason": "other"})
    assert not stopped.charges_enabled
    assert v1.accounts.delete(v1.accounts.create({}).id).deleted
    return str(made.id)


def external_accounts(v1: Any, cast: Cast) -> None:
    """Bank accounts, as typed and by token."""
    places, owner = v1.accounts.external_accounts, cast.account
    first = places.create(owner, {"external_account": bank_account(rib().digits)})
    places.update(owner, first.id, {"metadata": {"agency": "Taznakht"}})
    assert places.retrieve(owner, first.id).metadata["agency"] == "Taznakht"
    token = v1.tokens.create({"bank_account": bank_account(rib().digits)})
    assert not v1.tokens.retrieve(token.id).used
    second = places.create(owner, {"external_account": token.id})
    assert len(places.list(owner).data) == 2
    assert places.delete(owner, second.id).deleted


def customers(v1: Any, cast: Cast) -> None:
    """Customers and what they pay with."""
    claire = v1.customers.create({"name": "Claire Martin"})
    v1.customers.update(claire.id, {"email": "claire@example.org"})
    card = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2034}
    method = v1.payment_methods.create({"type": "card", "card": card})
    v1.payment_methods.attach(method.id, {"customer": claire.id})
    v1.payment_methods.update(method.id, {"billing_details": {"name": "Claire Martin"}})
    assert v1.payment_methods.retrieve(method.id).customer == claire.id
    assert len(v1.payment_methods.list({"customer": claire.id}).data) == 1
    assert len(v1.customers.payment_methods.list(claire.id).data) == 1
    assert v1.customers.payment_methods.retrieve(claire.id, method.id).card.last4 == "4242"
    v1.customers.search({"query": 'email:"claire@example.org"'})
    assert v1.customers.list({"limit": 1}).data[0].id == claire.id
    assert v1.payment_methods.detach(method.id).customer is None
    assert v1.customers.delete(claire.id).deleted
    assert v1.customers.retrieve(claire.id).deleted


def setup_intents(v1: Any, cast: Cast) -> None:
    """A card is kept."""
    customer = v1.customers.create({})
    setup = v1.setup_intents.create({})
    v1.setup_intents.update(setup.id, {"customer": customer.id, "payment_method": "pm_card_visa"})
    done = v1.setup_intents.confirm(setup.id)
    assert v1.setup_intents.retrieve(setup.id).status == "succeeded"
    assert v1.mandates.retrieve(done.mandate).status == "active"
    assert len(v1.setup_intents.list({"customer": customer.id}).data) == 1
    tries = v1.setup_attempts.list({"setup_intent": setup.id}).data
    assert [found.id for found in tries] == [done.latest_attempt]
    assert v1.setup_intents.cancel(v1.setup_intents.create({}).id).status == "canceled"
    said = v1.test_helpers.confirmation_tokens.create({"payment_method": "pm_card_visa"})
    v1.setup_intents.create({"confirm": True, "confirmation_token": said.id})
    assert v1.confirmation_tokens.retrieve(said.id).setup_intent.startswith("seti_")


def payment_intents(v1: Any, cast: Cast) -> None:
    """Paid, raised, taken in parts, given up."""
    intent = v1.payment_intents.create({"amount": 10_000, "currency": "mad"})
    v1.payment_intents.update(intent.id, {"metadata": {"order": "M-1"}})
    v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})
    assert v1.payment_intents.retrieve(intent.id).status == "succeeded"
    held = pay(v1, capture_method="manual", payment_method_options={"card": ASKED})
    v1.payment_intents.increment_authorization(held.id, {"amount": 12_000})
    part = {"amount_to_capture": 4_000, "final_capture": False}
    assert v1.payment_intents.capture(held.id, part).amount_capturable == 8_000
    taken = v1.payment_intents.capture(held.id, {"amount_to_capture": 5_000})
    assert (taken.status, taken.amount_received) == ("succeeded", 9_000)
    left = v1.payment_intents.create({"amount": 10_000, "currency": "mad"})
    assert v1.payment_intents.cancel(left.id).status == "canceled"
    v1.payment_intents.search({"query": "amount:10000"})
    pages = v1.payment_intents.list({"limit": 1}).auto_paging_iter()
    assert [next(pages).id, next(pages).id, next(pages).id] == [left.id, held.id, intent.id]


def charges(v1: Any, cast: Cast) -> None:
    """What an intent's payment is on the books."""
    charge = pay(v1, expand=["latest_charge.balance_transaction"]).latest_charge
    v1.charges.update(charge.id, {"description": "a carpet"})
    assert v1.charges.retrieve(charge.id).description == "a carpet"
    assert v1.charges.list({"limit": 1}).data[0].id == charge.id
    v1.charges.search({"query": "amount:10000"})
    line = v1.balance_transactions.retrieve(charge.balance_transaction.id)
    assert (line.amount, line.source) == (10_000, charge.id)
    assert v1.balance_transactions.list({"source": charge.id}).data[0].id == line.id
    assert v1.balance.retrieve().pending


def sharing(v1: Any, cast: Cast) -> None:
    """Separate transfers, taken back in part."""
    given = v1.transfers.create(
        {
            "amount": 9_000,
            "currency": "mad",
            "destination": cast.account,
            "source_transaction": pay(v1).latest_charge.id,
        }
    )
    v1.transfers.update(given.id, {"metadata": {"order": "M-1"}})
    back = v1.transfers.reversals.create(given.id, {"amount": 1_000})
    v1.transfers.reversals.update(given.id, back.id, {"metadata": {"why": "late"}})
    assert v1.transfers.reversals.retrieve(given.id, back.id).metadata["why"] == "late"
    assert len(v1.transfers.reversals.list(given.id).data) == 1
    assert v1.transfers.retrieve(given.id).amount_reversed == 1_000
    assert v1.transfers.list({"destination": cast.account}).data[0].id == given.id


def fees_and_refunds(v1: Any, cast: Cast) -> None:
    """A destination charge, its fee and refunds of both; a direct charge."""
    shared = pay(v1, transfer_data={"destination": cast.account}, application_fee_amount=1_250)
    fee = shared.latest_charge.application_fee
    back = v1.application_fees.refunds.create(fee, {"amount": 250})
    v1.application_fees.refunds.update(fee, back.id, {"metadata": {"why": "late"}})
    assert v1.application_fees.refunds.retrieve(fee, back.id).metadata["why"] == "late"
    assert len(v1.application_fees.refunds.list(fee).data) == 1
    assert v1.application_fees.list({"limit": 1}).data[0].id == fee
    refund = v1.refunds.create(
        {
            "payment_intent": shared.id,
            "reverse_transfer": True,
            "refund_application_fee": True,
        }
    )
    v1.refunds.update(refund.id, {"metadata": {"why": "broken"}})
    assert v1.refunds.retrieve(refund.id).status == "succeeded"
    assert v1.refunds.list({"payment_intent": shared.id}).data[0].id == refund.id
    with pytest.raises(stripe.InvalidRequestError):
        v1.refunds.cancel(refund.id)
    assert v1.application_fees.retrieve(fee).refunded
    direct = pay(v1, cast.hers, application_fee_amount=900)
    assert direct.latest_charge.application_fee_amount == 900


def payouts(v1: Any, cast: Cast) -> None:
    """To her bank account, and taken back before the bank has it."""
    earned = pay(v1, payment_method="pm_card_bypassPending").latest_charge.id
    v1.transfers.create(
        {
            "amount": 10_000,
            "currency": "mad",
            "destination": cast.account,
            "source_transaction": earned,
        }
    )
    payout = v1.payouts.create({"amount": 6_000, "currency": "mad"}, cast.hers)
    v1.payouts.update(payout.id, {"metadata": {"week": "12"}}, cast.hers)
    assert v1.payouts.retrieve(payout.id, None, cast.hers).metadata["week"] == "12"
    assert v1.payouts.list({"status": "pending"}, cast.hers).data[0].id == payout.id
    assert v1.payouts.cancel(payout.id, None, cast.hers).status == "canceled"
    with pytest.raises(stripe.InvalidRequestError):
        v1.payouts.reverse(payout.id, None, cast.hers)


def checkout(v1: Any, cast: Cast) -> None:
    """A session, its lines, and its end."""
    session = cast.service.session()
    listed = v1.checkout.sessions.list({"limit": 1}).data
    assert listed[0].id == session.id
    again = v1.checkout.sessions.create(
        {
            "mode": "payment",
            "success_url": "http://shop.test/done",
            "line_items": [
                {
                    "price_data": {
                        "currency": "mad",
                        "unit_amount": 28_000,
                        "product_data": {"name": "Tajine"},
                    },
                    "quantity": 2,
                }
            ],
        }
    )
    assert v1.checkout.sessions.retrieve(again.id).amount_total == 56_000
    assert v1.checkout.sessions.line_items.list(again.id).data[0].quantity == 2
    assert v1.checkout.sessions.expire(again.id).status == "expired"


def disputes(v1: Any, cast: Cast) -> None:
    """Evidence with a document, and giving in; the issuer's warnings."""
    dispute = inquiry(cast.service, pay(v1).latest_charge.id)
    slip = io.BytesIO(b"%PDF-1.7 signed for")
    file = v1.files.create({"purpose": "dispute_evidence", "file": slip})
    assert v1.files.retrieve(file.id).size == 19
    assert v1.files.list({"limit": 1}).data[0].id == file.id
    laid = {"evidence": {"shipping_documentation": file.id}, "submit": False}
    assert v1.disputes.update(dispute, laid).evidence_details.has_evidence
    assert v1.disputes.list({"limit": 100}).data
    # This inquiry is in the books alone: the network does not know the case.
    with pytest.raises(stripe.StripeError):
        v1.disputes.close(dispute)
    assert v1.disputes.retrieve(dispute).status.startswith("warning_")
    v1.radar.early_fraud_warnings.list({"limit": 1})
    with pytest.raises(stripe.InvalidRequestError):
        v1.radar.early_fraud_warnings.retrieve("issfr_none")


def risk(v1: Any, cast: Cast) -> None:
    """Lists that rules ask, and the queue of reviews."""
    lists, items = v1.radar.value_lists, v1.radar.value_list_items
    alias = f"strangers_{cast.account[-8:]}"
    made = lists.create({"alias": alias, "name": "Strangers", "item_type": "email"})
    lists.update(made.id, {"name": "Known strangers"})
    assert lists.retrieve(made.id).name == "Known strangers"
    assert lists.list({"limit": 1}).data[0].id == made.id
    item = items.create({"value_list": made.id, "value": "nobody@example.org"})
    assert items.retrieve(item.id).value == "nobody@example.org"
    assert [found.id for found in items.list({"value_list": made.id}).data] == [item.id]
    assert items.delete(item.id).deleted
    assert lists.delete(made.id).deleted
    v1.reviews.list({"limit": 1})
    for verb in (v1.reviews.retrieve, v1.reviews.approve):
        with pytest.raises(stripe.InvalidRequestError):
            verb("prv_none")


def webhooks(v1: Any, cast: Cast) -> None:
    """Endpoints, and what they would be told."""
    made = v1.webhook_endpoints.create({"url": "http://127.0.0.1:9/", "enabled_events": ["*"]})
    assert made.secret.startswith("whsec_")
    assert v1.webhook_endpoints.update(made.id, {"disabled": True}).status == "disabled"
    assert v1.webhook_endpoints.retrieve(made.id).id == made.id
    assert made.id in [found.id for found in v1.webhook_endpoints.list({"limit": 100}).data]
    assert v1.webhook_endpoints.delete(made.id).deleted
    event = v1.events.list({"limit": 1}).data[0]
    assert v1.events.retrieve(event.id).type == event.type
