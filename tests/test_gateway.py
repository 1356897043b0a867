"""The platform's gateway and the payment institution, each as it is, over a real socket."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from maalem.kit.rib import rib_key
from maalem.payments.events.types import EVENT_TYPES
from maalem.payments.risk import decide
from maalem.payments.tests import service as driver
from maalem.payments.vault.brands import BRANDS, UNKNOWN
from maalem.platform.ground import gateway
from maalem.platform.ground.gateway import calls, desk, risk
from maalem.platform.ground.gateway.risk_records import Condition
from maalem.platform.market.till import rule_words, tool_words

CHECKOUT: dict[str, Any] = {
    "lines": [gateway.Line("Tapis", 250_000), gateway.Line("Tajine", 18_000, quantity=2)],
    "success_url": driver.SHOP + "/fr/done?session={CHECKOUT_SESSION_ID}",
    "cancel_url": driver.SHOP + "/fr/cart",
}


@pytest.fixture(autouse=True)
def _pointed(institution, settings):
    settings.PAYMENTS_URL = institution.url
    settings.STRIPE_API_KEY = driver.SECRET_KEY
    calls._make.cache_clear()
    yield
    calls._make.cache_clear()


def paid(institution: driver.Service, group: str) -> tuple[gateway.Session, gateway.Intent]:
    session = gateway.create_checkout_session(**CHECKOUT, reference=group, key=f"pay-{group}-1")
    driver.Payer(institution).open(session.url).pay()
    return gateway.retrieve_session(session.id), gateway.retrieve_intent(session.intent)


def test_a_purchase_reaches_the_artisans_statement_with_its_order(institution):
    weaver = gateway.create_account(name="Fadma Aït Baha", key="account-weaver").id
    session, intent = paid(institution, "M-LIVE-1")
    assert session.is_paid
    assert (session.reference, session.amount_minor) == ("M-LIVE-1", 286_000)
    assert (intent.status, intent.received_minor) == ("succeeded", 286_000)
    words = {
        "amount_minor": 225_000,
        "destination": weaver,
        "charge": intent.charge,
        "group": "M-LIVE-1",
        "key": "release-M-LIVE-1-A",
        "metadata": {"order": "M-LIVE-1-A"},
    }
    transfer = gateway.create_transfer(**words)
    assert gateway.create_transfer(**words) == transfer
    (line,) = gateway.transactions(weaver).transactions
    assert (line.net_minor, line.group, line.order) == (225_000, "M-LIVE-1", "M-LIVE-1-A")
    has = gateway.balance(weaver)
    assert has.available_minor + has.pending_minor == 225_000


def test_a_statement_comes_in_pages(institution):
    potter = gateway.create_account(name="Driss Serghini", key="account-potter").id
    _, intent = paid(institution, "M-LIVE-2")
    for number in range(3):
        gateway.create_transfer(
            amount_minor=1_000 + number,
            destination=potter,
            charge=intent.charge,
            group="M-LIVE-2",
            key=f"release-M-LIVE-2-{number}",
        )
    first = gateway.transactions(potter, limit=2)
    rest = gateway.transactions(potter, limit=2, after=first.next_after)
    amounts = [line.amount_minor for page in (first, rest) for line in page.transactions]
    assert amounts == [1_002, 1_001, 1_000]
    assert rest.next_after == ""


def test_a_page_that_was_closed_is_not_paid_any_more(institution):
    session = gateway.create_checkout_session(
        **CHECKOUT, reference="M-LIVE-3", key="pay-M-LIVE-3-1"
    )
    closed = gateway.expire_session(session.id, key="close-M-LIVE-3-1")
    assert (closed.status, closed.is_paid) == ("expired", False)
    with pytest.raises(gateway.Refused):
        gateway.expire_session(session.id, key="close-M-LIVE-3-2")


def test_a_payment_goes_back_once(institution):
    _, intent = paid(institution, "M-LIVE-4")
    refund = gateway.create_refund(intent=intent.id, amount_minor=286_000, key="refund-M-LIVE-4")
    again = gateway.create_refund(intent=intent.id, amount_minor=286_000, key="refund-M-LIVE-4")
    assert refund == again
    assert refund.status in {"succeeded", "pending"}
    with pytest.raises(gateway.Refused):
        gateway.create_refund(intent=intent.id, amount_minor=1, key="refund-M-LIVE-4-b")


def test_the_same_key_with_other_words_is_refused(institution):
    gateway.create_account(name="Naïma", key="account-clerk")
    with pytest.raises(gateway.Refused) as said:
        gateway.create_account(name="Somebody else", key="account-clerk")
    assert said.value.code == "idempotency_error"


def test_another_key_is_refused(institution, settings):
    settings.STRIPE_API_KEY = "sk_test_of_nobody"
    calls._make.cache_clear()
    with pytest.raises(gateway.Refused):
        gateway.balance()


def test_what_is_not_there_is_refused(institution):
    with pytest.raises(gateway.Refused) as said:
        gateway.retrieve_intent("pi_00000000000000000000000000")
    assert said.value.code == "resource_missing"


def test_the_till_reads_a_payment_its_refund_and_the_money_over_the_wire(institution):
    weaver = gateway.create_account(name="Fadma at the till", key="account-till").id
    _, intent = paid(institution, "M-TILL-1")
    gateway.create_transfer(
        amount_minor=100_000,
        destination=weaver,
        charge=intent.charge,
        group="M-TILL-1",
        key="release-M-TILL-1",
    )
    (found,) = desk.search_charges(query='transfer_group:"M-TILL-1"').charges
    assert (found.id, found.amount_minor, found.captured) == (intent.charge, 286_000, True)
    assert found.movement is not None
    for query in (
        f'receipt_number:"{found.receipt}"',
        f'billing_details.name~"{found.payer}" OR amount:286000',
        'created>=0 AND disputed:"false" AND status:"succeeded"',
    ):
        assert found.id in [one.id for one in desk.search_charges(query=query).charges]

    words = {"amount_minor": 6_000, "key": "till-1", "reason": "requested_by_customer"}
    refund = desk.give_back(found.id, **words)
    assert desk.give_back(found.id, **words).id == refund.id
    with pytest.raises(gateway.Refused) as said:
        desk.give_back(found.id, amount_minor=286_000, key="till-2")
    assert said.value.code == "amount_too_large"

    story = desk.story(found.id)
    assert [one.id for one in story.refunds] == [refund.id]
    assert [(one.destination, one.amount_minor) for one in story.shares] == [(weaver, 100_000)]
    told = {one.type for one in story.told}
    assert {"payment_intent.created", "charge.succeeded", "charge.refunded"} <= told
    assert any(one.request for one in story.told)

    (hers,) = desk.charges(weaver, group="M-TILL-1").charges
    assert (hers.method, hers.amount_minor) == ("passed_on", 100_000)
    assert desk.story(hers.id, account=weaver).charge == hers
    with pytest.raises(gateway.Refused):
        desk.story(found.id, account=weaver)
    has = desk.holdings(weaver)
    assert has.available_minor + has.pending_minor == 100_000
    assert has.interval
    assert desk.payouts(weaver).payouts == ()
    assert desk.reserves(weaver) == ()
    lines, more = desk.movements(weaver, since=0)
    assert ([one.net_minor for one in lines], more) == ([100_000], "")


def test_the_till_offers_only_events_that_are_told():
    offered = {name for names in tool_words.EVENTS.values() for name in names}
    assert offered - {"*"} <= EVENT_TYPES


def test_a_rule_of_the_tills_is_the_institutions(institution):
    made = risk.make_list(name="Tenus à l’écart", alias="kept_out", kind="email", key="list-1")
    item = risk.put_on(made.id, value="Voleur@Example.org", key="put-1")
    assert [one.value for one in risk.listed(made.id).values] == ["voleur@example.org"]
    conditions = (
        Condition("amount", "at_least", 900_000),
        Condition("currency", "is", "mad"),
        Condition("card_country", "none_of", ("MA", "FR")),
        Condition("email", "in_list", made.id),
        Condition("velocity", "more_than", 3, per="card", count="declines", window_h=24),
    )
    said = {"action": "review", "conditions": conditions, "reason": "Grand montant"}
    rule = risk.make_rule(**said, key="rule-1")
    assert risk.make_rule(**said, key="rule-1") == rule
    assert (rule.conditions, rule.ends_at) == (conditions, None)
    assert rule in risk.rules()
    end = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)
    words = {"action": "block", "conditions": conditions[:2], "reason": "Trop", "ends_at": end}
    changed = risk.change_rule(rule.id, **words, key="rule-2")
    assert (changed.version, changed.action, changed.ends_at) == (2, "block", end)
    assert [one.version for one in risk.versions(rule.id)] == [2, 1]
    assert risk.end_rule(rule.id, key="end-1").has_ended
    assert risk.rule(rule.id).has_ended
    risk.take_off(item.id, key="take-1")
    risk.drop_list(made.id, key="drop-1")
    assert made not in risk.value_lists()
    with pytest.raises(gateway.Refused):
        risk.change_rule(rule.id, **words, key="rule-3")


def test_the_till_knows_every_fact_and_comparison_that_rules_have():
    assert set(rule_words.NUMBERS) == decide.NUMBERS
    assert set(rule_words.TEXTS) == decide.TEXTS
    assert set(rule_words.PERS) == decide.PER
    assert set(rule_words.COUNTS) == decide.COUNTED
    assert set(rule_words.OF_NUMBERS) == set(decide._NUMBER)
    assert set(rule_words.OF_TEXTS) == set(decide._TEXT)
    assert set(rule_words.OF_LISTS) == decide._LIST
    assert set(rule_words.REACHED) == decide._REACHED
    assert set(rule_words.KNOWN["card_brand"]) == {one.name for one in (*BRANDS, UNKNOWN)}


def test_money_is_sent_to_a_bank_by_hand_and_taken_back(institution):
    weaver = gateway.create_account(name="Fadma by hand", key="account-by-hand").id
    number = "011780" + "7" * 16
    desk.change_bank(weaver, number=number + rib_key(number), holder="Fadma", key="bank-by-hand")
    with pytest.raises(gateway.Refused) as said:
        desk.pay_out(weaver, amount_minor=5_000, key="out-0")
    assert said.value.code == "balance_insufficient"
    session = gateway.create_checkout_session(**CHECKOUT, reference="M-HAND-1", key="pay-M-HAND-1")
    driver.Payer(institution).open(session.url).pay("4000000000000077")
    intent = gateway.retrieve_intent(session.intent)
    gateway.create_transfer(
        amount_minor=5_000,
        destination=weaver,
        charge=intent.charge,
        group="M-HAND-1",
        key="release-M-HAND-1",
    )
    made = desk.pay_out(weaver, amount_minor=5_000, key="out-1")
    assert desk.pay_out(weaver, amount_minor=5_000, key="out-1") == made
    assert (made.status, made.amount_minor, made.is_automatic) == ("pending", 5_000, False)
    assert desk.holdings(weaver).available_minor == 0
    assert desk.call_back(made.id, account=weaver, key="back-1").status == "canceled"
    assert desk.holdings(weaver).available_minor == 5_000
