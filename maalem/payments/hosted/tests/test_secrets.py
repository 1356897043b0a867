"""PAN and CVC never leave the vault: not into a log, a table, a page or an address."""

import re
from pathlib import Path

import psycopg

from maalem.payments.hosted import texts
from maalem.payments.tests.service import Payer, Service

PANS = ("4000002760003184", "4000000000009995", "4242424242424242")
CVC = "859"


def test_no_number_is_found_in_the_logs_or_anywhere_in_the_database(
    service: Service, jobs: Path, payer: Payer
):
    for number in PANS:
        session = service.session()
        payer.open(session.url).pay(number, cvc=CVC, holder="Pan Scan")
        if "/hosted/3ds/" in payer.at:
            payer.press("confirm", secret="123456")
    written = Path(service.log).read_text() + jobs.read_text() + _everything(service)
    for number in PANS:
        assert number not in written
        assert " ".join(re.findall("....", number)) not in written
    kept = service.rows("SELECT c::text FROM vault.cards c")
    assert kept
    assert not any(CVC in re.sub(r"vc_\w+|\\x\w+|[\d:.+-]{10,}", "", row[0]) for row in kept)


def test_a_page_is_kept_by_nobody_and_can_not_be_framed(service: Service, payer: Payer):
    payer.open(service.session().url)
    policy = payer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "form-action 'self' http://shop.test" in policy
    assert payer.headers["cache-control"] == "no-store"
    assert not re.search(r"<script(?![^>]*src=)|\son\w+=|\sstyle=", payer.page)


def test_the_page_is_light(service: Service, payer: Payer):
    payer.open(service.session().url)
    weight = len(payer.page.encode())
    for path in set(re.findall(r'(?:href|src)="(/hosted/assets/[^"]+)"', payer.page)):
        asset = payer.http.get(service.url + path)
        assert asset.status_code == 200
        assert "immutable" in asset.headers["cache-control"]
        weight += len(asset.content)
    assert weight <= 40_000


def test_every_sentence_is_there_in_every_language():
    keys = [set(texts.TEXTS[language]) for language in texts.LANGUAGES]
    assert keys[0] == keys[1] == keys[2]
    for key, french in texts.TEXTS["fr"].items():
        names = sorted(re.findall(r"{(\w+)}", french))
        for language in texts.LANGUAGES:
            assert sorted(re.findall(r"{(\w+)}", texts.TEXTS[language][key])) == names, key


def _everything(service: Service) -> str:
    """Every row of every table, as text."""
    parts = []
    with psycopg.connect(service.superuser_dsn) as connection:
        tables = connection.execute(
            "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n"
            " ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'm')"
            " AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')"
        ).fetchall()
        assert len(tables) > 15
        for (table,) in tables:
            parts += [row[0] for row in connection.execute(f"SELECT t::text FROM {table} t")]
    return "\n".join(parts)
