"""The official Python SDK, unmodified but for its address, goes through every resource."""

from collections.abc import Iterator
from typing import Any

import pytest
import stripe

from maalem.payments.api import v1 as endpoints
from maalem.payments.api.routes import every
from maalem.payments.api.tests import walk
from maalem.payments.api.tests.outside_sdk import OUTSIDE, left_out
from maalem.payments.tests.service import Service

pytestmark = pytest.mark.xdist_group("payments-service")
endpoints.load()


class Listening(stripe.RequestsClient):  # type: ignore[name-defined,misc]
    """The SDK's own HTTP client, which notes what it is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    def request(self, method: str, url: str, headers: Any, post_data: Any = None) -> Any:
        """Note it and pass it on."""
        path = "/" + url.split("/", 3)[3].partition("?")[0]
        self.asked.add(f"{method.upper()} {path}")
        return super().request(method, url, headers, post_data)


@pytest.fixture(scope="module")
def listening() -> Iterator[Listening]:
    client = Listening()
    yield client
    client.close()


@pytest.fixture(scope="module")
def v1(service: Service, listening: Listening) -> Any:
    return stripe.StripeClient(
        service.key,
        base_addresses={"api": service.url, "files": service.url},
        max_network_retries=0,
        http_client=listening,
    ).v1


def test_every_endpoint_that_the_sdk_knows_is_asked(v1, listening, service):
    account = walk.accounts(v1)
    for chapter in (
        walk.external_accounts,
        walk.customers,
        walk.setup_intents,
        walk.payment_intents,
        walk.charges,
        walk.sharing,
        walk.fees_and_refunds,
        walk.payouts,
        walk.checkout,
        walk.disputes,
        walk.risk,
        walk.webhooks,
    ):
        chapter(v1, walk.Cast(account, service))
    assert left_out(listening.asked) == set()


def test_what_is_outside_of_the_sdk_is_served():
    served = {word for each in every() for word in (each.path, f"{each.method} {each.path}")}
    for outside in OUTSIDE:
        assert any(word.startswith(outside) for word in served), outside
