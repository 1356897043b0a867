"""The three ways to share a payment, through the official SDK: destination, direct, separate."""

from typing import Any

import pytest
import stripe

from maalem.payments.tests.service import Payer, Service

pytestmark = pytest.mark.xdist_group("payments-service")


@pytest.fixture
def v1(service: Service) -> Any:
    return service.client().v1


@pytest.fixture
def fadma(v1: Any) -> str:
    account: stripe.Account = v1.accounts.create({"business_profile": {"name": "Fadma Aït Baha"}})
    return account.id


def pay(v1: Any, amount: int = 10_000, *, options: Any = None, **fields: Any) -> Any:
    wanted = {
        "amount": amount,
        "currency": "mad",
        "confirm": True,
        "payment_method": "pm_card_visa",
        "expand": ["latest_charge"],
    }
    return v1.payment_intents.create({**wanted, **fields}, options=options or {})


def named(account: str) -> Any:
    return {"stripe_account": account}


def pending(v1: Any, account: str) -> int:
    found: int = v1.balance.retrieve(options=named(account)).pending[0].amount
    return found


def lines(v1: Any, source: str, **options: Any) -> list[tuple[str, int, int, int]]:
    found = v1.balance_transactions.list({"source": source}, options=options)
    return [(line.type, line.amount, line.fee, line.net) for line in found.data]


def test_a_destination_charge_passes_on_and_earns_in_one_go(v1, fadma):
    paid = pay(
        v1,
        transfer_data={"destination": fadma},
        application_fee_amount=1_250,
        on_behalf_of=fadma,
    )
    assert paid.transfer_data.destination == fadma
    assert (paid.application_fee_amount, paid.on_behalf_of) == (1_250, fadma)
    charge = paid.latest_charge
    transfer = v1.transfers.retrieve(charge.transfer, {"expand": ["destination_payment"]})
    assert (transfer.amount, transfer.source_transaction) == (10_000, charge.id)
    payment = transfer.destination_payment
    assert (payment.object, payment.amount, payment.source_transfer) == (
        "charge",
        10_000,
        transfer.id,
    )
    fee = v1.application_fees.retrieve(charge.application_fee, {"expand": ["charge", "account"]})
    assert (fee.amount, fee.amount_refunded, fee.refunded) == (1_250, 0, False)
    assert (fee.charge.id, fee.account.id) == (payment.id, fadma)
    assert fee.originating_transaction == charge.id
    assert pending(v1, fadma) == 8_750
    assert lines(v1, charge.id) == [("charge", 10_000, 0, 10_000)]
    assert lines(v1, transfer.id) == [("transfer", -10_000, 0, -10_000)]
    assert lines(v1, fee.id) == [("application_fee", 1_250, 0, 1_250)]
    assert lines(v1, payment.id, **named(fadma)) == [("payment", 10_000, 1_250, 8_750)]


def test_a_part_of_a_payment_is_passed_on(v1, fadma):
    paid = pay(v1, transfer_data={"destination": fadma, "amount": 8_000})
    assert paid.latest_charge.transfer_data.amount == 8_000
    assert paid.latest_charge.application_fee is None
    assert pending(v1, fadma) == 8_000


def test_her_payment_is_a_charge_in_her_own_name(v1, fadma):
    first = v1.transfers.retrieve(
        pay(v1, transfer_data={"destination": fadma}).latest_charge.transfer
    )
    direct = pay(v1, 3_000, options=named(fadma)).latest_charge
    second = v1.transfers.retrieve(
        pay(v1, transfer_data={"destination": fadma}).latest_charge.transfer
    )
    hers = v1.charges.list({"limit": 2}, options=named(fadma))
    assert [charge.id for charge in hers.data] == [second.destination_payment, direct.id]
    assert hers.has_more
    made = [first.destination_payment, direct.id, second.destination_payment]
    assert [charge.id for charge in hers.auto_paging_iter()] == made[::-1]
    back = v1.charges.list({"ending_before": made[0], "limit": 1}, options=named(fadma))
    assert [charge.id for charge in back.data] == [direct.id]
    seen = v1.charges.retrieve(made[0], options=named(fadma))
    assert seen.payment_method_details.type == "stripe_account"
    v1.charges.update(made[0], {"metadata": {"order": "M-1"}}, options=named(fadma))
    assert v1.charges.retrieve(made[0], options=named(fadma)).metadata["order"] == "M-1"
    with pytest.raises(stripe.InvalidRequestError) as missing:
        v1.charges.retrieve(made[0])
    assert missing.value.code == "resource_missing"


