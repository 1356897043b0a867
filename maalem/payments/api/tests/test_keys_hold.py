"""What an idempotency key promises, tried with many requests, many callers and a new process."""

import asyncio
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maalem.payments.compose import opened
from maalem.payments.config import Config
from maalem.payments.jobs.table import forget_keys
from maalem.payments.tests import service as driver

pytestmark = pytest.mark.xdist_group("payments-service")
SEEDS = 200 if "MAALEM_NIGHTLY" in os.environ else 4
CALLERS = 50
PAY = {
    "amount": "1000",
    "currency": "mad",
    "confirm": "true",
    "payment_method": "pm_card_visa",
    "metadata[order]": "M-1",
    "description": "Tapis",
}


def post(url: str, data: dict[str, str], key: str, *, path: str = "payment_intents") -> Any:
    with httpx.Client(base_url=url, auth=(driver.SECRET_KEY, ""), timeout=30) as http:
        return http.post(f"/v1/{path}", data=data, headers={"Idempotency-Key": key})


@st.composite
def others(draw: st.DrawFn) -> dict[str, str]:
    """Another request than `PAY`: one pair changed, taken away or added."""
    name = draw(st.sampled_from(sorted(PAY)))
    how = draw(st.sampled_from(["changed", "gone", "more"]))
    if how == "gone":
        return {key: value for key, value in PAY.items() if key != name}
    if how == "more":
        return {**PAY, f"metadata[{draw(st.sampled_from('abc'))}]": "x"}
    return {**PAY, name: PAY[name] + draw(st.sampled_from(["1", "a", " "]))}


@given(other=others())
@settings(deadline=None)
def test_a_key_serves_one_request_only(service: driver.Service, other: dict[str, str]):
    """P2: any other pair, or none of them, is refused, and nothing moves."""
    key = uuid.uuid4().hex
    first = post(service.url, PAY, key)
    before = service.rows("SELECT count(*), max(id) FROM charges")
    refused = post(service.url, other, key)
    assert refused.status_code == 400
    # A request that can't be read is refused as such, before its key is looked at.
    if refused.json()["error"]["type"] != "idempotency_error":
        assert refused.json()["error"]["type"] == "invalid_request_error"
    assert service.rows("SELECT count(*), max(id) FROM charges") == before
    assert post(service.url, PAY, key).content == first.content


def one_of_fifty(service: driver.Service, *, seed: int) -> None:
    """Fifty callers with one key, each on a connection of its own."""
    key = uuid.uuid4().hex

    async def storm() -> list[httpx.Response]:
        async with httpx.AsyncClient(
            base_url=service.url, auth=(service.key, ""), timeout=60
        ) as http:

            async def call(place: int) -> httpx.Response:
                await asyncio.sleep((place * (seed + 7) % 11) / 1_000)
                return await http.post(
                    "/v1/payment_intents", data=PAY, headers={"Idempotency-Key": key}
                )

            return await asyncio.gather(*(call(place) for place in range(CALLERS)))

    answers = asyncio.run(storm())
    good = [answer for answer in answers if answer.status_code == 200]
    busy = [answer for answer in answers if answer.status_code == 409]
    assert len(good) + len(busy) == CALLERS
    assert good
    assert all(answer.headers["stripe-should-retry"] == "true" for answer in busy)
    assert len({answer.content for answer in good}) == 1
    told = service.rows("SELECT type FROM events WHERE idempotency_key = %s ORDER BY id", key)
    assert [kind for (kind,) in told] == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
    ]


@pytest.mark.parametrize("seed", range(SEEDS))
def test_of_fifty_at_once_one_is_executed(service: driver.Service, seed: int):
    """P3: the others wait (409, to be tried again) or get the same answer to the byte."""
    one_of_fifty(service, seed=seed)


def test_of_fifty_at_three_processes_one_is_executed(fresh_payments_dsn: Any, tmp_path: Path):
    """P3: what one process is at, the others leave to it, for they see that it lives."""
    with driver.serving(fresh_payments_dsn, log=tmp_path / "log", workers=3) as several:
        for seed in range(SEEDS):
            one_of_fifty(several, seed=seed)
        # They really were several: each holds a connection of its own to say that it lives.
        answering = several.rows(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 7002"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        assert answering == [(3,)]


@pytest.fixture
def renewed(fresh_payments_dsn: Any, tmp_path: Path) -> Iterator[Any]:
    """Runs the service, then another process of it, on one database."""

    def process(number: int) -> Any:
        return driver.serving(fresh_payments_dsn, log=tmp_path / f"log{number}")

    return process


ANSWERED = [
    ("payment_intents", PAY, 200),
    ("payment_intents", {**PAY, "payment_method": "pm_card_visa_chargeDeclined"}, 402),
    ("refunds", {"payment_intent": "{paid}", "amount": "999999"}, 400),
    ("customers", {"name": "Claire"}, 200),
]


def test_an_answer_outlives_the_process(renewed: Any, fresh_payments_dsn: Any):
    """P4: the same status and bytes after a restart, also 30 days later, whatever it was."""
    keys = [uuid.uuid4().hex for _ in ANSWERED]

    def ask(url: str, paid: str) -> list[tuple[int, bytes]]:
        answers = [
            post(
                url,
                {name: value.format(paid=paid) for name, value in data.items()},
                key,
                path=path,
            )
            for key, (path, data, _) in zip(keys, ANSWERED, strict=True)
        ]
        return [(answer.status_code, answer.content) for answer in answers]

    with renewed(1) as service:
        paid = post(service.url, PAY, uuid.uuid4().hex).json()["id"]
        first = ask(service.url, paid)
        assert [status for status, _ in first] == [status for _, _, status in ANSWERED]
    service.rows("UPDATE idempotency_keys SET created_at = created_at - interval '30 days'")
    asyncio.run(_forget(fresh_payments_dsn))
    with renewed(2) as service:
        assert ask(service.url, paid) == first


async def _forget(dsn: Any) -> None:
    """What the worker does every hour."""
    async with opened(Config.from_env({"MAALEM_PAYMENTS_DATABASE_URL": dsn.app})) as payments:
        await forget_keys(payments)
