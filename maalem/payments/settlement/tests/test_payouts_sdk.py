"""Payouts and bank accounts through the official SDK, against a real socket."""

import asyncio
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import stripe

from maalem.payments import store
from maalem.payments.accounts.records import Account
from maalem.payments.packed import unpack
from maalem.payments.settlement.making import make
from maalem.payments.settlement.tests.cast import bank_account, rib
from maalem.payments.tests.service import Service
from maalem.payments.tests.world import world

pytestmark = pytest.mark.xdist_group("payments-service")


@pytest.fixture
def v1(service: Service) -> Any:
    return service.client().v1


def seller(v1: Any, **fields: Any) -> Any:
    return v1.accounts.create(
        {
            "type": "custom",
            "country": "MA",
            "business_profile": {"name": "Fadma Aït Baha"},
            "settings": {"payouts": {"schedule": {"interval": "manual"}}},
            **fields,
        }
    )


def earn(v1: Any, account: Any, amount: int = 100_000) -> None:
    """Money that is available at once: a card whose charges are."""
    paid = v1.payment_intents.create(
        {
            "amount": amount,
            "currency": "mad",
            "confirm": True,
            "payment_method": "pm_card_bypassPending",
        }
    )
    v1.transfers.create(
        {
            "amount": amount,
            "currency": "mad",
            "destination": account.id,
            "source_transaction": paid.latest_charge,
        }
    )


def test_a_bank_account_is_kept_and_its_number_never_comes_back(v1, service):
    hers, account = rib(), seller(v1)
    added = v1.accounts.external_accounts.create(
        account.id,
        {"external_account": bank_account(hers.iban), "metadata": {"agency": "Taznakht"}},
    )
    assert (added.object, added.account, added.country) == ("bank_account", account.id, "MA")
    assert (added.last4, added.bank_name, added.status) == (hers.last4, "Bank of Africa", "new")
    assert added.routing_number == hers.digits[:6]
    assert added.default_for_currency
    assert len(added.fingerprint) == 16
    assert hers.digits not in str(v1.accounts.retrieve(account.id))
    for table in ("external_accounts", "vault.bank_numbers", "vault.access_log"):
        found = service.rows(
            f"SELECT count(*) FROM {table} t WHERE strpos(t::text, %s) > 0"
            " OR strpos(t::text, encode(%s::bytea, 'hex')) > 0",
            hers.digits,
            hers.digits.encode(),
        )
        assert found == [(0,)], table
    kept = service.rows(
        "SELECT data FROM events WHERE account_id = %s UNION ALL"
        " SELECT body FROM idempotency_keys WHERE body IS NOT NULL",
        account.id,
    )
    told = b"".join(unpack(row[0]) for row in kept)
    assert added.id.encode() in told
    assert hers.digits.encode() not in told
    assert hers.digits not in Path(service.log).read_text(encoding="utf-8")


def test_a_bank_account_is_changed_listed_and_deleted(v1):
    account = seller(v1, external_account=bank_account(rib("230").digits))
    first = account.external_accounts.data[0]
    assert first.bank_name == "CIH Bank"
    second = v1.accounts.external_accounts.create(
        account.id, {"external_account": bank_account(rib("999").digits)}
    )
    assert second.bank_name is None
    assert not second.default_for_currency
    ea = v1.accounts.external_accounts
    assert [a.id for a in ea.list(account.id).data] == [second.id, first.id]
    assert ea.list(account.id, {"object": "card"}).data == []
    changed = ea.update(
        account.id,
        second.id,
        {"default_for_currency": True, "metadata": {"a": "b"}, "account_holder_name": "Coop"},
    )
    assert (changed.default_for_currency, changed.account_holder_name) == (True, "Coop")
    assert not ea.retrieve(account.id, first.id).default_for_currency
    with pytest.raises(stripe.InvalidRequestError):
        ea.delete(account.id, second.id)
    assert ea.delete(account.id, first.id).deleted
    with pytest.raises(stripe.InvalidRequestError) as gone:
        ea.retrieve(account.id, first.id)
    assert gone.value.code == "resource_missing"
    shown = v1.accounts.retrieve(account.id).external_accounts
    assert [a.id for a in shown.data] == [second.id]


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("011780000000000000000199", "account_number_invalid"),
        ("0117800000", "invalid_account_number_length"),
        ("FR7630006000011234567890189", "country_unsupported"),
        ("carpet", "account_number_invalid"),
    ],
)
def test_a_wrong_number_is_refused_and_not_repeated(v1, number, code):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        seller(v1, external_account=bank_account(number))
    assert refused.value.code == code
    assert refused.value.param == "external_account[account_number]"
    assert number not in str(refused.value)


def test_a_token_stands_for_a_bank_account_once(v1):
    hers = rib()
    token = v1.tokens.create({"bank_account": bank_account(hers.digits)})
    assert (token.type, token.bank_account.last4) == ("bank_account", hers.last4)
    account = seller(v1, external_account=token.id)
    assert account.external_accounts.data[0].last4 == hers.last4
    assert v1.tokens.retrieve(token.id).used
    with pytest.raises(stripe.InvalidRequestError) as spent:
        seller(v1, external_account=token.id)
    assert spent.value.code == "token_already_used"


