"""Test and live: two databases, one service, and nothing that goes from one to the other."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
import stripe

from maalem.payments import bootstrap, db
from maalem.payments.api.tests.callers import made
from maalem.payments.config import BadSetting, Config
from maalem.payments.ledger import verify as auditor
from maalem.payments.tests import service as driver
from maalem.payments.tests.service import Payer, Service, eventually

TEST_KEY, LIVE_KEY = "sk_test_both_modes", "sk_live_both_modes"
PAY = {"amount": 10_000, "currency": "mad", "confirm": True}
CARD = {"number": "4242424242424242", "exp_month": "12", "exp_year": "2034", "cvc": "123"}
BY_CARD = {**PAY, "payment_method_data": {"type": "card", "card": CARD}}


@pytest.fixture(scope="module")
def both(both_books: Any, tmp_path_factory: Any) -> Iterator[Service]:
    """A service with both modes, whose live rails are the simulator's for a rehearsal."""
    test_dsn, live_dsn = both_books
    settings = {
        "MAALEM_PAYMENTS_LIVE_DATABASE_URL": live_dsn.app,
        "MAALEM_LIVE_RAILS": "simulator",
    }
    config = Config.from_env(settings)
    asyncio.run(_platform(test_dsn.app, TEST_KEY, config=config))
    asyncio.run(_platform(live_dsn.app, LIVE_KEY, config=config.of_mode(live=True)))
    process, running = driver.start(
        dsn=test_dsn.app,
        admin=test_dsn.admin,
        superuser_dsn=test_dsn.superuser,
        log=str(tmp_path_factory.mktemp("both") / "log"),
        **settings,
    )
    running.key = TEST_KEY
    yield running
    process.terminate()
    process.wait(timeout=20)


async def _platform(dsn: str, key: str, *, config: Config) -> None:
    pool = await db.connect(dsn, size=1)
    await bootstrap.ensure_platform(
        pool, secret_key=key, webhook_url=driver.NOWHERE, webhook_secret="whsec_x", config=config
    )
    await pool.close()


@pytest.fixture
def test(both: Service) -> Any:
    return both.client().v1


@pytest.fixture
def live(both: Service) -> Any:
    return _live(both).v1


def _live(both: Service) -> stripe.StripeClient:
    return stripe.StripeClient(LIVE_KEY, base_addresses={"api": both.url}, max_network_retries=0)


def test_test_helpers_work_in_test_mode_only(test, live):
    said = {"payment_method_data": {"type": "card", "card": CARD}}
    assert not test.test_helpers.confirmation_tokens.create(said).livemode
    with pytest.raises(stripe.InvalidRequestError) as refused:
        live.test_helpers.confirmation_tokens.create(said)
    assert refused.value.code == "livemode_mismatch"


def test_every_object_says_its_mode(test, live):
    for v1, expected in ((test, False), (live, True)):
        paid = v1.payment_intents.create({**BY_CARD, "expand": ["latest_charge"]})
        assert paid.status == "succeeded"
        shown = [paid, paid.latest_charge, v1.payment_methods.retrieve(paid.payment_method)]
        shown += [v1.customers.create({}), v1.events.list({"limit": 1}).data[0]]
        shown.append(v1.balance.retrieve())
        assert [obj.livemode for obj in shown] == [expected] * len(shown)


def test_requests_of_both_modes_side_by_side_keep_apart(test, live):
    def ask(turn: int) -> bool:
        expected = bool(turn % 2)
        made_now = (live if expected else test).payment_intents.create(BY_CARD)
        return made_now.livemode is expected

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(80)))


def test_what_is_in_one_mode_is_not_in_the_other(test, live):
    theirs = test.payment_intents.create(BY_CARD)
    with pytest.raises(stripe.InvalidRequestError) as missing:
        live.payment_intents.retrieve(theirs.id)
    assert missing.value.code == "resource_missing"
    assert "exists in test mode, but a live mode key was used" in str(missing.value)
    assert all(charge.livemode for charge in live.charges.list({"limit": 100}).data)
    with pytest.raises(stripe.InvalidRequestError) as unknown:
        live.payment_intents.retrieve("pi_nobody_has_this")
    assert "test mode" not in str(unknown.value)


def test_one_idempotency_key_has_an_answer_in_each_mode(both):
    """P5: idempotency keys are scoped to the account and the mode."""
    sent = {"Idempotency-Key": "in both modes"}
    ids = {
        httpx.post(both.url + "/v1/customers", auth=(key, ""), headers=sent).json()["id"]
        for key in (TEST_KEY, LIVE_KEY)
    }
    assert len(ids) == 2


