"""The official SDK, unmodified but for its base address, against a real socket."""

from typing import Any

import pytest
import stripe

pytestmark = pytest.mark.xdist_group("payments-service")


@pytest.fixture
def v1(service: Any) -> Any:
    return service.client().v1


def paid(v1: Any, amount: int = 10_000, **fields: Any) -> Any:
    return v1.payment_intents.create(
        {
            "amount": amount,
            "currency": "mad",
            "confirm": True,
            "payment_method": "pm_card_visa",
            **fields,
        }
    )


def seller(v1: Any, name: str = "Fadma Aït Baha") -> Any:
    return v1.accounts.create(
        {"type": "custom", "country": "MA", "business_profile": {"name": name}}
    )


@pytest.mark.parametrize("currency", ["eur", "usd", "xyz", "", "ma", "madd"])
def test_money_that_could_not_be_paid_out_is_not_taken(v1, currency):
    """The institution's account at its bank is in dirhams."""
    owner = seller(v1).id
    goods = {"currency": currency, "unit_amount": 100, "product_data": {"name": "Tajine"}}
    basket = [{"price_data": goods, "quantity": 1}]
    shop = {"mode": "payment", "success_url": "http://shop.test/done", "line_items": basket}
    some = {"amount": 1_000, "currency": currency}
    for asked, param in (
        (lambda: paid(v1, currency=currency), "currency"),
        (lambda: v1.payment_intents.update(v1.payment_intents.create(
            {"amount": 1_000, "currency": "mad"}).id, {"currency": currency}), "currency"),
        (lambda: v1.checkout.sessions.create(shop), "line_items[0][price_data][currency]"),
        (lambda: v1.transfers.create({**some, "destination": owner}), "currency"),
        (lambda: v1.payouts.create(some), "currency"),
    ):  # fmt: skip
        with pytest.raises(stripe.InvalidRequestError) as refused:
            asked()
        assert refused.value.param == param


def test_it_opens_an_account_for_a_seller(v1):
    account = v1.accounts.create(
        {
            "type": "custom",
            "country": "MA",
            "business_profile": {"name": "Fadma Aït Baha"},
            "metadata": {"artisan": "fadma-ait-baha"},
        }
    )
    assert account.charges_enabled
    assert account.metadata["artisan"] == "fadma-ait-baha"
    changed = v1.accounts.update(
        account.id, {"email": "fadma@example.org", "metadata": {"region": "09"}}
    )
    assert changed.metadata.to_dict() == {"artisan": "fadma-ait-baha", "region": "09"}
    assert v1.accounts.retrieve(account.id).email == "fadma@example.org"
    assert account.id in [a.id for a in v1.accounts.list({"limit": 100}).data]


def test_it_keeps_a_customer_and_what_she_pays_with(v1):
    customer = v1.customers.create({"name": "Claire Martin", "email": "claire@example.org"})
    method = v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    assert method.customer == customer.id
    assert method.card.last4 == "4242"
    kept = v1.payment_methods.list({"customer": customer.id, "type": "card"})
    assert [m.id for m in kept.data] == [method.id]
    payment = paid(v1, customer=customer.id, payment_method=method.id)
    assert payment.customer == customer.id
    assert v1.payment_methods.detach(method.id).customer is None
    assert v1.customers.delete(customer.id).deleted
    assert v1.customers.retrieve(customer.id).deleted


def test_a_card_can_be_typed_and_its_number_never_comes_back(v1, service):
    card = {"number": "4242 4242 4242 4242", "exp_month": 12, "exp_year": 2034, "cvc": "314"}
    method = v1.payment_methods.create({"type": "card", "card": card})
    assert method.card.checks.cvc_check == "pass"
    token = v1.tokens.create({"card": card})
    by_token = v1.payment_methods.create({"type": "card", "card": {"token": token.id}})
    assert by_token.card.last4 == "4242"
    with pytest.raises(stripe.InvalidRequestError) as spent:
        v1.payment_methods.create({"type": "card", "card": {"token": token.id}})
    assert spent.value.code == "token_already_used"
    stored = service.rows("SELECT count(*) FROM payment_methods m WHERE m::text LIKE '%%4242424%%'")
    assert stored == [(0,)]


