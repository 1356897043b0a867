"""The operator's desk over the wire: read by the platform itself, by nobody else, as described."""

import json
from datetime import date
from typing import Any

import httpx
import pytest
import stripe

from maalem.kit.ids import new_id
from maalem.payments.api.tests.callers import made
from maalem.payments.settlement.bank.safeguarding import OWED, THERE

pytestmark = pytest.mark.xdist_group("payments-service")
# A year that no worker proves: what these tests put there is all that stands in it.
DAY = date(2019, 3, 4)


def ask(service: Any, path: str, **params: Any) -> dict[str, Any]:
    client = service.client()
    found = client.raw_request("get", f"/v1/desk/{path}", **params)
    return client.deserialize(found, api_mode="V1").to_dict()


def put_proof(service: Any, *, difference: int = 0) -> str:
    terms = dict.fromkeys((*THERE, *OWED), 0)
    terms |= {"bank_account": 90_000 + difference, "owners_available": 90_000}
    proof = new_id("sgp")
    service.rows(
        "INSERT INTO safeguarding_proofs (id, version, day, currency, terms, there, owed,"
        " difference, explained, created_at) VALUES (%s, 1, %s, 'mad', %s, %s, 90000, %s, '[]',"
        " '2019-03-05T00:05:00Z') RETURNING id",
        proof,
        DAY,
        json.dumps(terms),
        90_000 + difference,
        difference,
    )
    return proof


def put_file(service: Any, name: str, *, lines: tuple[int, ...] = (), statement: str = "") -> str:
    """A file with unmatched lines; those of `statement`, an earlier file, are told again."""
    file = new_id("bfl")
    service.rows(
        "INSERT INTO bank_files (id, version, name, message, message_id, status, sealed, sha256,"
        " received_at, created_at) VALUES (%s, 1, %s, 'camt.053.001.08', %s, 'read', '', %s,"
        " now(), now()) RETURNING id",
        *(file, name, file, file),
    )
    for amount in lines:
        service.rows(
            "INSERT INTO bank_lines (id, version, iban, bank_reference, file_id, amount, currency,"
            " booked_on, value_on, code, status, reason, created_at) VALUES (%s, 1, 'MA', %s, %s,"
            " %s, 'mad', %s, %s, 'PMNT', 'unmatched', 'no_reference', now()) RETURNING id",
            *(new_id("bln"), new_id("ref"), file, amount, DAY, DAY),
        )
    if statement:
        told = new_id("bst")
        service.rows(
            "WITH whole AS (SELECT sum(amount) AS amount, count(*) AS count FROM bank_lines"
            "  WHERE file_id = %s), new AS (INSERT INTO bank_statements (id, version, file_id,"
            "  iban, currency, statement_id, day, opening, closing, count, created_at)"
            "  SELECT %s, 1, %s, %s, 'mad', %s, %s, 0, amount, count, now() FROM whole)"
            " UPDATE bank_lines SET statement_id = %s WHERE file_id = %s RETURNING id",
            *(statement, told, file, file, told, DAY, told, statement),
        )
    return file


def test_the_morning_says_what_waits_and_how_much_of_it(service):
    put_file(service, "strange", lines=(700,))
    found = ask(service, "morning")
    assert found["object"] == "desk.morning"
    (lines,) = [one for one in found["waiting"] if one["kind"] == "bank_lines"]
    assert lines["count"] >= 1
    assert lines["oldest"][0]["kind"] == "no_reference"
    assert 700 in [one["amount"] for one in lines["oldest"]]


def test_a_day_is_found_with_its_terms_and_its_files(service):
    proof = put_proof(service)
    listed = ask(service, "safeguarding_proofs", day={"gte": "2019-01-01", "lte": "2019-12-31"})
    assert proof in [one["id"] for one in listed["data"]]
    assert ask(service, "safeguarding_proofs", day="2019-03-03")["data"] == []
    found = ask(service, f"safeguarding_proofs/{proof}")
    assert (found["there"], found["owed"], found["difference"]) == (90_000, 90_000, 0)
    assert [one["term"] for one in found["there_terms"]] == list(THERE)
    kinds = [(link["format"], link["locale"]) for link in found["files"]]
    assert ("pdf", "ar") in kinds
    for link in found["files"]:
        fetched = httpx.get(link["url"], timeout=60)
        assert fetched.status_code == 200
        assert "maalem-safeguarding-2019-03-04" in fetched.headers["content-disposition"]
        begins = b"%PDF" if link["format"] == "pdf" else (b"proof,", b"\xef\xbb\xbfproof,")
        assert fetched.content.startswith(begins)


