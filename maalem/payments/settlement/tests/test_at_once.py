"""Many at once against one service: nothing is paid out twice, nothing below zero."""

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import stripe

from maalem.payments.settlement.tests.cast import bank_account, rib
from maalem.payments.tests.service import Service

pytestmark = pytest.mark.xdist_group("payments-service")
TEST_CARD = "pm_card_bypassPending"


@pytest.fixture
def v1(service: Service) -> Any:
    return service.client().v1


def rich(v1: Any, amount: int) -> tuple[str, Any]:
    """An account with so much available, a bank account, and how to act in its name."""
    account = v1.accounts.create(
        {
            "country": "MA",
            "external_account": bank_account(rib().digits),
            "settings": {"payouts": {"schedule": {"interval": "manual"}}},
        }
    )
    earn(v1, account.id, amount)
    return account.id, {"stripe_account": account.id}


def earn(v1: Any, account: str, amount: int) -> None:
    paid = v1.payment_intents.create(
        {"amount": amount, "currency": "mad", "confirm": True, "payment_method": TEST_CARD}
    )
    v1.transfers.create(
        {
            "amount": amount,
            "currency": "mad",
            "destination": account,
            "source_transaction": paid.latest_charge,
        }
    )


def fold(service: Service, account: str) -> int:
    """What the ledger's entries of the account add up to, counted one by one."""
    rows = service.rows(
        "SELECT coalesce(sum(CASE WHEN t.credit_account = a.id THEN t.amount"
        " ELSE -t.amount END), 0)::bigint FROM ledger.transfers t JOIN ledger.accounts a"
        " ON a.id IN (t.debit_account, t.credit_account)"
        " WHERE a.owner = %s AND a.kind IN ('available', 'owed') AND t.kind IN ('posted', 'post')",
        account,
    )
    return int(rows[0][0])


def test_of_twenty_payouts_at_once_only_the_covered_go(v1, service):
    """P23: twenty withdrawals race for money that covers seven of them."""
    for _ in range(3):
        account, named = rich(v1, 7_500)

        def withdraw(_: int, named: Any = named) -> str:
            client = service.client()
            try:
                return client.v1.payouts.create({"amount": 1_000, "currency": "mad"}, named).id
            except stripe.InvalidRequestError as refused:
                if refused.code != "balance_insufficient":
                    raise
                return ""

        with ThreadPoolExecutor(20) as threads:
            made = [one for one in threads.map(withdraw, range(20)) if one]
        assert len(made) == len(set(made)) == 7
        assert v1.balance.retrieve(options=named).available[0].amount == 500
        assert fold(service, account) == 500


def test_one_key_sent_twenty_times_makes_one_payout(v1, service):
    account, named = rich(v1, 100_000)
    options = {**named, "idempotency_key": f"payout-{account}"}

    def withdraw(_: int) -> str:
        client = service.client()
        for _ in range(50):
            try:
                return client.v1.payouts.create({"amount": 1_000, "currency": "mad"}, options).id
            except stripe.APIError as busy:
                if busy.http_status != 409:
                    raise
        raise AssertionError("the key is stuck")

    with ThreadPoolExecutor(20) as threads:
        assert len(set(threads.map(withdraw, range(20)))) == 1
    assert fold(service, account) == 99_000


@pytest.mark.parametrize("seed", range(4))
def test_a_balance_is_always_what_its_entries_add_up_to(v1, service, seed):
    """P22: whoever looks, while others pay out, cancel and earn, sees a sum of whole entries.

    All amounts are multiples of 7, so half of anything would show.
    """
    account, named = rich(v1, 70_000)

    def act(number: int) -> None:
        chance, client = random.Random(f"{seed}/{number}"), service.client()
        for _ in range(6):
            amount = 7 * chance.randint(1, 900)
            deed = chance.random()
            if deed < 0.3:
                earn(client.v1, account, amount)
            elif deed < 0.8:
                try:
                    made = client.v1.payouts.create({"amount": amount, "currency": "mad"}, named)
                    if chance.random() < 0.5:
                        client.v1.payouts.cancel(made.id, options=named)
                except stripe.InvalidRequestError as refused:
                    if refused.code != "balance_insufficient":
                        raise
            seen = client.v1.balance.retrieve(options=named).available[0].amount
            assert seen >= 0
            assert seen % 7 == 0

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(act, range(8)))
    shown = v1.balance.retrieve(options=named).available[0].amount
    lines = v1.balance_transactions.list({"limit": 100}, named).auto_paging_iter()
    assert shown == fold(service, account) == sum(line.net for line in lines)
