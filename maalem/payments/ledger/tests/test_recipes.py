"""Each recipe, folded into accounts: who has what afterwards."""

from collections import Counter

import pytest

from maalem.payments.ledger import recipes
from maalem.payments.ledger.records import account_id, transfer_id

OWNER, SELLER = "acct_platform", "acct_fadma"


def fold(*chains):
    """Posted and pending sums by (owner, kind): credits positive, debits negative."""
    names = {a.id: (a.owner, a.kind) for chain in chains for a in chain.accounts}
    posted, held, holds = Counter(), Counter(), {}
    for transfer in [t for chain in chains for t in chain.transfers]:
        sides = ((transfer.credit_account, 1), (transfer.debit_account, -1))
        if transfer.kind == "pending":
            holds[transfer.id] = transfer
        for account, sign in sides:
            if transfer.kind in ("posted", "post"):
                posted[names[account]] += sign * transfer.amount
            if transfer.kind == "pending":
                held[names[account]] += sign * transfer.amount
            if transfer.pending_id is not None:
                held[names[account]] -= sign * holds[transfer.pending_id].amount
    assert sum(posted.values()) == 0
    assert sum(held.values()) == 0
    return {k: v for k, v in posted.items() if v}, {k: v for k, v in held.items() if v}


def test_a_charge_is_owed_by_the_rail_to_the_owner_less_the_fee():
    chain = recipes.charge(
        "ch_1", owner=OWNER, by="card", amount=10_000, fee=180, currency="mad", bucket="pending"
    )
    posted, _ = fold(chain)
    assert posted == {
        ("house", "rail_card"): -10_000,
        (OWNER, "pending"): 9_820,
        ("house", "fees"): 180,
    }


def test_a_charge_without_a_fee_is_one_transfer():
    chain = recipes.charge(
        "ch_1", owner=OWNER, by="wallet", amount=5, fee=0, currency="mad", bucket="available"
    )
    assert len(chain.transfers) == 1


def test_a_hold_is_captured_in_part_and_the_rest_is_gone():
    who = {"owner": OWNER, "by": "card", "currency": "mad", "bucket": "pending"}
    hold = recipes.hold("ch_1", amount=10_000, timeout_s=60, **who)
    posted, held = fold(hold)
    assert posted == {}
    assert held == {("house", "rail_card"): -10_000, (OWNER, "pending"): 10_000}
    posted, held = fold(hold, recipes.capture("cap_1", held_by="ch_1", amount=7_000, fee=0, **who))
    assert posted == {("house", "rail_card"): -7_000, (OWNER, "pending"): 7_000}
    assert held == {}


def test_a_released_hold_leaves_nothing():
    who = {"owner": OWNER, "by": "card", "currency": "mad", "bucket": "pending"}
    hold = recipes.hold("ch_1", amount=10_000, timeout_s=60, **who)
    assert fold(hold, recipes.release("ch_1", held_by="ch_1", **who)) == ({}, {})


def test_a_hold_is_raised_and_taken_in_two_parts():
    who = {"owner": OWNER, "by": "card", "currency": "mad", "bucket": "pending"}
    hold = recipes.hold("ch_1", amount=10_000, timeout_s=60, **who)
    more = recipes.raise_hold("inc_1", held_by="ch_1", amount=12_000, timeout_s=60, **who)
    assert fold(hold, more) == ({}, {("house", "rail_card"): -12_000, (OWNER, "pending"): 12_000})
    part = recipes.capture(
        "cap_1", held_by="inc_1", amount=7_000, fee=0, rest=5_000, timeout_s=60, **who
    )
    posted, held = fold(hold, more, part)
    assert posted == {("house", "rail_card"): -7_000, (OWNER, "pending"): 7_000}
    assert held == {("house", "rail_card"): -5_000, (OWNER, "pending"): 5_000}
    last = recipes.capture("cap_2", held_by="cap_1", amount=4_000, fee=0, **who)
    posted, held = fold(hold, more, part, last)
    assert posted == {("house", "rail_card"): -11_000, (OWNER, "pending"): 11_000}
    assert held == {}


def test_a_refund_is_reserved_and_then_given():
    who = {"owner": OWNER, "by": "card", "currency": "mad", "bucket": "available"}
    reserve = recipes.refund_reserve("re_1", amount=400, **who)
    _, held = fold(reserve)
    assert held == {(OWNER, "available"): -400, ("house", "rail_card"): 400}
    posted, held = fold(reserve, recipes.refund("re_1", amount=400, **who))
    assert posted == {(OWNER, "available"): -400, ("house", "rail_card"): 400}
    assert held == {}
    assert fold(reserve, recipes.refund_failed("re_1", amount=400, **who)) == ({}, {})