@pytest.mark.parametrize(
    ("card", "code", "param"),
    [
        ({"number": "4242424242424241"}, "incorrect_number", "card[number]"),
        ({"number": "42"}, "invalid_number", "card[number]"),
        ({"exp_month": 13}, "invalid_expiry_month", "card[exp_month]"),
        ({"exp_year": 2001}, "invalid_expiry_year", "card[exp_year]"),
        ({"cvc": "1"}, "invalid_cvc", "card[cvc]"),
    ],
)
def test_a_mistyped_card_is_named(v1, card, code, param):
    good = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2034, "cvc": "314"}
    with pytest.raises(stripe.CardError) as refused:
        v1.payment_methods.create({"type": "card", "card": {**good, **card}})
    assert (refused.value.code, refused.value.param) == (code, param)


def test_it_pays_and_shows_where_the_money_is(v1):
    payment = paid(
        v1, metadata={"group": "G-1"}, expand=["latest_charge.balance_transaction", "customer"]
    )
    assert payment.status == "succeeded"
    line = payment.latest_charge.balance_transaction
    assert (line.amount, line.net, line.status) == (10_000, 10_000, "pending")
    assert v1.charges.retrieve(payment.latest_charge.id).metadata["group"] == "G-1"
    types = [e.type for e in v1.events.list({"limit": 100}).data if _about(e) == payment.id]
    assert sorted(types) == ["payment_intent.created", "payment_intent.succeeded"]


def _about(event: Any) -> str:
    return str(event.data.object["id"])


def test_a_3d_secure_card_waits_for_its_holder(v1, service):
    payment = paid(
        v1, payment_method="pm_card_threeDSecure2Required", return_url="http://shop.test/back"
    )
    assert payment.status == "requires_action"
    redirect = payment.next_action.redirect_to_url
    assert redirect.url.startswith(f"{service.url}/hosted/3ds/")
    assert redirect.return_url == "http://shop.test/back"
    assert v1.payment_intents.cancel(payment.id).status == "canceled"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.payment_intents.confirm(payment.id, {"payment_method": "pm_card_visa"})
    assert refused.value.code == "payment_intent_unexpected_state"
    assert refused.value.error.payment_intent.status == "canceled"


@pytest.mark.parametrize(
    ("card", "code", "decline"),
    [
        ("pm_card_visa_chargeDeclined", "card_declined", "generic_decline"),
        (
            "pm_card_visa_chargeDeclinedInsufficientFunds",
            "card_declined",
            "insufficient_funds",
        ),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", None),
    ],
)
def test_a_declined_card_says_why(v1, card, code, decline):
    with pytest.raises(stripe.CardError) as refused:
        paid(v1, payment_method=card)
    error = refused.value.error
    assert (error.code, error.decline_code) == (code, decline)
    assert refused.value.http_status == 402
    assert error.payment_intent.status == "requires_payment_method"
    assert error.payment_intent.last_payment_error.code == code
    assert v1.charges.retrieve(error.charge).status == "failed"


def test_held_money_is_captured_in_part(v1):
    held = paid(v1, capture_method="manual")
    assert (held.status, held.amount_capturable) == ("requires_capture", 10_000)
    taken = v1.payment_intents.capture(held.id, {"amount_to_capture": 6_500})
    assert (taken.status, taken.amount_received) == ("succeeded", 6_500)
    with pytest.raises(stripe.InvalidRequestError):
        v1.payment_intents.capture(held.id)


