"""Two officers agree to a large payout, each with a key that the institution knows her by."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from maalem.platform.ground.gateway.records import Payout
from maalem.platform.market.till import seals
from maalem.platform.market.till.models import Deed
from maalem.platform.market.till.tests.test_pages import (  # noqa: F401
    HERS,
    officer,
    person,
    sold,
    text,
    visit,
)
from tests.cast import NOBODY, OFFICER, WEAVER

pytestmark = pytest.mark.django_db
YOUSSEF, NAIMA, OURS = "rk_test_" + "y" * 32, "rk_test_" + "n" * 32, "sk_test_" + "p" * 32


@pytest.fixture
def large(sold, visit, client):  # noqa: F811
    """A payout of the weaver's that waits for two, and an officer who looks at it."""
    officer("see_all_payments")
    at = timezone.now()
    payout = Payout("po_large1", "pending", 6_000_000, "MAD", at.date(), at, missing=2)
    sold.bank.bank[sold.weaver.payments_account] = (payout,)
    sold.bank.officers |= {YOUSSEF: "Youssef Benjelloun", NAIMA: "Naïma Oubella"}

    def go(path="agree/", *, member=OFFICER, fresh=True, **more):
        client.force_login(person(member))
        session = client.session
        session["fresh_at"] = time.time() if fresh else 0
        session.save()
        return visit(member, f"{HERS}money/po_large1/{path}", **more)

    go.world, go.bank = sold, sold.bank
    return go


def missing(large):
    return large.bank.bank[large.world.weaver.payments_account][0].missing


def test_two_officers_agree_each_with_her_own_key(large):
    assert "deux responsables auront donné" in text(large(""))
    assert large(post={"officer_key": YOUSSEF}).status_code == 302
    assert missing(large) == 1
    page = text(large())
    assert "Youssef Benjelloun" in page
    assert YOUSSEF not in page
    assert "…yyyy" in page
    # Without her key typed again: it is hers, so it is her second yes.
    refused = large(post={})
    assert (refused.status_code, missing(large)) == (400, 1)
    assert "à un autre responsable" in refused.content.decode()
    assert large(post={"officer_key": NAIMA}).status_code == 302
    assert missing(large) == 0
    assert "Il ne manque plus rien" in text(large())
    assert [one.kind for one in Deed.objects.all()] == ["payout_agreed", "payout_agreed"]


def test_no_name_and_no_other_key_says_yes(large):
    """P24: what a thief of the platform's key can send is refused, and nothing is kept of it."""
    for sent in (
        {"officer_key": OURS},
        {"officer_key": "rk_test_" + "x" * 32},
        {"officer_key": ""},
    ):
        refused = large(post={**sent, "approver": "Naïma Oubella", "officer": "Naïma Oubella"})
        assert refused.status_code == 400
        assert seals.COOKIE not in refused.cookies or not refused.cookies[seals.COOKIE].value
    assert missing(large) == 2
    assert not Deed.objects.exists()


def test_an_ended_key_leaves_the_browser(large):
    large(post={"officer_key": YOUSSEF})
    del large.bank.officers[YOUSSEF]
    refused = large(post={})
    assert "on y a mis fin" in refused.content.decode()
    assert refused.cookies[seals.COOKIE].value == ""


def test_her_key_is_sealed_for_her_and_for_her_day(large, rf, monkeypatch):
    kept = large(post={"officer_key": YOUSSEF}).cookies[seals.COOKIE]
    assert (kept["httponly"], kept["samesite"], kept["max-age"]) == (True, "Strict", 8 * 3600)
    assert "yyyy" not in kept.value
    request = rf.get("/", HTTP_COOKIE=f"{seals.COOKIE}={kept.value}")
    request.user = person(OFFICER)
    assert seals.kept(request) == YOUSSEF
    request.user = person(NOBODY)
    assert seals.kept(request) == ""
    request.user = person(OFFICER)
    late = timezone.now() + timedelta(hours=8, minutes=1)
    monkeypatch.setattr(seals.time, "time", late.timestamp)
    assert seals.kept(request) == ""


@pytest.mark.parametrize("value", ["", "x", "é", "AAAA" * 20])
def test_what_is_no_seal_opens_nothing(rf, value):
    request = rf.get("/")
    request.COOKIES[seals.COOKIE] = value
    request.user = person(OFFICER)
    assert seals.kept(request) == ""


def test_she_takes_her_key_out_again(large):
    large(post={"officer_key": YOUSSEF})
    gone = large("forget-key/", post={})
    assert gone.cookies[seals.COOKIE].value == ""
    assert "officer_key" in text(large())


def test_only_officers_come_here_and_only_freshly_signed_in(large):
    for member in (WEAVER, NOBODY):
        assert large(member=member).status_code == 404
        assert large("forget-key/", member=member, post={}).status_code == 404
    assert "/account/confirm/" in large(fresh=False)["Location"]
    assert large(fresh=False, post={"officer_key": YOUSSEF}).status_code == 302
    assert missing(large) == 2


def test_without_an_answer_nothing_is_said(large):
    large.bank.trouble = "down"
    assert large(post={"officer_key": YOUSSEF}).status_code == 503
    large.bank.trouble = ""
    assert missing(large) == 2
