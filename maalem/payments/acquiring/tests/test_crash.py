"""The service is killed in the middle of a payment; the retry finds it and pays once."""

import asyncio
import random
import signal
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from maalem.payments.ledger.verify import verify
from maalem.payments.tests import service as driver

PAY = {"amount": "1000", "currency": "mad", "confirm": "true", "payment_method": "pm_card_visa"}


class Doomed:
    """A service that is killed and started again on the same database."""

    def __init__(self, dsn: Any, log: Path) -> None:
        self.dsn, self.log = dsn, log
        driver.open_platform(dsn.app)
        self.process, self.service = self._start()

    def _start(self) -> tuple[Any, driver.Service]:
        return driver.start(
            dsn=self.dsn.app,
            admin=self.dsn.admin,
            superuser_dsn=self.dsn.superuser,
            log=str(self.log),
        )

    def kill(self) -> None:
        """SIGKILL to the server and its worker: nothing is finished, nothing is said."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        workers = [int(pid) for pid in children.read_text().split()]
        for pid in (self.process.pid, *workers):
            driver.os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def restart(self) -> None:
        """Start again."""
        self.process, self.service = self._start()

    def conduct(self, slow_ms: int) -> None:
        """Let the network take its time."""
        self.service.rows("UPDATE simulator.conduct SET slow_ms = %s", slow_ms)

    def post(self, path: str, data: dict[str, str], *, key: str) -> httpx.Response | None:
        """The answer, or None where the line was cut."""
        try:
            return httpx.post(
                f"{self.service.url}/v1/{path}",
                data=data,
                headers={"Idempotency-Key": key},
                auth=(driver.SECRET_KEY, ""),
                timeout=20,
            )
        except httpx.TransportError:
            return None

    def insist(self, path: str, data: dict[str, str], *, key: str) -> httpx.Response:
        """Retry as a good client does: on a cut line, and while the key is said to be in use."""
        for _ in range(50):
            answer = self.post(path, data, key=key)
            if answer is not None and answer.status_code not in (409, 503):
                return answer
            time.sleep(0.1)
        raise AssertionError("the key is stuck")

    def in_background(self, path: str, data: dict[str, str], *, key: str) -> threading.Thread:
        """Send a request that nobody will live to answer."""
        thread = threading.Thread(target=self.post, args=(path, data), kwargs={"key": key})
        thread.start()
        return thread

    def wait_for(self, sql: str, *values: Any) -> None:
        """Wait until the query gives a row."""
        for _ in range(400):
            if self.service.rows(sql, *values):
                return
            time.sleep(0.01)
        raise AssertionError(f"never: {sql}")


@pytest.fixture
def doomed(fresh_payments_dsn: Any, tmp_path: Path) -> Iterator[Doomed]:
    one = Doomed(fresh_payments_dsn, tmp_path / "log")
    yield one
    one.process.terminate()
    one.process.wait(timeout=20)
    report = asyncio.run(verify(fresh_payments_dsn.admin))
    assert report.clean, report.findings


def test_killed_while_the_rail_is_asked_the_retry_finishes_the_same_payment(doomed):
    """P1: and the network is asked under the same reference."""
    key = uuid.uuid4().hex
    doomed.conduct(3_000)
    request = doomed.in_background("payment_intents", PAY, key=key)
    doomed.wait_for("SELECT 1 FROM payment_attempts WHERE idempotency_key = %s", key)
    doomed.kill()
    request.join()
    doomed.conduct(0)
    doomed.restart()
    begun = doomed.service.rows("SELECT intent_id FROM payment_attempts")
    answer = doomed.insist("payment_intents", PAY, key=key)
    assert answer.status_code == 200
    assert [(answer.json()["id"],)] == begun
    assert answer.json()["status"] == "succeeded"
    again = doomed.post("payment_intents", PAY, key=key)
    assert again is not None
    assert again.content == answer.content
    assert doomed.service.rows("SELECT count(*) FROM charges") == [(1,)]


def test_the_retry_asks_for_the_challenge_that_the_first_had_been_told_to_ask_for(doomed):
    """P1: a payer who was to be asked by her bank is not let through because somebody died."""
    key = uuid.uuid4().hex
    card = {"number": "4000000000003055", "exp_month": "12", "exp_year": "2040", "cvc": "123"}
    pay = {key: value for key, value in PAY.items() if key != "payment_method"} | {
        "payment_method_data[type]": "card",
        **{f"payment_method_data[card][{name}]": value for name, value in card.items()},
        "payment_method_options[card][request_three_d_secure]": "any",
    }
    doomed.conduct(3_000)
    request = doomed.in_background("payment_intents", pay, key=key)
    doomed.wait_for("SELECT 1 FROM payment_attempts WHERE idempotency_key = %s", key)
    doomed.kill()
    request.join()
    doomed.conduct(0)
    doomed.restart()
    assert doomed.insist("payment_intents", pay, key=key).json()["status"] == "requires_action"


@pytest.mark.parametrize("known", ["not asked", "turned away", "written down"])
def test_the_retry_takes_a_question_for_a_no_where_the_first_did(doomed, known):
    """P1: also where it was turned away already, or the worker had written it down."""
    pay = {
        **PAY,
        "payment_method": "pm_card_authenticationRequired",
        "error_on_requires_action": "true",
    }
    told = doomed.post("payment_intents", pay, key=uuid.uuid4().hex).json()["error"]
    key = uuid.uuid4().hex
    begun = "SELECT 1 FROM payment_attempts WHERE idempotency_key = %s"
    doomed.conduct(2_000)
    request = doomed.in_background("payment_intents", pay, key=key)
    doomed.wait_for(begun, key)
    with driver.psycopg.connect(doomed.dsn.superuser) as blocker:
        if known != "not asked":
            blocker.execute("LOCK TABLE payment_attempts IN ACCESS EXCLUSIVE MODE")
            turned_away = "FROM simulator.answers WHERE challenge_state <> 'open'"
            doomed.wait_for(f"SELECT 1 {turned_away} OFFSET 1")
        doomed.kill()
        # What the dead had sent and PostgreSQL had not begun would be done once the lock is gone.
        blocker.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
    request.join()
    doomed.conduct(0)
    doomed.restart()
    if known == "written down":
        # As if it had died a moment before.
        doomed.service.rows("UPDATE simulator.answers SET challenge_state = 'open'")
        late = "UPDATE payment_attempts SET asked_at = asked_at - interval '1 hour'"
        doomed.service.rows(late + " WHERE idempotency_key = %s", key)
        with driver.working(doomed.service, log=doomed.log):
            asked = f"{begun} AND status = 'challenged'"
            driver.eventually(lambda: doomed.service.rows(asked, key), within_s=60)
    refused = doomed.insist("payment_intents", pay, key=key)
    error = refused.json()["error"]
    assert refused.status_code == 402
    assert error["payment_intent"]["status"] == "requires_payment_method"
    said = {name: error[name] for name in ("code", "decline_code", "message")}
    assert said == {name: told[name] for name in said}


def test_while_the_first_lives_the_second_is_told_to_wait(doomed):
    key = uuid.uuid4().hex
    doomed.conduct(1_500)
    request = doomed.in_background("payment_intents", PAY, key=key)
    doomed.wait_for("SELECT 1 FROM payment_attempts WHERE idempotency_key = %s", key)
    busy = doomed.post("payment_intents", PAY, key=key)
    assert busy is not None
    assert (busy.status_code, busy.json()["error"]["code"]) == (409, "idempotency_key_in_use")
    request.join()
    doomed.conduct(0)
    assert doomed.insist("payment_intents", PAY, key=key).headers["idempotent-replayed"] == "true"


def test_killed_between_the_rails_answer_and_our_books(doomed):
    """P1 and P17: the books can't be written (their table is locked) when the process dies."""
    key = uuid.uuid4().hex
    doomed.service.rows("SELECT 1")
    blocker = driver.psycopg.connect(doomed.dsn.superuser)
    blocker.execute("LOCK TABLE charges IN ACCESS EXCLUSIVE MODE")
    request = doomed.in_background("payment_intents", PAY, key=key)
    doomed.wait_for("SELECT 1 FROM simulator.answers WHERE answer ->> 'is' = 'Authorised'")
    doomed.kill()
    request.join()
    blocker.rollback()
    blocker.close()
    assert doomed.service.rows("SELECT count(*) FROM charges") == [(0,)]
    doomed.restart()
    answer = doomed.insist("payment_intents", PAY, key=key)
    assert answer.json()["status"] == "succeeded"
    assert doomed.service.rows("SELECT count(*) FROM charges") == [(1,)]
    assert doomed.service.rows("SELECT count(*) FROM simulator.answers") == [(1,)]