def test_it_refunds_in_parts_and_no_further(v1):
    payment = paid(v1)
    part = v1.refunds.create({"payment_intent": payment.id, "amount": 4_000})
    assert (part.status, part.charge) == ("succeeded", payment.latest_charge)
    v1.refunds.update(part.id, {"metadata": {"why": "broken"}})
    assert v1.refunds.retrieve(part.id).metadata["why"] == "broken"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.refunds.create({"payment_intent": payment.id, "amount": 6_001})
    assert refused.value.code == "amount_too_large"
    rest = v1.refunds.create({"charge": payment.latest_charge, "expand": ["charge"]})
    assert rest.charge.refunded
    with pytest.raises(stripe.InvalidRequestError) as again:
        v1.refunds.create({"payment_intent": payment.id})
    assert again.value.code == "charge_already_refunded"
    assert len(v1.refunds.list({"payment_intent": payment.id}).data) == 2


def test_it_passes_money_on_and_takes_it_back(v1):
    fadma = seller(v1)
    payment = paid(v1, transfer_group="G-77")
    given = v1.transfers.create(
        {
            "amount": 9_000,
            "currency": "mad",
            "destination": fadma.id,
            "source_transaction": payment.latest_charge,
            "metadata": {"order": "M-1"},
        }
    )
    assert given.transfer_group == "G-77"
    theirs = v1.balance.retrieve(options={"stripe_account": fadma.id})
    assert [(a.amount, a.currency) for a in theirs.pending] == [(9_000, "mad")]
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.transfers.create(
            {
                "amount": 1_001,
                "currency": "mad",
                "destination": fadma.id,
                "source_transaction": payment.latest_charge,
            }
        )
    assert refused.value.code == "amount_too_large"
    v1.transfers.reversals.create(given.id, {"amount": 2_000})
    seen = v1.transfers.retrieve(given.id)
    assert (seen.amount_reversed, seen.reversed) == (2_000, False)
    assert seen.reversals.data[0].amount == 2_000
    lines = v1.balance_transactions.list(options={"stripe_account": fadma.id})
    assert [(line.type, line.net) for line in lines.data] == [
        ("payment_refund", -2_000),
        ("payment", 9_000),
    ]
    assert v1.balance.retrieve(options={"stripe_account": fadma.id}).pending[0].amount == 7_000


def test_a_platform_sees_only_its_own(v1, service):
    with pytest.raises(stripe.PermissionError):
        v1.balance.retrieve(options={"stripe_account": "acct_of_somebody_else"})
    with pytest.raises(stripe.InvalidRequestError) as missing:
        v1.payment_intents.retrieve("pi_nobody")
    assert missing.value.code == "resource_missing"
    stranger = stripe.StripeClient(
        "sk_test_wrong", base_addresses={"api": service.url}, max_network_retries=0
    )
    with pytest.raises(stripe.AuthenticationError):
        stranger.v1.balance.retrieve()


def test_lists_are_paged_both_ways(v1):
    customer = v1.customers.create({"name": "Claire Martin"})
    made = [
        v1.payment_intents.create(
            {"amount": 100 + n, "currency": "mad", "customer": customer.id}
        ).id
        for n in range(7)
    ]
    newest_first = made[::-1]
    mine = {"customer": customer.id, "limit": 3}
    first = v1.payment_intents.list(mine)
    assert [i.id for i in first.data] == newest_first[:3]
    assert first.has_more
    assert [i.id for i in first.auto_paging_iter()] == newest_first
    last = v1.payment_intents.list({**mine, "starting_after": newest_first[5]})
    assert [i.id for i in last.data] == newest_first[6:]
    assert not last.has_more
    back = v1.payment_intents.list({**mine, "ending_before": newest_first[4]})
    assert [i.id for i in back.data] == newest_first[1:4]
    assert [i.id for i in back.auto_paging_iter()] == newest_first[:4][::-1]
    created = v1.payment_intents.retrieve(made[0]).created
    assert v1.payment_intents.list({**mine, "created": {"lt": created}}).data == []
    assert len(v1.payment_intents.list({**mine, "created": {"gte": created}}).data) == 3


