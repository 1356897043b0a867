"""Where the money goes: changed by a fresh owner, told to everybody, stopped by anybody of them."""

import re
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from maalem.kit.rib import rib_key
from maalem.platform.craft.artisans.models import Membership
from maalem.platform.ground.gateway.records import Bank, Movement, Payout
from maalem.platform.ground.notices.models import Message
from maalem.platform.market.orders.models import Alert
from maalem.platform.market.till.models import BankChange, Deed
from maalem.platform.market.till.tests.test_pages import sold, text, visit  # noqa: F401
from tests.cast import POTTER, WEAVER

pytestmark = pytest.mark.django_db
HERS = "fadma-ait-baha/money/"


def rib(last: int) -> str:
    first = f"011780{last:016d}"
    return first + rib_key(first)


@pytest.fixture
def owner(sold, visit, client):  # noqa: F811
    """The weaver, with a bank account of hers that has proved itself."""
    account = sold.weaver.payments_account
    old = Bank("ba_old", "CIH Bank", "1111", "Fadma", status="validated", is_default=True)
    sold.bank.ribs[account] = [old]

    def go(path="bank/", *, fresh=True, member=WEAVER, **more):
        visit(member, HERS)
        session = client.session
        session["fresh_at"] = time.time() if fresh else 0
        session.save()
        url = f"/fr/payments/{HERS}{path}"
        given = more.pop("post", None)
        return client.get(url, **more) if given is None else client.post(url, given, **more)

    go.bank, go.account, go.client, go.world = sold.bank, account, client, sold
    return go


def told(owner, bank, *, starts=None):
    """The institution's signed word about another bank account."""
    starts = starts or timezone.now() + timedelta(days=2)
    thing = {
        "id": bank.id,
        "object": "bank_account",
        "account": owner.account,
        "bank_name": bank.name,
        "last4": bank.last4,
        "payouts_from": int(starts.timestamp()),
    }
    kind = "account.external_account.created"
    body, header = owner.bank.event(kind, thing, account=owner.account)
    signed = {"Stripe-Signature": header}
    owner.client.post("/webhooks/payments", body, content_type="application/json", headers=signed)


def changed(owner):
    owner(post={"holder": "Fadma Aït Baha", "number": rib(7)})
    new = owner.bank.ribs[owner.account][-1]
    told(owner, new)
    return new


def links(channel="sms"):
    found = [
        re.search(r"/payments/stop/\S+", one.body)[0]
        for one in Message.objects.filter(kind="bank_changed", channel=channel)
    ]
    return [f"/fr{link}" for link in found]


def test_another_account_needs_a_fresh_sign_in(owner):
    """P24: another account for payouts is given by an owner who has just proved who she is."""
    for asked in (owner(fresh=False), owner(fresh=False, post={"holder": "x", "number": rib(7)})):
        assert asked["Location"].startswith("/fr/account/confirm/?next=")
    assert len(owner.bank.ribs[owner.account]) == 1
    assert owner(member=POTTER).status_code == 404
    Membership.objects.filter(person__phone=WEAVER.phone).update(role="clerk")
    assert owner().status_code == 404


def test_it_is_kept_and_the_page_says_when_money_goes_there(owner):
    page = owner(post={"holder": "Fadma Aït Baha", "number": rib(7)}, follow=True)
    assert "L’argent y va dans deux jours" in text(page)
    assert owner.bank.ribs[owner.account][-1].last4 == rib(7)[-4:]
    assert rib(7) not in text(page)
    assert Deed.objects.get(kind="bank_changed").by.phone == WEAVER.phone


@pytest.mark.parametrize("number", ["", "123", "abc", rib(7)[:-1] + "0", "FR76 3000 6000 0112"])
def test_a_number_that_cannot_be_is_refused_on_the_form(owner, number):
    page = text(owner(post={"holder": "Fadma", "number": number}))
    assert "field--error" in page
    assert len(owner.bank.ribs[owner.account]) == 1


def test_everybody_of_the_workshop_is_told_at_the_old_number_and_address(owner):
    """P24: the change is told to the number and the address that were known before it."""
    person = Membership.objects.get(artisan=owner.world.weaver).person
    person.email, person.language = "fadma@example.org", "fr"
    person.save()
    new = changed(owner)
    told(owner, new)  # told twice, written once
    sms, email = Message.objects.filter(kind="bank_changed").order_by("-channel")
    assert (sms.phone, email.email) == (WEAVER.phone, "fadma@example.org")
    assert new.last4 in sms.body
    assert "Ce n’est" not in email.subject
    assert "Money goes" not in email.body
    assert BankChange.objects.get().bank == new.id


