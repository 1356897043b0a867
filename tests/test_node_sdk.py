"""The official Node SDK, unmodified but for its address, goes through every resource."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from maalem.cli.doctor import node_trouble
from maalem.payments.api import v1
from maalem.payments.api.tests.outside_sdk import left_out
from maalem.payments.settlement.tests.cast import rib
from maalem.payments.tests import service as driver
from tests.node_packages import installed

HERE = Path(__file__).parent / "node"
v1.load()


@pytest.fixture(scope="module")
def sdk() -> Path:
    """The SDK as the lock file pins it, in a folder of this user's cache."""
    trouble = node_trouble()
    assert not trouble, trouble
    return installed(HERE)


@pytest.fixture(scope="module")
def walked(sdk: Path, institution: Any, tmp_path_factory: Any) -> list[dict[str, Any]]:
    """What the walk printed, beside a worker that delivers webhooks and brings disputes."""
    worker = driver.start_jobs(institution, log=str(tmp_path_factory.mktemp("jobs") / "log"))
    done = subprocess.run(
        ["node", str(HERE / "walk.mjs")],
        env={
            **os.environ,
            "MAALEM_NODE_SDK": str(sdk),
            "MAALEM_PAYMENTS_URL": institution.url,
            "MAALEM_STRIPE_API_KEY": institution.key,
            "MAALEM_BANK_ACCOUNTS": json.dumps([rib().digits for _ in range(6)]),
        },
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    worker.terminate()
    worker.wait(timeout=20)
    assert done.returncode == 0, done.stdout + done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_it_goes_through_every_resource(walked):
    assert [said for said in walked if said["chapter"] != "asked"] == [
        {"chapter": "accounts", "name": "Fadma Aït Baha"},
        {"chapter": "external accounts", "object": "bank_account", "bank": "string"},
        {"chapter": "customers", "card": "visa"},
        {"chapter": "setup intents", "done": "succeeded", "left": "canceled"},
        {
            "chapter": "payment intents",
            "paid": "succeeded",
            "held": "requires_capture",
            "taken": "succeeded",
        },
        {"chapter": "connect", "refund": "succeeded", "direct": 900},
        {"chapter": "payouts", "payout": "canceled", "available": 10_000},
        {"chapter": "checkout", "total": 513_000, "over": "expired"},
        {
            "chapter": "disputes",
            "sent": "under_review",
            "lost": "lost",
            "won": "won",
            "of": "radar.early_fraud_warning",
        },
        {"chapter": "risk", "missing": "resource_missing"},
        {"chapter": "webhooks", "type": "customer.created"},
        {"chapter": "manners", "declined": "generic_decline", "missing": "resource_missing"},
    ]


def test_every_endpoint_that_the_sdk_knows_was_asked(walked):
    assert left_out(walked[-1]["asked"]) == set()
