"""Statements over the wire: made once, fetched by links that last an hour."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import stripe

pytestmark = pytest.mark.xdist_group("payments-service")


def day(back: int) -> str:
    return (datetime.now(UTC) - timedelta(days=back)).date().isoformat()


def call(service: Any, method: str, path: str, **params: Any) -> dict[str, Any]:
    client = service.client()
    return client.deserialize(client.raw_request(method, path, **params), api_mode="V1").to_dict()


def test_a_statement_is_made_once_and_has_its_files(service):
    period = {"period_start": day(40), "period_end": day(10)}
    made = call(service, "post", "/v1/statements", **period)
    again = call(service, "post", "/v1/statements", **period)
    assert made["object"] == "statement"
    assert again["id"] == made["id"]
    assert made["opening_balance"] == made["closing_balance"] == made["line_count"] == 0
    found = [(link["format"], link["locale"], link["bom"]) for link in made["files"]]
    assert found == [
        ("csv", None, False),
        ("csv", None, True),
        ("pdf", "fr", False),
        ("pdf", "ar", False),
        ("pdf", "en", False),
    ]
    kinds = {}
    for link in made["files"]:
        fetched = httpx.get(link["url"], timeout=60)
        assert fetched.status_code == 200
        assert "attachment" in fetched.headers["content-disposition"]
        kinds[fetched.headers["content-type"]] = fetched.content
    assert kinds["application/pdf"].startswith(b"%PDF")
    assert kinds["text/csv; charset=utf-8"].startswith(b"\xef\xbb\xbfid,created")
    assert made["id"] in [one["id"] for one in call(service, "get", "/v1/statements")["data"]]
    assert call(service, "get", f"/v1/statements/{made['id']}")["digest"] == made["digest"]


def test_a_link_that_was_altered_opens_nothing(service):
    made = call(service, "post", "/v1/statements", period_start=day(20), period_end=day(10))
    url = made["files"][0]["url"]
    for wrong in (url[:-2] + ("AA" if url[-2:] != "AA" else "BB"), url + "x" * 3, url[:-30]):
        assert httpx.get(wrong).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "param"),
    [
        ({"period_start": "03/2026"}, "period_start"),
        ({"period_end": day(-3)}, "period_end"),
        ({"currency": "xyz"}, "currency"),
        ({"periods": "all"}, "periods"),
    ],
)
def test_what_cannot_be_told_is_refused(service, wrong, param):
    asked = {"period_start": day(20), "period_end": day(10), **wrong}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        call(service, "post", "/v1/statements", **asked)
    assert refused.value.param == param