def test_a_link_to_a_proof_opens_no_statement_and_no_other_proof(service):
    found = ask(service, f"safeguarding_proofs/{put_proof(service)}")
    url = found["files"][0]["url"]
    assert httpx.get(url.replace("/files/proofs/", "/files/statements/")).status_code == 404
    assert httpx.get(url[:-3] + "AAA").status_code == 404


def test_a_file_shows_its_lines_and_those_it_tells_again(service):
    first = put_file(service, "told first", lines=(700, -300, 50))
    again = put_file(service, "the day's statement", statement=first)
    both = [ask(service, f"bank_files/{file}") for file in (first, again)]
    assert [one["lines"] for one in both] == [{"count": 3, "matched": 0, "unmatched": 3}] * 2
    assert [len(one["statements"]) for one in both] == [0, 1]
    assert both[1]["statements"][0]["closing_balance"] == 450
    for file in (first, again):
        listed = ask(service, "bank_lines", file=file, limit=2)
        assert (len(listed["data"]), listed["has_more"]) == (2, True)
        after = listed["data"][-1]["id"]
        rest = ask(service, "bank_lines", file=file, limit=2, starting_after=after)
        amounts = [one["amount"] for one in (*listed["data"], *rest["data"])]
        assert (sorted(amounts), rest["has_more"]) == ([-300, 50, 700], False)
    assert listed["data"][0]["reason_message"].startswith("it carries no reference of ours")
    assert ask(service, "bank_lines", file=first, status="matched")["data"] == []
    newest = ask(service, "bank_files", limit=2)["data"]
    assert [one["id"] for one in newest] == [again, first]
    assert newest[0]["lines"]["count"] == 3


def test_open_findings_are_listed(service):
    finding = new_id("fin")
    service.rows(
        "INSERT INTO findings (id, version, kind, about, detail, freezes, status, found_at)"
        " VALUES (%s, 1, 'statement_missing', %s, 'where is it', false, 'open', now())"
        " RETURNING id",
        *(finding, finding),
    )
    (found,) = [
        one
        for one in ask(service, "findings", status="open", limit=100)["data"]
        if one["id"] == finding
    ]
    assert (found["detail"], found["freezes_payouts"]) == ("where is it", False)
    assert ask(service, "findings", created={"lt": found["created"]}, limit=100)["data"] == [
        one
        for one in ask(service, "findings", limit=100)["data"]
        if one["created"] < found["created"]
    ]


@pytest.mark.parametrize(
    "path",
    [
        *("morning", "bank_files", "bank_lines", "findings", "safeguarding_proofs"),
        *("bank_files/bfl_x", "safeguarding_proofs/sgp_x"),
    ],
)
def test_the_desk_opens_to_the_platform_alone(service, path):
    """Not for a connected account, and to a limited key with the permission only."""
    client = service.client()
    account = client.v1.accounts.create({"type": "custom"}).id
    with pytest.raises(stripe.PermissionError) as refused:
        client.raw_request("get", f"/v1/desk/{path}", stripe_account=account)
    assert refused.value.error.code == "platform_account_required"
    answers = {}
    for level in ("desk", "charge"):
        _, key = made(client, type="restricted", permissions={level: "read"})
        sent = {"Authorization": f"Bearer {key}"}
        answers[level] = httpx.get(f"{service.url}/v1/desk/{path}", headers=sent).status_code
    assert answers == {"desk": 404 if path.endswith("_x") else 200, "charge": 403}


def test_what_is_no_day_is_refused(service):
    for day in ("yesterday", {"gte": "2019-02-30"}):
        with pytest.raises(stripe.InvalidRequestError, match="Invalid date"):
            ask(service, "safeguarding_proofs", day=day)