def test_a_direct_charge_leaves_its_fee_with_the_platform(v1, fadma):
    before = v1.balance.retrieve().pending[0].amount
    paid = pay(v1, options=named(fadma), application_fee_amount=900)
    charge = paid.latest_charge
    assert lines(v1, charge.id, **named(fadma)) == [("charge", 10_000, 900, 9_100)]
    assert (pending(v1, fadma), v1.balance.retrieve().pending[0].amount) == (9_100, before + 900)
    fees = v1.application_fees.list({"charge": charge.id})
    assert [(fee.id, fee.amount) for fee in fees.data] == [(charge.application_fee, 900)]
    assert fees.data[0].originating_transaction is None
    told = [e.type for e in v1.events.list({"limit": 20}).data]
    assert "application_fee.created" in told
    with pytest.raises(stripe.InvalidRequestError):
        v1.charges.retrieve(charge.id)


def test_what_is_held_is_shared_when_it_is_captured(v1, fadma):
    held = pay(
        v1,
        capture_method="manual",
        transfer_data={"destination": fadma},
        application_fee_amount=5_000,
    )
    assert held.latest_charge.transfer is None
    taken = v1.payment_intents.capture(
        held.id,
        {"amount_to_capture": 4_000, "application_fee_amount": 400, "expand": ["latest_charge"]},
    )
    assert taken.application_fee_amount == 400
    assert v1.transfers.retrieve(taken.latest_charge.transfer).amount == 4_000
    assert pending(v1, fadma) == 3_600
    other = pay(
        v1,
        capture_method="manual",
        transfer_data={"destination": fadma},
        application_fee_amount=5_000,
    )
    # A fee is never more than what was taken.
    taken = v1.payment_intents.capture(
        other.id, {"amount_to_capture": 3_000, "expand": ["latest_charge.application_fee"]}
    )
    assert taken.latest_charge.application_fee.amount == 3_000
    assert pending(v1, fadma) == 3_600


def test_terms_can_be_changed_until_it_is_paid(v1, fadma):
    intent = v1.payment_intents.create(
        {"amount": 1_000, "currency": "mad", "transfer_data": {"destination": fadma}}
    )
    changed = v1.payment_intents.update(intent.id, {"application_fee_amount": 100})
    assert changed.application_fee_amount == 100
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.payment_intents.update(intent.id, {"amount": 99})
    assert refused.value.param == "application_fee_amount"
    changed = v1.payment_intents.update(
        intent.id, {"application_fee_amount": "", "transfer_data": {"amount": 700}}
    )
    assert (changed.application_fee_amount, changed.transfer_data.amount) == (None, 700)
    v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})
    assert pending(v1, fadma) == 700
    with pytest.raises(stripe.InvalidRequestError) as late:
        v1.payment_intents.update(intent.id, {"application_fee_amount": 5})
    assert late.value.code == "payment_intent_unexpected_state"


def test_a_checkout_session_shares_its_payment(v1, service, fadma, payer: Payer):
    session = service.session(
        payment_intent_data={
            "application_fee_amount": 10_000,
            "transfer_data": {"destination": fadma},
        }
    )
    payer.open(session.url).pay()
    assert service.retrieve(session).payment_intent.application_fee_amount == 10_000
    assert pending(v1, fadma) == session.amount_total - 10_000


@pytest.mark.parametrize(
    ("fields", "code", "param"),
    [
        ({"application_fee_amount": 100}, None, "application_fee_amount"),
        (
            {"transfer_data": {"destination": "acct_nobody"}},
            "resource_missing",
            "transfer_data[destination]",
        ),
        (
            {"transfer_data": {"destination": "acct_platform"}},
            None,
            "transfer_data[destination]",
        ),
        ({"transfer_data": {"amount": 5}}, "parameter_missing", "transfer_data[destination]"),
        (
            {"transfer_data": {"destination": "x", "to": 1}},
            "parameter_unknown",
            "transfer_data[to]",
        ),
        (
            {"transfer_data": {"destination": "SELLER"}, "application_fee_amount": 1_001},
            "amount_too_large",
            "application_fee_amount",
        ),
        (
            {"transfer_data": {"destination": "SELLER"}, "application_fee_amount": -1},
            "parameter_invalid_integer",
            "application_fee_amount",
        ),
        (
            {"transfer_data": {"destination": "SELLER", "amount": 1_001}},
            "amount_too_large",
            "transfer_data[amount]",
        ),
        (
            {"transfer_data": {"destination": "SELLER", "amount": 0}},
            "amount_too_small",
            "transfer_data[amount]",
        ),
        (
            {"transfer_data": {"destination": "SELLER", "amount": 5}, "application_fee_amount": 5},
            None,
            "transfer_data[amount]",
        ),
        ({"on_behalf_of": "acct_nobody"}, "resource_missing", "on_behalf_of"),
    ],
)
def test_wrong_terms_are_named(v1, service, fadma, fields, code, param):
    there = {**fields.get("transfer_data", {})}
    if there.get("destination") == "SELLER":
        fields = {**fields, "transfer_data": {**there, "destination": fadma}}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.payment_intents.create({"amount": 1_000, "currency": "mad", **fields})
    assert (refused.value.code, refused.value.param) == (code, param)
    with pytest.raises(stripe.InvalidRequestError) as inside:
        service.session(payment_intent_data={**fields, "capture_method": "automatic"}) if (
            code != "amount_too_large"
        ) else _session(service, fields)
    assert inside.value.param == _inside(param)


