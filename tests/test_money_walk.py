"""The T-accounts of docs/money.md are those of a real run, to the centime, in its order."""

import asyncio
import os
import re
from pathlib import Path

import psycopg
import pytest

from maalem.payments.ledger.verify import verify
from maalem.payments.settlement.bank.tests.bank_world import bank_world
from tests.money_walk import SCENES, Walk

PAGE = Path(__file__).resolve().parent.parent / "docs" / "money.md"
MARK = re.compile(r"<!-- run: ([a-z-]+) -->\n((?:\|.*\n)*)")
RATES = {
    "service": "'service', 'standard', 'card', %s, 0, 'kept'",
    "returned": "'service', 'standard', 'card', 250, 0, 'returned'",
    "scheme": "'scheme', NULL, 'card', %s, 5, 'kept'",
    "dispute": "'dispute', 'standard', NULL, 0, %s, 'kept'",
}


def priced(dsn, rates: dict[str, int]) -> None:
    """Write the scene's prices down, and let the simulated network ask the same."""
    with psycopg.connect(dsn.admin) as owner:
        owner.execute("SET maalem.history = 'on'")
        for name in rates:
            if name == "service" and "returned" in rates:
                continue
            values = RATES[name].replace("%s", str(rates[name]))
            owner.execute(
                "INSERT INTO fee_rates (id, line, plan_id, rail, share_bps, fixed, on_refund,"
                f" currency, valid_from, source) VALUES ('r_{name}', {values}, 'mad',"
                " '2025-01-01', 'the walk')"
            )
    if "scheme" in rates:
        with psycopg.connect(dsn.superuser) as network:
            network.execute("UPDATE simulator.bank_conduct SET scheme_bps = 10, scheme_fixed = 5")


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_the_page_shows_what_a_run_books(fresh_payments_dsn, scene):
    """MAALEM_REWRITE=1 writes the tables of the run into the page instead."""
    priced(fresh_payments_dsn, SCENES[scene])

    async def whole() -> dict[str, str]:
        async with bank_world(fresh_payments_dsn.app) as b:
            walk = Walk(b)
            await scene(walk)
            return walk.tables

    tables = asyncio.run(whole())
    report = asyncio.run(verify(fresh_payments_dsn.admin))
    assert report.clean, report.findings
    text = PAGE.read_text(encoding="utf-8")
    shown = dict(MARK.findall(text))
    if os.environ.get("MAALEM_REWRITE"):
        for name, table in tables.items():
            text = re.sub(
                rf"(<!-- run: {name} -->\n)((?:\|.*\n)*)",
                lambda found, table=table: f"{found[1]}{table}\n",
                text,
            )
        PAGE.write_text(text, encoding="utf-8")
        return
    for name, table in tables.items():
        assert shown.get(name, "") == f"{table}\n", name
