"""Money sent to the bank by hand: by whom, how much, once, and taken back while it is there."""

import re
import time
from dataclasses import replace

import pytest

from maalem.platform.craft.artisans.models import Membership
from maalem.platform.ground.gateway.records import Holdings
from maalem.platform.market.till.models import Deed
from maalem.platform.market.till.tests.test_pages import officer, sold, text, visit  # noqa: F401
from tests.cast import NOBODY, OFFICER, POTTER, WEAVER

pytestmark = pytest.mark.django_db
HOLDS = Holdings(150_050, 0, 0, bank="CIH Bank", bank_last4="1111")


@pytest.fixture
def owner(sold, visit, client):  # noqa: F811
    """The weaver, freshly signed in, with 1 500.50 free."""
    account = sold.weaver.payments_account
    sold.bank.holds[account] = HOLDS

    def go(path="send/", *, fresh=True, member=WEAVER, whose="fadma-ait-baha", **more):
        visit(member, f"{whose}/money/")
        session = client.session
        session["fresh_at"] = time.time() if fresh else 0
        session.save()
        url = f"/fr/payments/{whose}/money/{path}"
        post = more.pop("post", None)
        return client.get(url, **more) if post is None else client.post(url, post, **more)

    go.bank, go.account = sold.bank, account
    return go


def sent(owner):
    return owner.bank.bank.get(owner.account, ())


def token(page):
    return re.search(r'name="token" value="([^"]+)"', text(page))[1]


def test_all_that_is_free_is_proposed_and_nothing_goes_before_it_was_asked_again(owner):
    assert 'href="/fr/payments/fadma-ait-baha/money/send/"' in text(owner(""))
    page = owner()
    assert 'value="1500.50"' in text(page)
    page = owner(post={"amount": "1 000", "token": token(page)})
    assert re.search("Envoyer .*1\\s000.* à la banque ?", text(page))
    assert "1111" in text(page)
    assert sent(owner) == ()


def test_it_goes_once_however_often_it_is_pressed(owner):
    press = {"amount": "1000", "sure": "1", "token": "t" * 20}
    page = owner(post=press, follow=True)
    assert "demandé à la main" in text(page)
    assert "A envoyé de l’argent à la banque" in text(page)
    owner(post=press)
    assert [one.amount_minor for one in sent(owner)] == [100_000]
    assert Deed.objects.filter(kind="payout_asked").first().by.phone == WEAVER.phone


def test_the_last_of_it_can_be_pressed_twice_too(owner):
    press = {"amount": "1500.50", "sure": "1", "token": "t" * 20}
    first = owner(post=press)
    assert owner(post=press)["Location"] == first["Location"]
    assert len(sent(owner)) == 1


@pytest.mark.parametrize("amount", ["", "0", "much", "-5", "1500.51"])
def test_what_is_no_amount_or_too_much_is_refused(owner, amount):
    assert "field--error" in text(owner(post={"amount": amount}))
    assert "field--error" in text(owner(post={"amount": amount, "sure": "1"}))
    assert sent(owner) == ()


@pytest.mark.parametrize("member", [POTTER, OFFICER, NOBODY])
def test_nobody_else_sends_her_money(owner, member):
    officer("see_all_payments", "pay_out")
    assert owner(member=member).status_code == 404
    assert owner(member=member, post={"amount": "5", "sure": "1"}).status_code == 404
    assert sent(owner) == ()


def test_a_clerk_sends_nothing(owner):
    Membership.objects.filter(person__phone=WEAVER.phone).update(role="clerk")
    assert owner().status_code == 404
    assert "money/send/" not in text(owner(""))


def test_a_session_that_is_not_fresh_proves_itself_first(owner):
    answer = owner(fresh=False, post={"amount": "5", "sure": "1"})
    assert "/account/confirm/" in answer["Location"]
    assert sent(owner) == ()


def test_the_platforms_own_money_takes_a_right_by_name(owner):
    owner.bank.holds[""] = replace(HOLDS, available_minor=50_000_000)
    officer("see_all_payments", "give_back_payments")
    assert owner(member=OFFICER, whose="platform").status_code == 404
    officer("see_all_payments", "pay_out")
    press = {"amount": "200000", "sure": "1"}
    page = owner(member=OFFICER, whose="platform", post=press, follow=True)
    assert "deux responsables" in text(page)


def test_it_is_taken_back_while_it_has_not_left(owner):
    page = owner(post={"amount": "1000", "sure": "1"}, follow=True)
    assert "Reprendre ce versement" in text(page)
    (one,) = sent(owner)
    owner(f"{one.id}/call-back/", post={})
    assert sent(owner)[0].status == "canceled"
    assert owner.bank.holds[owner.account] == HOLDS
    assert "Reprendre ce versement" not in text(owner(f"{one.id}/"))
    assert "déjà parti" in text(owner(f"{one.id}/call-back/", post={}, follow=True))
    assert owner("po_nobodys/call-back/", post={}).status_code == 404


def test_a_payout_that_goes_by_itself_is_not_taken_back_here(owner):
    owner(post={"amount": "1000", "sure": "1"})
    Deed.objects.filter(kind="payout_asked").update(account="acct_another")
    (one,) = sent(owner)
    assert owner(f"{one.id}/call-back/", post={}).status_code == 404


def test_without_a_bank_or_money_there_is_nothing_to_send(owner):
    owner.bank.holds[owner.account] = replace(HOLDS, available_minor=0)
    assert "Rien n’est disponible" in text(owner())
    assert "money/send/" not in text(owner(""))
    owner.bank.holds[owner.account] = replace(HOLDS, bank_last4="")
    assert "pas encore de compte bancaire" in text(owner())


def test_silence_is_said_and_the_same_press_asks_again(owner):
    press = {"amount": "1000", "sure": "1", "token": "t" * 20}
    owner.bank.trouble = "lost"
    page = owner(post=press)
    assert page.status_code == 503
    assert "t" * 20 in page.content.decode()
    owner.bank.trouble = ""
    owner(post=press)
    assert len(sent(owner)) == 1
