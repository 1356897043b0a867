"""Money that did not arrive: the workshop's people hear of it, and why, each in her language."""

import pytest

from maalem.kit.clock import SystemClock
from maalem.payments.settlement import wire
from maalem.payments.settlement.reasons import MESSAGES
from maalem.payments.settlement.records import Payout
from maalem.platform.craft.artisans.models import Membership
from maalem.platform.ground.notices.models import Message
from maalem.platform.inbox.models import Event
from maalem.platform.market.conftest import bank, own_database, world  # noqa: F401
from maalem.platform.market.till.tests.test_pages import sold  # noqa: F401
from maalem.platform.market.till.words import FAILURES
from tests.cast import WEAVER

pytestmark = pytest.mark.django_db
SAID = {
    "fr": ("la banque ne vous a pas versé 1 250 MAD", "Le compte bancaire est fermé"),
    "ar": ("لم يدفع لك البنك", "الحساب البنكي مغلق"),
    "en": ("the bank did not pay you", "The bank account is closed."),
}


@pytest.fixture
def fails(sold, client):  # noqa: F811
    """The institution's signed word, in its own shape, that a payout of hers has come back."""

    def tell(*, account: str | None = None, code: str = "account_closed", times: int = 1) -> str:
        now = SystemClock().now()
        payout = Payout(
            id="po_returned",
            account_id=sold.weaver.payments_account,
            amount=125_000,
            currency="mad",
            destination_id="ba_dead",
            balance_transaction_id="txn_1",
            status="failed",
            failure_code=code,
            failure_message=MESSAGES[code],
            failure_reason="AC04",
            arrival_date=now.date(),
            metadata={},
            created_at=now,
        )
        whose = account or sold.weaver.payments_account
        body, header = sold.bank.event("payout.failed", wire.payout(payout), account=whose)
        signed = {"Stripe-Signature": header}
        for _ in range(times):
            client.post("/webhooks/payments", body, content_type="application/json", headers=signed)
        return str(Event.objects.get().status)

    tell.world = sold
    return tell


@pytest.mark.parametrize("language", list(SAID))
def test_a_payout_that_came_back_is_told_with_the_reason_in_her_language(fails, language):
    """P21: she hears that her bank did not take the money, why, and that she has it again."""
    person = Membership.objects.get(artisan=fails.world.weaver).person
    person.email, person.language = "fadma@example.org", language
    person.save()
    assert fails(times=2) == "handled"
    email, sms = Message.objects.filter(kind="payout_failed").order_by("channel")
    assert (sms.phone, email.email) == (WEAVER.phone, "fadma@example.org")
    what, why = SAID[language]
    assert what in sms.body.replace("\u00a0", " ").replace("\u202f", " ")
    assert why in sms.body
    assert why in email.body
    assert "<" not in email.body + sms.body
    for message in (sms, email):
        assert "/payments/fadma-ait-baha/money/po_returned/" in message.body
    assert email.subject


def test_whatever_the_reason_there_are_words_for_it(fails):
    """P21: each reason that the institution gives has a sentence of ours."""
    assert set(MESSAGES) == set(FAILURES)


def test_a_payout_of_nobody_here_is_told_to_nobody(fails):
    assert fails(account="acct_strange") == "handled"
    assert not Message.objects.filter(kind="payout_failed").exists()