def test_it_pays_out_and_shows_the_line(v1, service):
    account = seller(v1, external_account=bank_account(rib().digits))
    earn(v1, account, 100_000)
    named: Any = {"stripe_account": account.id}
    payout = v1.payouts.create(
        {
            "amount": 60_000,
            "currency": "mad",
            "statement_descriptor": "MAALEM",
            "metadata": {"week": "12"},
            "expand": ["balance_transaction", "destination"],
        },
        named,
    )
    assert (payout.status, payout.automatic, payout.method) == ("pending", False, "standard")
    assert payout.arrival_date > payout.created
    assert payout.destination.id == account.external_accounts.data[0].id
    line = payout.balance_transaction
    assert (line.type, line.amount, line.source) == ("payout", -60_000, payout.id)
    assert v1.balance.retrieve(options=named).available[0].amount == 40_000
    assert v1.payouts.update(payout.id, {"metadata": {"week": ""}}, named).metadata.to_dict() == {}
    assert [p.id for p in v1.payouts.list({"status": "pending"}, named).data] == [payout.id]
    day = {"arrival_date": payout.arrival_date}
    assert [p.id for p in v1.payouts.list(day, named).data] == [payout.id]
    assert v1.payouts.list({"arrival_date": {"gt": payout.arrival_date}}, named).data == []
    with pytest.raises(stripe.InvalidRequestError) as foreign:
        v1.payouts.retrieve(payout.id)
    assert foreign.value.code == "resource_missing"
    canceled = v1.payouts.cancel(payout.id, {"expand": ["failure_balance_transaction"]}, named)
    assert canceled.status == "canceled"
    assert canceled.failure_balance_transaction.type == "payout_cancel"
    assert v1.balance.retrieve(options=named).available[0].amount == 100_000
    assert service.events(payout.id) == ["payout.created", "payout.updated", "payout.canceled"]
    with pytest.raises(stripe.InvalidRequestError) as over:
        v1.payouts.cancel(payout.id, options=named)
    assert over.value.code == "payout_unexpected_state"
    with pytest.raises(stripe.InvalidRequestError):
        v1.payouts.reverse(payout.id, options=named)


def test_what_is_not_there_is_not_paid_out(v1):
    account = seller(v1, external_account=bank_account(rib().digits))
    earn(v1, account, 10_000)
    named: Any = {"stripe_account": account.id}
    for wrong, code, param in (
        ({"amount": 10_001}, "balance_insufficient", "amount"),
        ({"amount": 0}, "amount_too_small", "amount"),
        ({"destination": "ba_nobodys"}, "resource_missing", "destination"),
        ({"method": "instant"}, "instant_payouts_unsupported", "method"),
        ({"statement_descriptor": "x" * 23}, None, "statement_descriptor"),
        ({"speed": "fast"}, "parameter_unknown", "speed"),
    ):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            v1.payouts.create({"amount": 100, "currency": "mad", **wrong}, named)
        assert (refused.value.code, refused.value.param) == (code, param)
    with pytest.raises(stripe.InvalidRequestError) as nowhere:
        v1.payouts.create({"amount": 1, "currency": "mad"}, {"stripe_account": seller(v1).id})
    assert nowhere.value.param == "destination"


def test_another_bank_account_waits_and_the_change_is_told(v1, service):
    """P24: payouts to a changed account wait two days, and the account's owner hears of it."""
    account = seller(v1, external_account=bank_account(rib().digits))
    earn(v1, account, 10_000)
    old = account.external_accounts.data[0]
    named: Any = {"stripe_account": account.id}
    new = v1.accounts.external_accounts.create(
        account.id, {"external_account": bank_account(rib().digits), "default_for_currency": True}
    )
    assert 172_700 < new.payouts_from - old.payouts_from < 180_000
    with pytest.raises(stripe.InvalidRequestError) as waits:
        v1.payouts.create({"amount": 100, "currency": "mad"}, named)
    assert (waits.value.code, waits.value.param) == ("payouts_not_allowed", "destination")
    kept = v1.payouts.create({"amount": 100, "currency": "mad", "destination": old.id}, named)
    assert kept.destination == old.id
    assert service.events(old.id)[-1] == "account.external_account.updated"
    assert service.events(new.id) == ["account.external_account.created"]
    shown = v1.accounts.retrieve(account.id).external_accounts.data
    assert [(a.id, a.default_for_currency) for a in shown] == [(new.id, True), (old.id, False)]


def test_a_deleted_account_does_not_make_the_next_one_the_first(v1):
    """P24: taking the old account away first does not shorten the wait."""
    account = seller(v1, external_account=bank_account(rib().digits))
    old = account.external_accounts.data[0]
    v1.accounts.external_accounts.delete(account.id, old.id)
    new = v1.accounts.external_accounts.create(
        account.id, {"external_account": bank_account(rib().digits)}
    )
    assert new.payouts_from - old.payouts_from > 172_700
    assert new.default_for_currency


