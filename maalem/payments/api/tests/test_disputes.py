"""Disputes over the wire, by the official SDK."""

import asyncio
import io
from typing import Any

import pytest
import stripe

from maalem.payments.acquiring.disputes import chores
from maalem.payments.acquiring.disputes.evidence import FILES, KEYS, TEXTS
from maalem.payments.compose import opened
from maalem.payments.config import Config

pytestmark = pytest.mark.xdist_group("payments-service")


@pytest.fixture
def v1(service: Any) -> Any:
    return service.client().v1


@pytest.fixture
def network(service: Any) -> Any:
    """Let the network's news arrive."""

    async def run() -> None:
        config = Config.from_env(service.environment)
        async with opened(config, pool_size=2) as payments:
            await chores.look_after(payments)

    return lambda: asyncio.run(run())


@pytest.fixture
def disputed(v1: Any, network: Any) -> Any:
    """Pay with a card that will be disputed; the dispute."""

    def pay(card: str = "pm_card_createDispute", **options: Any) -> Any:
        more = options.pop("params", {})
        paid = v1.payment_intents.create(
            {
                "amount": 10_000,
                "currency": "mad",
                "confirm": True,
                "payment_method": card,
                **more,
            },
            options,
        )
        network()
        return v1.disputes.list({"payment_intent": paid.id}, options).data[0]

    return pay


def document(v1: Any, **options: Any) -> str:
    slip = io.BytesIO(b"%PDF-1.7 signed for")
    return str(v1.files.create({"purpose": "dispute_evidence", "file": slip}, options or None).id)


def test_it_shows_a_dispute_as_stripe_does(v1, disputed):
    dispute = disputed()
    assert dispute.id.startswith("dp_")
    assert (dispute.status, dispute.reason, dispute.amount) == (
        "needs_response",
        "fraudulent",
        10_000,
    )
    assert not dispute.is_charge_refundable
    card = dispute.payment_method_details.card
    assert (card.brand, card.case_type, card.network_reason_code) == ("visa", "chargeback", "10.4")
    details = dispute.evidence_details
    assert details.due_by > dispute.created
    assert (details.has_evidence, details.past_due, details.submission_count) == (False, False, 0)
    assert set(dispute.evidence.to_dict()) == {*KEYS, "enhanced_evidence"}
    lines = dispute.balance_transactions
    assert [(line.type, line.net, line.source) for line in lines] == [
        ("adjustment", -10_000, dispute.id)
    ]
    whole = v1.disputes.retrieve(dispute.id, {"expand": ["charge.dispute", "payment_intent"]})
    assert (whole.charge.disputed, whole.charge.dispute.id) == (True, dispute.id)
    assert whole.payment_intent.status == "succeeded"


def test_evidence_is_laid_by_until_it_is_submitted(v1, disputed, network):
    dispute = disputed()
    slip = document(v1)
    laid = v1.disputes.update(
        dispute.id,
        {
            "evidence": {"customer_name": "Claire Martin", "shipping_documentation": slip},
            "submit": False,
            "metadata": {"order": "M-1"},
        },
    )
    assert (laid.status, laid.evidence_details.has_evidence) == ("needs_response", True)
    submitted = v1.disputes.update(
        dispute.id,
        {
            "evidence": {"uncategorized_text": "winning_evidence", "customer_name": ""},
            "expand": ["evidence.shipping_documentation"],
        },
    )
    assert submitted.status == "under_review"
    assert submitted.evidence_details.submission_count == 1
    assert submitted.evidence.customer_name is None
    assert submitted.evidence.shipping_documentation.id == slip
    assert submitted.metadata["order"] == "M-1"
    network()
    won = v1.disputes.retrieve(dispute.id)
    assert won.status == "won"
    assert [line.net for line in won.balance_transactions] == [-10_000, 10_000]
    assert won.is_charge_refundable


def test_metadata_alone_submits_nothing(v1, disputed):
    dispute = disputed()
    changed = v1.disputes.update(dispute.id, {"metadata": {"seen": "yes"}})
    assert (changed.status, changed.metadata["seen"]) == ("needs_response", "yes")
    with pytest.raises(stripe.InvalidRequestError) as empty:
        v1.disputes.update(dispute.id, {"submit": True})
    assert empty.value.param == "evidence"


def test_closing_gives_in_and_is_final(v1, disputed):
    dispute = disputed()
    assert v1.disputes.close(dispute.id).status == "lost"
    for verb in (
        lambda: v1.disputes.close(dispute.id),
        lambda: v1.disputes.update(dispute.id, {"evidence": {"customer_name": "Claire"}}),
        lambda: v1.disputes.update(dispute.id, {"evidence": {"receipt": document(v1)}}),
    ):
        with pytest.raises(stripe.InvalidRequestError, match="closed"):
            verb()
    assert v1.disputes.update(dispute.id, {"metadata": {"filed": "yes"}}).metadata["filed"] == "yes"


def test_a_submission_is_repeated_under_its_key(v1, disputed):
    dispute = disputed()
    params = {"evidence": {"uncategorized_text": "losing_evidence"}}
    once = v1.disputes.update(dispute.id, params, {"idempotency_key": f"say-{dispute.id}"})
    again = v1.disputes.update(dispute.id, params, {"idempotency_key": f"say-{dispute.id}"})
    assert once.to_dict() == again.to_dict()
    assert again.last_response.headers["idempotent-replayed"] == "true"
    with pytest.raises(stripe.InvalidRequestError, match="submitted"):
        v1.disputes.update(dispute.id, params)


