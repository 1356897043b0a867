"""Officers at the terminal: made and ended by an operator, known by their keys alone."""

import asyncio
import os
import stat
from pathlib import Path
from typing import Any

import psycopg
import pytest

from maalem.payments import db
from maalem.payments.ledger.verify import verify
from maalem.payments.settlement.tests.stage import fund, pay_out, settle_in
from maalem.payments.tests.world import world
from tests.test_desk import dsn, line, two, typed  # noqa: F401

SHOWN = "Her key, shown this once:\n"


def test_an_officer_is_made_listed_and_ended(dsn, capsys):  # noqa: F811
    status, said = typed(capsys, "officers", "add", "  Naïma   Oubella ")
    assert (status, SHOWN in said) == (0, True)
    key = said.partition(SHOWN)[2].strip()
    assert key.startswith("rk_test_")
    status, said = typed(capsys, "officers")
    assert (status, "Naïma Oubella  rk_test_" in said, key in said) == (0, True, False)
    for again in ("naima oubella", "NAÏMA OUBELLA"):
        status, said = typed(capsys, "officers", "add", again)
        assert (status, "has a key: end that one" in said) == (1, True)
    status, said = typed(capsys, "officers", "revoke", "naima oubella")
    assert (status, said) == (0, "Naïma Oubella has no key any more.\n")
    assert "no key" in typed(capsys, "officers")[1]
    # She is the same officer when she gets another key.
    other = typed(capsys, "officers", "add", "Naïma Oubella")[1].partition(SHOWN)[2].strip()
    assert other != key
    assert len(typed(capsys, "officers")[1].splitlines()) == 1
    assert typed(capsys, "officers", "revoke", "Nobody")[0] == 1
    assert typed(capsys, "officers", "add")[0] == 2
    assert typed(capsys, "officers", "add", "…")[0] == 1


def test_her_key_goes_into_a_file_that_nobody_else_reads(two, capsys):  # noqa: F811
    assert stat.S_IMODE(os.stat("naima.key").st_mode) == 0o600
    assert Path("naima.key").read_text().startswith("rk_test_")
    # No file is written over, and a key that can't be handed over is not made.
    status, said = typed(capsys, "officers", "add", "Driss", "--to", "naima.key")
    assert (status, "can't make the file" in said) == (1, True)
    assert "Driss" not in typed(capsys, "officers")[1]
    typed(capsys, "officers", "add", "Naïma", "--to", "other.key")
    assert not Path("other.key").exists()


def test_a_bare_name_is_nobody(two, line, capsys, monkeypatch):  # noqa: F811
    """P24: no name is believed, and no other key of the platform's either."""
    why = ("bank", "bear", line, "--note", "interest")
    assert typed(capsys, *why, "--by", "Naïma")[0] == 2
    assert typed(capsys, *why) == (
        2,
        "show your key: --key FILE, or MAALEM_OFFICER_KEY_FILE=FILE\n",
    )
    Path("wrong.key").write_text("sk_test_desk\n")
    status, said = typed(capsys, *why, "--key", "wrong.key")
    assert (status, said) == (1, "Not done: this is no officer's key, or it was ended.\n")
    assert typed(capsys, *why, "--key", "nowhere.key")[0] == 2
    monkeypatch.setenv("MAALEM_OFFICER_KEY_FILE", "naima.key")
    status, said = typed(capsys, *why)
    assert status == 0
    deed = said.split()[0]
    assert typed(capsys, "approve", deed)[0] == 1
    monkeypatch.delenv("MAALEM_OFFICER_KEY_FILE")
    monkeypatch.setenv("MAALEM_OFFICER_KEY", Path("youssef.key").read_text())
    assert typed(capsys, "approve", deed)[0] == 0


def test_what_an_ended_key_proposed_falls_with_it(two, line, capsys):  # noqa: F811
    """P24: a thief's proposal is not approved by mistake after her key was ended."""
    naima, youssef = two
    deed = typed(capsys, "bank", "bear", line, *naima, "--note", "interest")[1].split()[0]
    said = typed(capsys, "officers", "revoke", "Naïma")[1]
    assert f"{deed}, which she proposed, can only be withdrawn." in said
    assert typed(capsys, "bank", "bear", line, *naima, "--note", "again")[0] == 1
    status, said = typed(capsys, "approve", deed, *youssef)
    assert (status, "was ended: withdraw it, and propose it anew" in said) == (1, True)
    assert typed(capsys, "withdraw", deed, *youssef)[0] == 0