def test_an_account_has_a_schedule(v1):
    account = v1.accounts.create({"country": "MA", "business_profile": {"name": "Coop Tifawin"}})
    schedule = account.settings.payouts.schedule
    assert (schedule.interval, schedule.delay_days) == ("daily", 2)
    changed = v1.accounts.update(
        account.id,
        {
            "settings": {
                "payouts": {
                    "schedule": {"interval": "weekly", "weekly_anchor": "friday", "delay_days": 7},
                    "statement_descriptor": "MAALEM",
                }
            }
        },
    )
    assert changed.settings.payouts.schedule.weekly_anchor == "friday"
    again = v1.accounts.retrieve(account.id).settings.payouts
    assert (again.schedule.interval, again.schedule.delay_days) == ("weekly", 7)
    assert again.statement_descriptor == "MAALEM"
    for wrong, param in (
        ({"interval": "monthly"}, "monthly_anchor"),
        ({"interval": "monthly", "monthly_anchor": 32}, "monthly_anchor"),
        ({"weekly_anchor": "sunday"}, "weekly_anchor"),
        ({"delay_days": 1}, "delay_days"),
        ({"interval": "daily", "weekly_anchor": "monday"}, "weekly_anchor"),
    ):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            v1.accounts.update(account.id, {"settings": {"payouts": {"schedule": wrong}}})
        assert refused.value.param == f"settings[payouts][schedule][{param}]"
    assert v1.accounts.list({"limit": 1}).data[0].settings.payouts.schedule.interval == "weekly"
    assert v1.accounts.retrieve_current().settings.payouts.schedule.interval == "manual"


def test_a_reserve_is_held_by_a_published_rule_and_its_owner_sees_why(v1, service):
    account = seller(v1)
    earn(v1, account, 100_000)
    client: Any = service.client()

    def ask(method: str, path: str, **more: Any) -> Any:
        return client.deserialize(client.raw_request(method, path, **more), api_mode="V1")

    rules = ask("get", "/v1/reserve_rules").data
    (rule,) = [one for one in rules if one.share_bps == 2_000]
    assert rule.id == "long_delivery"
    when = {"measure": "delivery_days", "more_than": 30, "window_days": None}
    assert rule.condition.to_dict() == when
    kept = ask(
        "post", "/v1/reserves", rule="long_delivery", currency="mad", stripe_account=account.id
    )
    assert (kept.amount, kept.status, kept.rule) == (20_000, "held", "long_delivery")
    assert kept.until - kept.created == 60 * 86_400
    named: Any = {"stripe_account": account.id}
    has = v1.balance.retrieve(options=named)
    assert (has.available[0].amount, has.connect_reserved[0].amount) == (80_000, 20_000)
    assert ask("get", "/v1/reserves", stripe_account=account.id).data[0].id == kept.id
    assert ask("get", f"/v1/reserves/{kept.id}", stripe_account=account.id).reason
    again = {"rule": "long_delivery"}
    for wrong in ({"rule": "because"}, {"rule": "closing", "currency": "xyz"}, {}, again):
        with pytest.raises(stripe.InvalidRequestError):
            ask("post", "/v1/reserves", **{"currency": "mad", **wrong}, stripe_account=account.id)
    assert service.events(kept.id) == ["reserve.hold.created"]


def test_a_scheduled_payouts_lines_are_listed_and_a_manual_ones_are_not(v1, service):
    account = seller(v1, external_account=bank_account(rib().digits))
    earn(v1, account)
    theirs, lines = {"stripe_account": account.id}, v1.balance_transactions
    by_hand = v1.payouts.create({"amount": 30_000, "currency": "mad"}, theirs)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        lines.list({"payout": by_hand.id}, theirs)
    assert refused.value.param == "payout"
    with pytest.raises(stripe.InvalidRequestError) as another:
        lines.list({"payout": by_hand.id})
    assert (another.value.http_status, another.value.param) == (404, "payout")
    payout = asyncio.run(scheduled(service.dsn, account.id, 70_000))
    found = lines.list({"payout": payout}, theirs).data
    assert [(line.type, line.net) for line in found] == [
        ("payout", -70_000),
        ("payout", -30_000),
        ("payment", 100_000),
    ]
    source = found[2].source
    assert lines.list({"payout": payout, "source": source}, theirs).data == [found[2]]
    assert lines.list({"payout": payout, "limit": 1}, theirs).has_more


async def scheduled(dsn: str, account: str, amount: int) -> str:
    """A payout as the schedule makes it."""
    async with world(dsn) as w:
        owner = await store.get(w.payments.pool, Account, account)
        made = await make(
            w.payments, account=owner, amount=amount, currency="mad", scheduled_for=date(2026, 3, 2)
        )
        await w.payments.writer.commit(made.unit)
    return made.payout.id
