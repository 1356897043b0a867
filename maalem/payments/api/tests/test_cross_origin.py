"""What a browser is told before and after a page of another origin asks us something."""

from typing import Any

import httpx
import pytest

from maalem.payments.api import v1 as endpoints
from maalem.payments.api.access import PAGES
from maalem.payments.api.routes import every
from maalem.payments.api.tests.callers import made
from maalem.payments.tests.service import Service

pytestmark = pytest.mark.xdist_group("payments-service")
endpoints.load()
SHOP = {"Origin": "https://shop.example"}
CARD = {"type": "card", "card[number]": "4242424242424242", "card[exp_month]": "12"}


@pytest.fixture(scope="module")
def page_key(service: Service) -> str:
    return str(made(service.client(), type="publishable", name="page")[1])


def asked_first(service: Service, path: str, **headers: str) -> httpx.Response:
    return httpx.options(
        service.url + path,
        headers={**SHOP, "Access-Control-Request-Method": "POST", **headers},
    )


def test_exactly_what_a_publishable_key_opens_is_announced(service):
    for found in every():
        path = found.path.replace("{", "").replace("}", "_1")
        answer = asked_first(service, path)
        methods = {method for method, at in PAGES if at == found.path}
        told = set(filter(None, answer.headers.get("access-control-allow-methods", "").split(", ")))
        assert told == methods, found.path
        assert answer.status_code == (204 if methods else 404)
        assert "access-control-allow-credentials" not in answer.headers
    assert answer.content == b""


def test_a_preflight_says_which_headers_may_be_sent(service):
    answer = asked_first(service, "/v1/tokens")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "authorization" in answer.headers["access-control-allow-headers"]
    assert answer.headers["access-control-max-age"] == "300"
    assert httpx.options(service.url + "/v1/tokens").status_code == 404


@pytest.mark.parametrize("path", ["/v1/", "/v1/nothing", "/v1/tokens%00"])
def test_a_preflight_for_what_is_not_there_tells_nothing(service, path):
    answer = asked_first(service, path)
    assert answer.status_code in (400, 404)
    assert "access-control-allow-origin" not in answer.headers


def post(service: Service, path: str, key: str | None, **headers: str) -> Any:
    auth = {"Authorization": f"Bearer {key}"} if key else {}
    form = {**CARD, "card[exp_year]": "2034"}
    return httpx.post(service.url + path, data=form, headers={**auth, **headers})


def test_the_answer_to_a_publishable_key_may_be_read_whatever_it_is(service, page_key):
    good = post(service, "/v1/payment_methods", page_key, **SHOP)
    bad = post(service, "/v1/tokens", page_key, **SHOP)
    unknown = post(service, "/v1/tokens", "pk_test_nobody", **SHOP)
    assert [answer.status_code for answer in (good, bad, unknown)] == [200, 400, 401]
    for answer in (good, bad, unknown):
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "request-id" in answer.headers["access-control-expose-headers"]


def test_nothing_else_may_be_read(service, page_key):
    for answer in (
        post(service, "/v1/payment_methods", service.key, **SHOP),
        post(service, "/v1/payment_methods", page_key),
        post(service, "/v1/payment_methods", None, **SHOP),
        post(service, "/v1/customers", page_key, **SHOP),
        httpx.get(service.url + "/v1/balance", headers={**SHOP, "Authorization": "Bearer x"}),
    ):
        assert "access-control-allow-origin" not in answer.headers