def _session(service: Service, fields: Any) -> Any:
    over = {"application_fee_amount": 99_000_000} if "application_fee_amount" in fields else {}
    data = {**fields["transfer_data"]}
    if "amount" in data:
        data["amount"] = 99_000_000
    return service.session(payment_intent_data={**over, "transfer_data": data})


def _inside(param: str) -> str:
    head, bracket, rest = param.partition("[")
    return f"payment_intent_data[{head}]{bracket}{rest}"


def test_nobody_passes_on_in_a_connected_accounts_name(v1, fadma):
    driss = v1.accounts.create({"business_profile": {"name": "Driss Serghini"}})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        pay(v1, options=named(fadma), transfer_data={"destination": driss.id})
    assert refused.value.code == "resource_missing"
    with pytest.raises(stripe.InvalidRequestError) as own:
        v1.transfers.create({"amount": 1, "currency": "mad", "destination": "acct_platform"})
    assert own.value.param == "destination"


def test_a_transfer_by_itself_is_a_payment_too(v1, fadma):
    paid = pay(v1)
    given = v1.transfers.create(
        {
            "amount": 9_000,
            "currency": "mad",
            "destination": fadma,
            "source_transaction": paid.latest_charge.id,
            "expand": ["destination_payment.balance_transaction"],
        }
    )
    assert given.destination_payment.amount == 9_000
    back = v1.transfers.reversals.create(
        given.id, {"amount": 2_000, "expand": ["destination_payment_refund", "transfer"]}
    )
    assert back.destination_payment_refund.charge == given.destination_payment.id
    assert back.transfer.amount_reversed == 2_000
    v1.transfers.reversals.update(given.id, back.id, {"metadata": {"why": "broken"}})
    assert v1.transfers.reversals.retrieve(given.id, back.id).metadata["why"] == "broken"
    assert [r.id for r in v1.transfers.reversals.list(given.id).data] == [back.id]
    (listed,) = [t for t in v1.transfers.list({"destination": fadma}).data if t.id == given.id]
    assert listed.reversals.data == v1.transfers.retrieve(given.id).reversals.data
    seen = v1.charges.retrieve(given.destination_payment.id, options=named(fadma))
    assert (seen.amount_refunded, seen.refunded) == (2_000, False)


def test_a_refund_takes_back_what_was_passed_on_and_earned(v1, fadma):
    before = v1.balance.retrieve().pending[0].amount
    paid = pay(v1, transfer_data={"destination": fadma}, application_fee_amount=1_000)
    part = v1.refunds.create(
        {
            "payment_intent": paid.id,
            "amount": 2_500,
            "reverse_transfer": True,
            "refund_application_fee": True,
            "expand": ["transfer_reversal", "charge"],
        }
    )
    back = part.transfer_reversal
    assert (part.status, part.source_transfer_reversal) == ("succeeded", None)
    assert (back.amount, back.source_refund) == (2_500, part.id)
    hers = v1.refunds.retrieve(back.destination_payment_refund, options=named(fadma))
    assert (hers.amount, hers.source_transfer_reversal, hers.status) == (
        2_500,
        back.id,
        "succeeded",
    )
    fee = v1.application_fees.retrieve(paid.latest_charge.application_fee)
    assert (fee.amount_refunded, fee.refunds.data[0].amount) == (250, 250)
    assert pending(v1, fadma) == 6_750
    v1.refunds.create(
        {
            "charge": paid.latest_charge.id,
            "reverse_transfer": True,
            "refund_application_fee": True,
        }
    )
    assert pending(v1, fadma) == 0
    assert v1.balance.retrieve().pending[0].amount == before
    assert v1.application_fees.retrieve(fee.id).refunded
    assert v1.transfers.retrieve(paid.latest_charge.transfer).reversed