def test_metadata_is_merged_and_bounded(v1):
    intent = v1.payment_intents.create(
        {"amount": 100, "currency": "mad", "metadata": {"a": "1", "b": "2"}}
    )
    changed = v1.payment_intents.update(intent.id, {"metadata": {"b": "", "c": "3"}})
    assert changed.metadata.to_dict() == {"a": "1", "c": "3"}
    assert v1.payment_intents.update(intent.id, {"metadata": ""}).metadata.to_dict() == {}
    for bad in ({"k" * 41: "v"}, {"k": "v" * 501}, {f"k{n}": "v" for n in range(51)}):
        with pytest.raises(stripe.InvalidRequestError):
            v1.payment_intents.update(intent.id, {"metadata": bad})


@pytest.mark.parametrize(
    ("params", "code", "param"),
    [
        ({"amount": 100, "currency": "mad", "colour": "red"}, "parameter_unknown", "colour"),
        ({"currency": "mad"}, "parameter_missing", "amount"),
        ({"amount": "ten", "currency": "mad"}, "parameter_invalid_integer", "amount"),
        ({"amount": 0, "currency": "mad"}, "amount_too_small", "amount"),
        ({"amount": 100_000_000, "currency": "mad"}, "amount_too_large", "amount"),
        ({"amount": 100, "currency": "xyz"}, None, "currency"),
        ({"amount": 100, "currency": "mad", "customer": "cus_x"}, "resource_missing", "customer"),
        (
            {"amount": 100, "currency": "mad", "payment_method_data": {"type": "card", "x": 1}},
            "parameter_unknown",
            "payment_method_data[x]",
        ),
    ],
)
def test_a_wrong_parameter_is_named(v1, params, code, param):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.payment_intents.create(params)
    assert (refused.value.code, refused.value.param) == (code, param)


def test_expand_goes_four_levels_deep_and_no_deeper(v1):
    """Both on real objects: each of the names below is one that can be expanded there."""
    payment = paid(v1)
    made = v1.refunds.create({"charge": payment.latest_charge, "amount": 100})
    deep = "charge.payment_intent.latest_charge.balance_transaction"
    found = v1.refunds.retrieve(made.id, {"expand": [deep]})
    charge = found.charge.payment_intent.latest_charge
    assert (found.charge.id, charge.id) == (payment.latest_charge, payment.latest_charge)
    assert charge.balance_transaction.object == "balance_transaction"
    assert charge.balance_transaction.source == payment.latest_charge
    listed = v1.refunds.list({"charge": payment.latest_charge, "expand": [f"data.{deep}"]})
    assert listed.data[0].charge.payment_intent.latest_charge.balance_transaction.id.startswith(
        "txn_"
    )
    for path in (f"payment_intent.latest_charge.{deep.split('.', 1)[1]}", f"data.charge.{deep}"):
        ask = v1.refunds.list if path.startswith("data.") else v1.refunds.retrieve
        which = [] if path.startswith("data.") else [made.id]
        with pytest.raises(stripe.InvalidRequestError) as refused:
            ask(*which, {"expand": [path]})
        assert refused.value.param == "expand"
        assert "more than 4 levels" in str(refused.value)
    v1.refunds.retrieve(made.id, {"expand": ["payment_intent.latest_charge.payment_intent"]})


def test_what_can_not_be_expanded_is_refused(v1):
    intent = v1.payment_intents.create({"amount": 100, "currency": "mad"})
    for path in ("amount", "nothing", "a.b.c.d.e"):
        with pytest.raises(stripe.InvalidRequestError):
            v1.payment_intents.retrieve(intent.id, {"expand": [path]})
    listed = v1.payment_intents.list({"expand": ["data.latest_charge"], "limit": 2})
    assert len(listed.data) == 2


def test_a_wallet_pays_by_telephone_number(v1, service):
    payment = v1.payment_intents.create(
        {
            "amount": 5_000,
            "currency": "mad",
            "confirm": True,
            "payment_method_types": ["card", "wallet"],
            "payment_method_data": {"type": "wallet", "wallet": {"phone": "+212661000101"}},
        }
    )
    assert payment.next_action.redirect_to_url.url.startswith(f"{service.url}/hosted/wallet/")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.payment_methods.create({"type": "wallet", "wallet": {"phone": "0661 00 01 01"}})
    assert refused.value.param == "wallet[phone]"
