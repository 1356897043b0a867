"""The officer's way to the institution's desk, over a real socket."""

import json
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from maalem.kit.ids import new_id
from maalem.payments.settlement.bank.safeguarding import OWED, THERE
from maalem.payments.tests import service as driver
from maalem.platform.ground.gateway import bank_desk, calls, errors
from maalem.platform.market.till.bank_words import (
    DEEDS,
    FINDINGS,
    KINDS,
    MATCHES,
    REASONS,
    REFUSALS,
    TERMS,
)

DAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def _pointed(institution, settings):
    settings.PAYMENTS_URL = institution.url
    settings.STRIPE_API_KEY = driver.SECRET_KEY
    calls._make.cache_clear()
    yield
    calls._make.cache_clear()


@pytest.fixture
def proof(institution) -> str:
    terms = dict.fromkeys((*THERE, *OWED), 0)
    terms |= {"bank_account": 39_245, "owners_available": 38_500, "our_own": 745}
    made = new_id("sgp")
    institution.rows(
        "INSERT INTO safeguarding_proofs (id, version, day, currency, terms, there, owed,"
        " difference, explained, created_at) VALUES (%s, 1, %s, 'mad', %s, 39245, 39245, 0, '[]',"
        " now()) RETURNING id",
        *(made, DAY, json.dumps(terms)),
    )
    return made


def put_file(institution, *, lines: int) -> str:
    """A file with lines that nobody has explained."""
    file = new_id("bfl")
    institution.rows(
        "INSERT INTO bank_files (id, version, name, message, message_id, status, sealed, sha256,"
        " received_at, created_at) VALUES (%s, 1, 'CAMT.xml', 'camt.054.001.08', %s, 'read', '',"
        " %s, now(), now()) RETURNING id",
        *(file, file, file),
    )
    for number in range(lines):
        institution.rows(
            "INSERT INTO bank_lines (id, version, iban, bank_reference, file_id, amount, currency,"
            " booked_on, value_on, code, counterparty, status, reason, created_at) VALUES (%s, 1,"
            " 'MA', %s, %s, %s, 'mad', %s, %s, 'PMNT', 'Omar Filali', 'unmatched', 'no_reference',"
            " now()) RETURNING id",
            *(new_id("bln"), new_id("ref"), file, 100 + number, DAY, DAY),
        )
    return file


def test_a_proof_comes_with_its_terms_and_papers(proof):
    (listed,) = [one for one in bank_desk.proofs(since=DAY) if one.id == proof]
    assert (listed.day, listed.is_even, listed.clients_minor) == (DAY, True, 38_500)
    assert listed.links == {}
    assert bank_desk.proofs(since=DAY + timedelta(days=4_000)) == ()
    found = bank_desk.proof(proof)
    assert [one.name for one in (*found.there, *found.owed)] == [*THERE, *OWED]
    assert set(found.links) == {"csv", "pdf-fr", "pdf-ar", "pdf-en"}
    assert httpx.get(found.links["pdf-ar"], timeout=60).content.startswith(b"%PDF")
    with pytest.raises(errors.Refused):
        bank_desk.proof("sgp_nobody")


def test_what_arrived_is_read_file_by_file_and_page_by_page(institution):
    file = put_file(institution, lines=3)
    newest = bank_desk.bank_files(limit=1)
    assert (newest.files[0].id, newest.files[0].count, newest.files[0].unmatched) == (file, 3, 3)
    assert bank_desk.bank_file(file).days == ()
    first = bank_desk.bank_lines(file, is_matched=False, limit=2)
    rest = bank_desk.bank_lines(file, is_matched=False, limit=2, after=first.next_after)
    assert [one.amount_minor for one in (*first.lines, *rest.lines)] == [102, 101, 100]
    assert (rest.next_after, rest.lines[0].counterparty) == ("", "Omar Filali")
    assert bank_desk.bank_lines(file, is_matched=True).lines == ()


def test_the_morning_is_told_with_the_file_that_tells_of_a_line(institution):
    file = put_file(institution, lines=1)
    found = bank_desk.morning()
    (lines,) = [one for one in found.waiting if one.kind == "bank_lines"]
    assert file in {one.file for one in lines.oldest}
    assert all(one.since and one.since < datetime.now(UTC) for one in lines.oldest)


def test_everything_that_the_institution_says_has_words():
    """A new kind, reason or refusal is translated before it is shown."""
    from maalem.payments.settlement.bank import desk, matching, morning, reading

    assert set(KINDS) == set(morning.KINDS) - {"proof", "clearing"}
    assert set(REASONS) == set(matching.REASONS)
    assert set(REFUSALS) == set(reading.REFUSALS)
    assert set(TERMS) == {*THERE, *OWED}
    assert set(DEEDS) == set(desk._DEEDS)


def test_everything_that_is_found_and_every_match_has_words():
    """Read where they are written: the kinds of findings, and what the database lets a line be."""
    import re
    from pathlib import Path

    import maalem.payments.settlement.bank as room
    from maalem.payments import db

    source = "".join(path.read_text() for path in Path(str(room.__file__)).parent.glob("*.py"))
    found = set(re.findall(r'await find\(\s*\w+,\s*"(\w+)"', source))
    assert len(found) > 5
    assert found <= set(FINDINGS)
    desk = next(text for name, text in db.migrations() if name == "0505_desk.sql")
    (allowed,) = re.findall(r"CHECK \(matched_as IN\s*\(([^)]*)\)\)", desk)
    assert set(re.findall(r"'(\w+)'", allowed)) == set(MATCHES)