def test_a_direct_charge_is_refunded_in_the_name_of_its_account(v1, fadma):
    before = v1.balance.retrieve().pending[0].amount
    paid = pay(v1, options=named(fadma), application_fee_amount=1_000)
    v1.refunds.create(
        {"payment_intent": paid.id, "amount": 5_000, "refund_application_fee": True},
        options=named(fadma),
    )
    assert (pending(v1, fadma), v1.balance.retrieve().pending[0].amount) == (4_500, before + 500)
    rest = v1.refunds.create(
        {"charge": paid.latest_charge.id, "refund_application_fee": True, "expand": ["charge"]},
        options=named(fadma),
    )
    assert rest.charge.refunded
    assert (pending(v1, fadma), v1.balance.retrieve().pending[0].amount) == (0, before)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.refunds.cancel(rest.id, options=named(fadma))
    assert refused.value.http_status == 400
    with pytest.raises(stripe.InvalidRequestError) as missing:
        v1.refunds.cancel(rest.id)
    assert missing.value.code == "resource_missing"


def test_a_destination_hands_her_payment_back(v1, fadma):
    before = v1.balance.retrieve().pending[0].amount
    paid = pay(v1, transfer_data={"destination": fadma}, application_fee_amount=1_000)
    transfer = v1.transfers.retrieve(paid.latest_charge.transfer)
    hers = v1.refunds.create(
        {
            "charge": transfer.destination_payment,
            "amount": 4_000,
            "reason": "requested_by_customer",
            "metadata": {"order": "M-1"},
            "refund_application_fee": True,
            "expand": ["source_transfer_reversal", "charge"],
        },
        options=named(fadma),
    )
    assert hers.id.startswith("pyr_")
    assert (hers.charge.amount_refunded, hers.metadata["order"]) == (4_000, "M-1")
    assert hers.source_transfer_reversal.transfer == transfer.id
    assert (pending(v1, fadma), v1.balance.retrieve().pending[0].amount) == (
        5_400,
        before + 4_600,
    )
    mine = v1.refunds.list({"charge": transfer.destination_payment}, options=named(fadma))
    assert [refund.id for refund in mine.data] == [hers.id]
    v1.refunds.update(hers.id, {"metadata": {"order": "M-2"}}, options=named(fadma))
    assert v1.refunds.retrieve(hers.id, options=named(fadma)).metadata["order"] == "M-2"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.refunds.create(
            {"charge": transfer.destination_payment, "amount": 6_001}, options=named(fadma)
        )
    assert (refused.value.code, refused.value.param) == ("amount_too_large", "amount")


def test_a_fee_is_given_back_by_itself_and_no_further(v1, fadma):
    paid = pay(v1, transfer_data={"destination": fadma}, application_fee_amount=1_000)
    fee = paid.latest_charge.application_fee
    part = v1.application_fees.refunds.create(fee, {"amount": 300, "expand": ["fee"]})
    assert (part.fee.amount_refunded, part.object) == (300, "fee_refund")
    v1.application_fees.refunds.update(fee, part.id, {"metadata": {"why": "late"}})
    assert v1.application_fees.refunds.retrieve(fee, part.id).metadata["why"] == "late"
    assert pending(v1, fadma) == 9_300
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.application_fees.refunds.create(fee, {"amount": 701})
    assert (refused.value.code, refused.value.param) == ("amount_too_large", "amount")
    v1.application_fees.refunds.create(fee)
    assert len(v1.application_fees.refunds.list(fee).data) == 2
    with pytest.raises(stripe.InvalidRequestError) as again:
        v1.application_fees.refunds.create(fee)
    assert again.value.code == "charge_already_refunded"
    # What is left of the fee for a refund is nothing.
    v1.refunds.create(
        {"payment_intent": paid.id, "reverse_transfer": True, "refund_application_fee": True}
    )
    assert pending(v1, fadma) == 0


def test_a_reversal_gives_its_part_of_the_fee_back(v1, fadma):
    paid = pay(v1, transfer_data={"destination": fadma}, application_fee_amount=1_000)
    v1.transfers.reversals.create(
        paid.latest_charge.transfer, {"amount": 2_500, "refund_application_fee": True}
    )
    assert v1.application_fees.retrieve(paid.latest_charge.application_fee).amount_refunded == 250
    assert pending(v1, fadma) == 6_750
    separate = v1.transfers.create(
        {
            "amount": 100,
            "currency": "mad",
            "destination": fadma,
            "source_transaction": pay(v1).latest_charge.id,
        }
    )
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.transfers.reversals.create(separate.id, {"refund_application_fee": True})
    assert refused.value.param == "refund_application_fee"


@pytest.mark.parametrize("flag", ["reverse_transfer", "refund_application_fee"])
def test_a_refund_can_not_take_back_what_nobody_got(v1, flag):
    paid = pay(v1)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.refunds.create({"payment_intent": paid.id, flag: True})
    assert refused.value.param == flag
    assert v1.refunds.list({"payment_intent": paid.id}).data == []