def test_the_first_account_is_nobodys_loss(owner):
    told(owner, owner.bank.ribs[owner.account][0], starts=timezone.now())
    assert not Message.objects.filter(kind="bank_changed").exists()


def test_whoever_holds_the_link_stops_it_without_signing_in(owner):
    """P24: the waiting time can be used: the link lets the money go where it went."""
    new = changed(owner)
    owner.client.logout()
    link = links()[0]
    assert new.last4 in text(owner.client.get(link))
    assert len(owner.bank.ribs[owner.account]) == 2
    page = owner.client.post(link, follow=True)
    assert "C’est arrêté" in text(page)
    (left,) = owner.bank.ribs[owner.account]
    assert (left.id, left.is_default) == ("ba_old", True)
    assert Alert.objects.get(kind="bank_change_stopped").about == new.id
    assert "C’est arrêté" in text(owner.client.post(link, follow=True))


def test_a_link_that_was_made_up_is_not_found(owner):
    changed(owner)
    link = links()[0]
    assert owner.client.get(link[:-4] + "abc/").status_code == 404
    assert owner.client.get(link.replace("/ba_", "/ba_x")).status_code == 404


def test_silence_stops_nothing_and_says_so(owner):
    changed(owner)
    owner.bank.trouble = "down"
    page = owner.client.post(links()[0])
    assert page.status_code == 503
    assert BankChange.objects.get().stopped_at is None


def test_after_the_two_days_it_says_what_to_do(owner):
    changed(owner)
    BankChange.objects.update(from_at=timezone.now() - timedelta(minutes=1))
    assert "Les deux jours sont passés" in text(owner.client.get(links()[0]))


def test_a_payout_lists_what_it_carried_and_a_payment_its_payout(owner, visit):  # noqa: F811
    part, now = owner.world.part, owner.bank.now()
    line = part.movement
    gone = Movement("txn_gone", "payout", -line.net_minor, 0, -line.net_minor, now, now)
    ready = Movement(
        *(line.id, line.kind, line.amount_minor, line.fee_minor, line.net_minor),
        created_at=line.created_at,
        available_at=line.created_at,
        source=part.id,
        is_available=True,
    )
    place = owner.bank.shelf[owner.account].index(part)
    owner.bank.shelf[owner.account][place] = replace(part, movement=ready)
    owner.bank.loads["po_first"] = (replace(gone, source="po_first"), ready)
    owner.bank.bank[owner.account] = (
        Payout(
            *("po_other", "pending", 100, "MAD"),
            arrives_on=timezone.localdate(),
            created_at=now + timedelta(hours=1),
        ),
        Payout(
            *("po_first", "paid", line.net_minor, "MAD"),
            arrives_on=timezone.localdate(),
            created_at=now + timedelta(minutes=1),
            is_automatic=True,
            bank="ba_old",
        ),
    )
    page = text(owner("po_first/"))
    assert f"/fr/payments/fadma-ait-baha/{part.id}/" in page
    assert "1111" in page
    assert "demandé à la main" in text(owner("po_other/"))
    story = text(visit(WEAVER, f"fadma-ait-baha/{part.id}/"))
    assert "Parti à la banque" in story
    assert "/fr/payments/fadma-ait-baha/money/po_first/" in story
    assert owner("po_nobodys/").status_code == 404


def test_files_and_papers_hold_what_the_page_shows(owner):
    page = owner("balance.csv")
    said = b"".join(page.streaming_content).decode("utf-8-sig")
    assert owner.world.part.movement.id in said
    assert b"".join(owner("payouts.csv").streaming_content).decode().count("\n") == 1
    month = (timezone.localdate().replace(day=1) - timedelta(days=1)).strftime("%Y-%m")
    assert owner(f"{month}/pdf/")["Location"] == "http://pay.test/pdf-fr"
    assert owner(f"{timezone.localdate():%Y-%m}/pdf/").status_code == 404
    assert owner("2026-13/pdf/").status_code == 404


def test_the_picture_can_be_had_by_weeks(owner):
    page = text(owner("?by=week"))
    assert "Les 12 dernières semaines" in page
    assert page.count('class="bar bar--taken"') == 1