def test_a_capture_and_a_refund_survive_a_kill(doomed):
    held = doomed.insist(
        "payment_intents", {**PAY, "capture_method": "manual"}, key=uuid.uuid4().hex
    ).json()["id"]
    for path, data in (
        (f"payment_intents/{held}/capture", {"amount_to_capture": "700"}),
        ("refunds", {"payment_intent": held, "amount": "200"}),
    ):
        key = uuid.uuid4().hex
        doomed.conduct(3_000)
        request = doomed.in_background(path, data, key=key)
        doomed.wait_for("SELECT 1 FROM idempotency_keys WHERE key = %s", key)
        doomed.kill()
        request.join()
        doomed.conduct(0)
        doomed.restart()
        answer = doomed.insist(path, data, key=key)
        assert answer.json()["status"] == "succeeded"
    moved = doomed.service.rows("SELECT amount_captured, amount_refunded FROM charges")
    assert moved == [(700, 200)]


def test_killed_at_any_moment_every_payment_is_made_once(doomed):
    """P1: whatever the moment."""
    chance = random.Random(20260302)
    keys = [uuid.uuid4().hex for _ in range(24)]
    for start in range(0, len(keys), 8):
        requests = [
            doomed.in_background("payment_intents", PAY, key=key) for key in keys[start : start + 8]
        ]
        time.sleep(chance.uniform(0.005, 0.12))
        doomed.kill()
        for request in requests:
            request.join()
        doomed.restart()
    answers = [doomed.insist("payment_intents", PAY, key=key) for key in keys]
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.json()["status"] for answer in answers} == {"succeeded"}
    assert len({answer.json()["id"] for answer in answers}) == len(keys)
    assert doomed.service.rows("SELECT count(*) FROM charges") == [(len(keys),)]
    assert doomed.service.rows("SELECT count(*) FROM payment_intents") == [(len(keys),)]