def test_a_charged_back_charge_is_not_refunded(v1, disputed):
    dispute = disputed()
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.refunds.create({"charge": dispute.charge})
    assert refused.value.code == "charge_disputed"


def test_an_inquiry_may_be_refunded(v1, disputed):
    dispute = disputed("pm_card_createDisputeInquiry")
    assert (dispute.status, dispute.is_charge_refundable) == ("warning_needs_response", True)
    assert dispute.balance_transactions == []
    v1.refunds.create({"charge": dispute.charge})
    assert not v1.disputes.retrieve(dispute.id).is_charge_refundable


def test_a_shared_payment_is_taken_back_from_the_platform(v1, disputed):
    seller = v1.accounts.create({"type": "custom", "country": "MA"})
    shared = {"transfer_data": {"destination": seller.id, "amount": 9_000}}
    dispute = disputed(params=shared)
    theirs = v1.balance.retrieve(options={"stripe_account": seller.id})
    assert theirs.pending[0].amount == 9_000
    assert sum(line.net for line in dispute.balance_transactions) == -10_000


def test_a_direct_payment_is_taken_back_from_the_connected_account(v1, disputed):
    seller = v1.accounts.create({"type": "custom", "country": "MA"})
    dispute = disputed(stripe_account=seller.id)
    assert dispute.amount == 10_000
    theirs = v1.balance.retrieve(options={"stripe_account": seller.id})
    assert theirs.pending[0].amount + theirs.available[0].amount == 0
    with pytest.raises(stripe.InvalidRequestError):
        v1.disputes.retrieve(dispute.id)


def test_disputes_are_listed_by_what_they_are_about(v1, disputed):
    first, second = disputed(), disputed("pm_card_createMultipleDisputes")
    by_charge = v1.disputes.list({"charge": second.charge}).data
    assert [found.charge for found in by_charge] == [second.charge] * 2
    assert sum(found.amount for found in by_charge) == 10_000
    assert [found.id for found in v1.disputes.list({"limit": 1}).data] == [by_charge[0].id]
    since = v1.disputes.list({"created": {"gte": first.created}, "limit": 100}).data
    assert {first.id, second.id} <= {found.id for found in since}


@pytest.mark.parametrize(
    ("evidence", "param"),
    [
        ({"customer_name": "x" * 5_001}, "evidence[customer_name]"),
        ({"uncategorized_text": "x" * 20_001}, "evidence[uncategorized_text]"),
        ({"colour": "red"}, "evidence[colour]"),
        ({"receipt": "file_of_somebody_else"}, "evidence[receipt]"),
        ({"receipt": "a receipt, in words"}, "evidence[receipt]"),
    ],
)
def test_evidence_that_can_not_be_taken_is_named(v1, disputed, evidence, param):
    dispute = disputed()
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.disputes.update(dispute.id, {"evidence": evidence})
    assert refused.value.param == param
    assert v1.disputes.retrieve(dispute.id).evidence_details.has_evidence is False


def test_all_evidence_together_has_a_limit_in_any_alphabet(v1, disputed):
    dispute = disputed()
    long = [key for key, limit in TEXTS.items() if limit == 20_000]
    most = dict.fromkeys(long[:7], "ص" * 20000) | {long[7]: "ص" * 10_000}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.disputes.update(dispute.id, {"evidence": {**most, "customer_name": "ف"}})
    assert refused.value.param == "evidence"
    laid = v1.disputes.update(dispute.id, {"evidence": most, "submit": False})
    assert sum(len(laid.evidence[key] or "") for key in TEXTS) == 150_000


def test_every_key_of_evidence_can_be_said(v1, disputed):
    dispute, slip = disputed(), document(v1)
    said = {**{key: f"about {key}" for key in TEXTS}, **dict.fromkeys(FILES, slip)}
    submitted = v1.disputes.update(dispute.id, {"evidence": said})
    assert {key: submitted.evidence[key] for key in KEYS} == said


def test_the_documents_and_disputes_of_others_are_not_there(v1, disputed):
    dispute = disputed()
    seller = v1.accounts.create({"type": "custom", "country": "MA"})
    theirs = document(v1, stripe_account=seller.id)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.disputes.update(dispute.id, {"evidence": {"receipt": theirs}})
    assert (refused.value.code, refused.value.http_status) == ("resource_missing", 404)
    for verb in (v1.disputes.retrieve, v1.disputes.close):
        with pytest.raises(stripe.InvalidRequestError) as missing:
            verb(dispute.id, {}, {"stripe_account": seller.id})
        assert missing.value.http_status == 404


def test_an_issuers_warning_can_be_acted_on_until_the_money_is_back(v1, network):
    paid = v1.payment_intents.create(
        {
            "amount": 10_000,
            "currency": "mad",
            "confirm": True,
            "payment_method": "pm_card_createIssuerFraudRecord",
        }
    )
    network()
    network()
    (warning,) = v1.radar.early_fraud_warnings.list({"payment_intent": paid.id}).data
    assert (warning.charge, warning.fraud_type) == (paid.latest_charge, "made_with_stolen_card")
    assert warning.actionable
    v1.refunds.create({"charge": warning.charge})
    whole = v1.radar.early_fraud_warnings.retrieve(warning.id, {"expand": ["charge"]})
    assert (whole.actionable, whole.charge.refunded) == (False, True)
    told = [e.type for e in v1.events.list({"limit": 100}).data if e.data.object.id == warning.id]
    assert told == ["radar.early_fraud_warning.created"]