def test_the_names_of_test_cards_mean_nothing_in_live_mode(live):
    for name in ("pm_card_visa", "tok_visa"):
        with pytest.raises(stripe.InvalidRequestError) as missing:
            live.payment_intents.create({**PAY, "payment_method": name})
        assert missing.value.code == "resource_missing"


def test_a_key_made_in_live_mode_says_so_and_opens_live_mode(both):
    _, key = made(_live(both))
    assert key.startswith("sk_live_")
    answer = httpx.get(both.url + "/v1/balance", auth=(key, "")).json()
    assert answer["livemode"] is True


def test_a_payer_of_live_mode_sees_no_test_banner_and_pays_there(both, live):
    params = {
        "mode": "payment",
        "line_items": [driver.line("Tajine de Safi", 28_000)],
        "success_url": driver.SHOP + "/done",
        "locale": "fr",
    }
    banner = "Mode test"
    session = live.checkout.sessions.create(params)
    assert session.id.startswith("cs_live_")
    payer = Payer(both).open(session.url)
    assert banner not in payer.text
    payer.pay("4000002500003155")
    assert "/hosted/3ds/live_" in payer.at
    assert banner not in payer.text
    payer.press(secret="123456")
    assert payer.left
    assert live.checkout.sessions.retrieve(session.id).payment_status == "paid"
    shown = test_session = both.client().v1.checkout.sessions.create(params)
    assert shown.id.startswith("cs_test_")
    assert banner in Payer(both).open(str(test_session.url)).text


def test_a_card_is_kept_in_the_mode_whose_page_asked_its_holder(both, live):
    challenged = {**CARD, "number": "4000002500003155"}
    setup = live.setup_intents.create(
        {
            "confirm": True,
            "payment_method_data": {"type": "card", "card": challenged},
            "return_url": driver.SHOP + "/kept",
        }
    )
    page = setup.next_action.redirect_to_url.url
    assert "/hosted/3ds/live_" in page
    payer = Payer(both).open(page).press(secret="123456")
    assert payer.left
    assert live.setup_intents.retrieve(setup.id).status == "succeeded"


def test_the_worker_does_the_jobs_of_both_modes(both, test, live, tmp_path: Path):
    sessions = []
    for v1 in (test, live):
        session = v1.checkout.sessions.create(
            {
                "mode": "payment",
                "line_items": [driver.line("Tapis", 500)],
                "success_url": driver.SHOP,
            }
        )
        sessions.append((v1, session.id))
    both.rows("UPDATE checkout_sessions SET expires_at = now() WHERE id = %s", sessions[0][1])
    live_dsn = both.environment["MAALEM_PAYMENTS_LIVE_DATABASE_URL"]
    asyncio.run(_expire(live_dsn, sessions[1][1]))
    process = driver.start_jobs(both, log=str(tmp_path / "log"))
    try:
        for v1, name in sessions:
            eventually(lambda v1=v1, name=name: _status(v1, name) == "expired", within_s=30)
    finally:
        process.terminate()
        assert process.wait(timeout=20) == 0
    told = [event for event in live.events.list({"limit": 100}).data if "expired" in event.type]
    assert [event.data.object["livemode"] for event in told] == [True]


async def _expire(dsn: str, session_id: str) -> None:
    pool = await db.connect(dsn, size=1)
    await pool.execute("UPDATE checkout_sessions SET expires_at = now() WHERE id = $1", session_id)
    await pool.close()


def _status(v1: Any, session_id: str) -> str:
    status: str = v1.checkout.sessions.retrieve(session_id).status
    return status


def test_both_books_are_right(both, both_books):
    for dsn in both_books:
        report = asyncio.run(auditor.verify(dsn.admin))
        assert report.clean, "\n".join(report.lines())


def test_the_simulator_answers_for_live_payments_only_when_asked_to():
    with pytest.raises(BadSetting, match="MAALEM_LIVE_RAILS"):
        Config.from_env({"MAALEM_PAYMENTS_LIVE_DATABASE_URL": "postgresql:///live"})


def test_what_live_mode_seals_no_test_key_opens():
    config = Config.from_env({})
    live = config.of_mode(live=True)
    assert live.vault_key != config.vault_key
    assert live.fingerprint_key != config.fingerprint_key