def test_a_fee_that_goes_back_pays_its_part_of_the_refund():
    who = {"owner": OWNER, "by": "card", "currency": "mad", "bucket": "available"}
    for fee, owners in ((18, 382), (400, 0)):
        what = {"amount": 400, "fee": fee, **who}
        reserve = recipes.refund_reserve("re_1", **what)
        posted, held = fold(reserve, recipes.refund("re_1", **what))
        assert posted.get((OWNER, "available"), 0) == -owners
        assert posted["house", "fees"] == -fee
        assert held == {}
        assert fold(reserve, recipes.refund_failed("re_1", **what)) == ({}, {})


def test_a_refund_that_came_back_leaves_nothing_of_itself():
    for fee in (0, 150, 400):
        what = {"owner": OWNER, "by": "card", "currency": "mad", "bucket": "available"}
        what |= {"amount": 400, "fee": fee}
        given = recipes.refund_reserve("re_1", **what), recipes.refund("re_1", **what)
        cost = recipes.interchange_back("re_1", amount=3, currency="mad")
        back = recipes.interchange_again("re_1", amount=3, currency="mad")
        whole = (*given, cost, recipes.refund_returned("re_1", **what), back)
        posted, held = fold(*whole)
        assert {account: net for account, net in posted.items() if net} == held == {}


def test_interchange_is_a_cost_until_the_network_nets_it():
    charge = recipes.charge(
        "ch_1",
        owner=OWNER,
        by="card",
        amount=10_000,
        fee=0,
        interchange=65,
        currency="mad",
        bucket="pending",
    )
    assert len(charge.transfers) == 2
    back = recipes.interchange_back("re_1", amount=25, currency="mad")
    netted = recipes.interchange_netted("set_1", amount=40, currency="mad")
    posted, _ = fold(charge, back, netted)
    assert posted == {
        ("house", "rail_card"): -9_960,
        (OWNER, "pending"): 10_000,
        ("house", "interchange"): -40,
    }


def test_a_transfer_and_its_reversal_meet():
    given = recipes.transfer(
        "tr_1", owner=OWNER, to=SELLER, amount=800, currency="mad", bucket="pending"
    )
    back = recipes.reversal(
        "trr_1", owner=OWNER, back_from=SELLER, amount=300, currency="mad", bucket="pending"
    )
    posted, _ = fold(given, back)
    assert posted == {(OWNER, "pending"): -500, (SELLER, "pending"): 500}


@pytest.mark.parametrize("net", [700, -700])
def test_availability_moves_a_line_between_the_buckets(net):
    posted, _ = fold(recipes.availability("txn_1", owner=OWNER, net=net, currency="mad"))
    assert posted == {(OWNER, "pending"): -net, (OWNER, "available"): net}


def test_a_debt_is_settled_from_what_is_available():
    posted, _ = fold(recipes.settle_owed("po_1", owner=OWNER, amount=300, currency="mad"))
    assert posted == {(OWNER, "available"): -300, (OWNER, "owed"): 300}


def test_a_chargeback_takes_what_is_there_and_the_rest_is_owed():
    amount = recipes.taken(1_000, available=300, pending=200)
    fee = recipes.taken(50, available=0, pending=0)
    assert (amount, fee) == ((300, 200, 500), (0, 0, 50))
    who = {"owner": OWNER, "by": "card", "currency": "mad"}
    gone = recipes.dispute_withdrawn("dp_1", amount=amount, fee=fee, **who)
    posted, _ = fold(gone)
    assert posted == {
        (OWNER, "available"): -300,
        (OWNER, "pending"): -200,
        (OWNER, "owed"): -550,
        ("house", "rail_card"): 1_000,
        ("house", "fees"): 50,
    }
    posted, _ = fold(gone, recipes.dispute_reinstated("dp_1", amount=1_000, owes=550, **who))
    assert posted == {
        (OWNER, "available"): 150,
        (OWNER, "pending"): -200,
        ("house", "fees"): 50,
    }


@pytest.mark.parametrize(
    ("available", "pending", "parts"),
    [(0, 0, (0, 0, 100)), (100, 5, (100, 0, 0)), (-7, 40, (0, 40, 60)), (99, 9, (99, 1, 0))],
)
def test_what_is_taken_adds_up(available, pending, parts):
    assert recipes.taken(100, available=available, pending=pending) == parts


def test_ids_follow_from_names_and_sort_by_their_source():
    assert account_id("a", kind="k", currency="mad") == account_id("a", kind="k", currency="mad")
    assert account_id("a", kind="k", currency="mad") != account_id("a", kind="k", currency="eur")
    early = transfer_id("ch_01m80c3bvwaggq6yyk7t2caess", "charge")
    late = transfer_id("ch_01m80cjzj34h5v045dkayrpbjt", "charge")
    assert early < late
    assert transfer_id("ch_x", "hold") != transfer_id("ch_x", "capture")
