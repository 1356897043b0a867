"""The database goes away and comes back: the payer is told, nothing is lost, workers go on."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from maalem.payments.events.tests.receiver import Receiver
from maalem.payments.tests import service as driver
from maalem.payments.tests.service import Payer, Service, eventually


@pytest.fixture
def own(fresh_payments_dsn: Any, tmp_path: Path) -> Iterator[Service]:
    """A service on a database that may be taken away."""
    with driver.serving(fresh_payments_dsn, log=tmp_path / "log") as running:
        yield running


def reachable(service: Service, yes: bool) -> None:
    """Let connections in, or throw all of them out."""
    base, _, rest = service.superuser_dsn.partition("?")
    root, _, name = base.rpartition("/")
    with psycopg.connect(f"{root}/postgres?{rest}", autocommit=True) as connection:
        connection.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS {yes}')
        if not yes:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
            )


def test_the_payer_is_told_and_pays_once_when_it_is_back(own: Service, tmp_path: Path):
    payer = Payer(own)
    with Receiver() as receiver:
        own.rows("UPDATE webhook_endpoints SET url = %s", receiver.url)
        jobs = driver.start_jobs(own, log=str(tmp_path / "jobs"))
        session = own.session()
        payer.open(session.url)
        filled = {"number": "4242424242424242", "exp": "12/34", "cvc": "123", "holder": "Claire"}
        address, data = payer.filled(**filled)
        reachable(own, False)
        gone = payer.http.post(address, data=data)
        assert gone.status_code == 500
        assert "Avant de payer une deuxième fois" in gone.text
        assert session.id in gone.text
        reachable(own, True)
        eventually(lambda: payer.open(session.url).status == 200)
        payer.pay()
        assert payer.left
        told = eventually(
            lambda: [
                event
                for event in receiver.events(driver.WEBHOOK_SECRET)
                if event.type == "checkout.session.completed"
            ],
            within_s=20,
        )
        assert len(told) == 1
        jobs.terminate()
        assert jobs.wait(timeout=15) == 0
    assert own.rows("SELECT count(*) FROM charges WHERE status = 'succeeded'") == [(1,)]
