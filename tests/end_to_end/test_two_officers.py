"""A large payout, lived through by two officers and by a thief who has the platform's key."""

import json
import re
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect

from maalem.payments.settlement.tests.cast import bank_account, rib
from tests.cast import CLERK, OFFICER
from tests.end_to_end.installation import Running
from tests.end_to_end.processes import appoint
from tests.end_to_end.test_till import RIGHTS, Officer, officer


@pytest.fixture(scope="module", autouse=True)
def appointed(maalem: Running, the_books_are_right: None) -> None:
    """Both are staff at the till; that alone makes nobody an officer of the institution's."""
    for who in (OFFICER, CLERK):
        appoint(maalem, who, RIGHTS)


class Thief:
    """Somebody with the platform's own secret key, who calls the institution with it."""

    def __init__(self, maalem: Running) -> None:
        secrets = json.loads((maalem.home / "secrets.json").read_text())
        self.url, self.key = maalem.payments, secrets["MAALEM_STRIPE_API_KEY"]

    def post(self, path: str, key: str = "", **said: str) -> Any:
        answer = httpx.post(f"{self.url}/v1/{path}", auth=(key or self.key, ""), data=said or None)
        return answer.json()

    def large_payout(self) -> str:
        """More than two officers' worth of the platform's money, asked for; its id."""
        bank = {f"external_account[{k}]": v for k, v in bank_account(rib().digits).items()}
        account = httpx.get(f"{self.url}/v1/account", auth=(self.key, "")).json()["id"]
        self.post(f"accounts/{account}/external_accounts", **bank)
        paid = {"amount": "6000000", "currency": "mad", "confirm": "true"}
        self.post("payment_intents", **paid, payment_method="pm_card_bypassPending")
        return str(self.post("payouts", amount="5000001", currency="mad")["id"])


def says_yes(who: Officer, payout: str, key: str) -> None:
    """She looks at it, shows her key, and agrees."""
    page = who.page
    who.go(f"money/{payout}/")
    page.locator("a[href$='/agree/']").click()
    page.wait_for_url(re.compile("/agree/"))
    who.look()
    page.locator("[name=officer_key]").fill(key)
    page.locator("form.form button[type=submit]").first.click()
    page.wait_for_url(re.compile(rf"/{payout}/$"))
    who.look()


def test_two_officers_let_a_large_payout_go_and_a_thief_does_not(
    maalem: Running, chromium: Browser
):
    """P24: the platform's stolen key asks for a payout and can't agree to it, in any name."""
    thief = Thief(maalem)
    payout = thief.large_payout()
    keys = maalem.home / "officers"
    his, hers = ((keys / name).read_text().strip() for name in ("youssef.key", "naima.key"))
    for said in ({}, {"approver": CLERK.name}):
        no = thief.post(f"payouts/{payout}/approve", **said)["error"]
        assert no["code"] == "officer_key_required"
    youssef = officer(chromium, maalem, language="ar", width=360)
    says_yes(youssef, payout, his)
    # His own key, again: in the till, and by whoever stole it.
    youssef.go(f"money/{payout}/agree/")
    expect(youssef.page.locator("[name=officer_key]")).to_have_count(0)
    youssef.page.locator("form.form button[type=submit]").first.click()
    expect(youssef.page.locator(".note--error")).to_be_visible()
    youssef.look()
    assert (
        thief.post(f"payouts/{payout}/approve", his)["error"]["code"] == "payout_already_approved"
    )
    no = thief.post(f"payouts/{payout}/approve", his, approver=CLERK.name)["error"]
    assert (no["code"], no["param"]) == ("parameter_unknown", "approver")
    assert "payouts that wait for officers: 1" in maalem.run("morning").stdout
    naima = officer(chromium, maalem, language="fr", width=1280, who=CLERK)
    says_yes(naima, payout, hers)
    naima.go(f"money/{payout}/agree/")
    expect(naima.page.locator(".facts")).to_contain_text(OFFICER.name)
    expect(naima.page.locator(".facts")).to_contain_text(CLERK.name)
    assert "payouts that wait for officers" not in maalem.run("morning").stdout
    for who in (youssef, naima):
        who.page.context.close()