def test_a_large_payout_is_approved_at_the_terminal(dsn, two, capsys):  # noqa: F811
    naima, youssef = two

    async def story() -> str:
        async with world(dsn.app, payout_approval_above=50_000) as w:
            await settle_in(w)
            await fund(w, 100_000)
            return (await pay_out(w, 60_000)).id

    payout = asyncio.run(story())
    assert "maalem approve" in typed(capsys, "morning")[1]
    assert typed(capsys, "approve", payout, *naima) == (0, f"{payout} has 1 of 2 yeses.\n")
    assert typed(capsys, "approve", payout, *naima)[0] == 1
    typed(capsys, "officers", "revoke", "Naïma")
    assert typed(capsys, "approve", payout, *youssef) == (0, f"{payout} has 1 of 2 yeses.\n")
    typed(capsys, "officers", "add", "Naïma", "--to", "new.key")
    assert (
        typed(capsys, "approve", payout, "--key", "new.key")[1] == f"{payout} has 2 of 2 yeses.\n"
    )
    assert typed(capsys, "approve", "po_unknown", *youssef)[0] == 1
    report = asyncio.run(verify(dsn.admin))
    assert report.clean, report.findings


OLD = """
INSERT INTO payouts SELECT (jsonb_populate_record(NULL::payouts, jsonb_build_object(
    'id', 'po_' || s, 'version', 3, 'account_id', 'acct_platform', 'destination_id', 'ba_x',
    'amount', 60000,
    'currency', 'mad', 'status', s, 'automatic', false, 'method', 'standard', 'arrival_date',
    '2026-01-02', 'approvals_needed', 2, 'approvals', 2, 'balance_transaction_id', 'txn_x',
    'batch_id', 'b', 'sent_at', now(), 'bank_reference', 'r', 'paid_at', now(), 'metadata',
    '{}'::jsonb, 'created_at', '2026-01-01'))).* FROM unnest(ARRAY['pending', 'paid']) s;
INSERT INTO payout_approvals SELECT 'poa_' || s || n, 1, 'acct_platform', 'po_' || s, n, NULL,
    '2026-01-01', NULL FROM unnest(ARRAY['pending', 'paid']) s, unnest(ARRAY['Naïma', 'Youssef']) n;
INSERT INTO desk_deeds SELECT 'dsk_' || s, 1, 'bear', 'bln_' || s, NULL, 700, 'mad', 'interest', s,
    'Naïma', true, CASE s WHEN 'done' THEN 'Youssef' END, '2026-01-01',
    CASE s WHEN 'done' THEN now() END FROM unnest(ARRAY['proposed', 'done']) s;
"""


def test_what_waited_on_bare_names_is_said_anew_by_keys(empty_books, monkeypatch):
    """P24: what was done stays as it was told; a bare name's yes to what waits counts no more."""
    every = db.migrations()
    monkeypatch.setattr(db, "migrations", lambda: [one for one in every if one[0] < "1300"])
    asyncio.run(db.migrate(empty_books))
    with psycopg.connect(empty_books) as books:
        books.execute("SET session_replication_role = replica")
        books.execute(OLD)
    monkeypatch.undo()
    assert "1300_officers.sql" in asyncio.run(db.migrate(empty_books))
    with psycopg.connect(empty_books) as books:
        yeses = "SELECT id, approvals, version FROM payouts ORDER BY id"
        assert books.execute(yeses).fetchall() == [("po_paid", 2, 3), ("po_pending", 0, 4)]
        aside = "SELECT count(*) FROM payout_approvals WHERE set_aside"
        assert books.execute(aside).fetchone() == (2,)
        done = "UPDATE desk_deeds SET status = 'done', ended_at = now(), second = 'Youssef'"
        with pytest.raises(psycopg.errors.CheckViolation, match="officer_stands"):
            books.execute(f"{done} WHERE id = 'dsk_proposed'")
    report = asyncio.run(verify(empty_books))
    assert not [one for one in report.findings if "with the key of" in one]


@pytest.fixture
def empty_books(fresh_payments_dsn) -> Any:
    """A database without a table, as its superuser sees it."""
    with psycopg.connect(fresh_payments_dsn.superuser, autocommit=True) as books:
        books.execute("DROP SCHEMA public, ledger, simulator, vault CASCADE")
        books.execute("CREATE SCHEMA public")
        books.execute("CREATE EXTENSION IF NOT EXISTS btree_gin")
        books.execute("GRANT ALL ON SCHEMA public TO maalem_payments_owner")
        books.execute("GRANT USAGE ON SCHEMA public TO maalem_payments")
    return fresh_payments_dsn.superuser
