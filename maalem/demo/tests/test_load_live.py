"""The demo's accounts at the payment institution as it is, over a real socket."""

import os
from collections.abc import Iterator
from typing import Any

import pytest

from maalem.demo.load import load
from maalem.payments.tests import service as driver
from maalem.platform.craft.artisans.models import Artisan
from maalem.platform.ground import gateway
from maalem.platform.ground.gateway import calls

ARTISANS = int(os.environ.get("MAALEM_TEST_DEMO_ARTISANS", "16"))


@pytest.fixture
def institution(fresh_payments_dsn: Any, tmp_path: Any, settings: Any) -> Iterator[driver.Service]:
    with driver.serving(fresh_payments_dsn, log=tmp_path / "log") as running:
        settings.PAYMENTS_URL, settings.STRIPE_API_KEY = running.url, driver.SECRET_KEY
        calls._make.cache_clear()
        yield running
        calls._make.cache_clear()


@pytest.mark.usefixtures("committed_db")
def test_every_workshop_has_an_account_of_its_own(institution: driver.Service):
    load(artisans=ARTISANS, products=40, drawn=0)
    load(artisans=ARTISANS, products=40, drawn=0)
    accounts = list(Artisan.objects.values_list("payments_account", flat=True))
    assert len(set(accounts)) == len(accounts) == ARTISANS
    fadma = Artisan.objects.get(slug="fadma-ait-baha")
    assert gateway.balance(fadma.payments_account).available_minor == 0
    opened = institution.client().v1.accounts.retrieve(fadma.payments_account)
    assert opened.metadata["artisan"] == "fadma-ait-baha"
    assert opened.business_profile.name == "Fadma Aït Baha"
