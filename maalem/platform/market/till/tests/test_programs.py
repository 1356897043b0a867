"""Keys and addresses: shown once, replaced with an overlap, ended; and what they were told."""

import re
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from maalem.platform.craft.artisans.models import Membership
from maalem.platform.ground.gateway.records import Delivery, Health
from maalem.platform.market.till.models import Deed
from maalem.platform.market.till.tests.test_pages import officer, sold, text, visit  # noqa: F401
from tests.cast import OFFICER, POTTER, WEAVER

pytestmark = pytest.mark.django_db
HERS = "fadma-ait-baha/programs/"


@pytest.fixture
def owner(sold, visit, client):  # noqa: F811
    """The weaver, who has just signed in; her account has a key and an address."""
    account = sold.weaver.payments_account

    def go(path="", *, fresh=True, member=WEAVER, **more):
        visit(member, HERS)
        session = client.session
        session["fresh_at"] = time.time() if fresh else 0
        session.save()
        url = f"/fr/payments/{HERS}{path}"
        post = more.pop("post", None)
        return client.get(url, **more) if post is None else client.post(url, post, **more)

    go.bank, go.account = sold.bank, account
    go.hook = sold.bank.make_endpoint(
        account, url="https://example.org/hook", events=["*"], words="compta", key="k1"
    )
    go.key = sold.bank.make_key(account, kind="secret", name="caisse", permissions={}, key="k2")
    return go


def rings(owner):
    return {one.name: one for one in owner.bank.rings[owner.account]}


def token(page):
    return re.search(r'name="token" value="([^"]+)"', text(page))[1]


def test_keys_are_listed_without_themselves(owner):
    page = text(owner())
    assert "caisse" in page
    assert owner.key.hint in page
    assert owner.key.secret not in page
    assert "https://example.org/hook" in page


@pytest.mark.parametrize("path", ["", "keys/", "addresses/"])
def test_only_an_owner_comes_here(owner, path):
    assert owner(path, member=POTTER).status_code == 404
    Membership.objects.filter(person__phone=WEAVER.phone).update(role="clerk")
    assert owner(path).status_code == 404


@pytest.mark.parametrize("path", ["keys/", "addresses/", "keys/{key}/roll/"])
def test_a_session_that_is_not_fresh_proves_itself_first(owner, path):
    path = path.format(key=owner.key.id)
    answer = owner(path, fresh=False)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/fr/account/confirm/?next=")
    assert owner(path, fresh=False, post={"name": "x"}).status_code == 302
    assert len(owner.bank.rings[owner.account]) == 1


def test_a_key_with_limits_is_made_and_shown_once(owner):
    form = owner("keys/")
    typed = {"name": "Comptable", "kind": "restricted", "may_charge": "read", "token": token(form)}
    page = owner("keys/", post={**typed, "may_refund": "none"})
    made = rings(owner)["Comptable"]
    assert made.secret in text(page)
    assert dict(made.permissions) == {"charge": "read"}
    assert made.secret not in text(owner())
    again = owner("keys/", post=typed)
    assert len(owner.bank.rings[owner.account]) == 2
    assert made.secret in text(again)  # the stand-in answers as it did; the real one withholds
    assert Deed.objects.filter(kind="key_made").first().by.phone == WEAVER.phone


def test_a_key_with_limits_may_at_least_one_thing(owner):
    page = text(owner("keys/", post={"name": "x", "kind": "restricted"}))
    assert "au moins une chose" in page
    everything = {"name": "Tout", "kind": "secret", "may_charge": "read"}
    owner("keys/", post=everything)
    assert dict(rings(owner)["Tout"].permissions) == {}


def test_a_key_is_replaced_while_the_old_one_lives_on(owner):
    page = owner(f"keys/{owner.key.id}/roll/", post={"overlap": "week"})
    old, new = owner.bank.rings[owner.account]
    assert new.secret in text(page)
    assert timedelta(days=6) < old.ends_at - timezone.now() <= timedelta(days=7)
    assert "finit le" in text(owner())


def test_a_key_is_ended(owner):
    owner(f"keys/{owner.key.id}/revoke/", post={})
    assert rings(owner)["caisse"].status == "revoked"
    assert "Clés terminées" in text(owner())
    assert owner("keys/key_somebodyelses/roll/").status_code == 404


def test_an_address_shows_how_it_does_and_what_it_missed(owner):
    now = owner.bank.now()
    owner.bank.states[owner.hook.id] = Health(3, 2, 1, failing_since=now)
    owner.bank.tries[owner.hook.id] = [
        Delivery("whd_a_1", "evt_aaaa", "payout.paid", "po_1", 1, True, 200, "", created_at=now),
        Delivery(
            *("whd_b_1", "evt_bbbb", "charge.refunded", "ch_1", 1, False, 500, ""),
            created_at=now,
            next_at=now + timedelta(minutes=5),
        ),
    ]
    page = text(owner(f"{owner.hook.id}/"))
    for said in ("HTTP 500", "prochain essai", "payout.paid", "aucune bonne réponse"):
        assert said in page
    owner(f"{owner.hook.id}/again/", post={"event": "evt_bbbb"})
    assert owner.bank.told_again == [(owner.hook.id, "evt_bbbb")]
    done = owner(f"{owner.hook.id}/again/", post={}, follow=True)
    assert "1 message est renvoyé" in text(done)
    assert "Ne répond pas" in text(owner())


def test_an_address_is_added_switched_and_removed(owner):
    typed = {"url": "https://example.org/two", "about": "payouts"}
    page = text(owner("addresses/", post=typed))
    made = owner.bank.hooks[owner.account][-1]
    assert made.secret in page
    assert "payout.paid" in made.events
    change = f"{made.id}/change/"
    owner(change, post={"do": "off"})
    assert not owner.bank.hooks[owner.account][-1].is_on
    assert "Éteinte" in text(owner())
    page = text(owner(change, post={"do": "roll", "overlap": "day"}))
    assert owner.bank.hooks[owner.account][-1].secret in page
    owner(change, post={"do": "drop"})
    assert [one.id for one in owner.bank.hooks[owner.account]] == [owner.hook.id]


@pytest.mark.parametrize("url", ["", "example.org", "ftp://example.org", "javascript:alert(1)"])
def test_what_is_no_address_is_refused(owner, url):
    assert "field--error" in text(owner("addresses/", post={"url": url, "about": "all"}))


def test_another_accounts_address_is_not_found(owner, visit):  # noqa: F811
    officer("see_all_payments", "run_programs")
    assert visit(OFFICER, HERS).status_code == 404
    assert visit(OFFICER, f"platform/programs/{owner.hook.id}/").status_code == 404
    assert visit(OFFICER, "platform/programs/").status_code == 200


def test_an_answer_that_was_lost_is_said_and_makes_nothing_twice(owner):
    owner.bank.trouble = "lost"
    typed = {"name": "x", "kind": "secret", "token": "t" * 20}
    page = owner("keys/", post=typed, follow=True)
    assert "Pas encore de réponse" in page.content.decode()
    owner.bank.trouble = ""
    owner("keys/", post=typed)
    assert len(owner.bank.rings[owner.account]) == 2
