"""Rules about payments and their lists: written in words, kept with who wrote them, ended."""

import re
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from maalem.platform.ground.gateway.risk_records import Condition
from maalem.platform.market.till.models import Deed
from maalem.platform.market.till.tests.test_pages import officer, sold, text, visit  # noqa: F401
from tests.cast import NOBODY, OFFICER, POTTER, WEAVER

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(sold, visit, client):  # noqa: F811
    """The officer who writes rules, freshly signed in."""
    officer("see_all_payments", "write_rules")

    def go(path="", *, fresh=True, member=OFFICER, **more):
        visit(member, "platform/")
        session = client.session
        session["fresh_at"] = time.time() if fresh else 0
        session.save()
        url = f"/fr/payments/platform/rules/{path}"
        post = more.pop("post", None)
        return client.get(url, **more) if post is None else client.post(url, post, **more)

    go.bank = sold.bank
    return go


def laws(desk):
    return desk.bank.laws.get("", [])


def typed(*terms, often=(), **more):
    """A form as a browser sends it: conditions as (fact, comparator, value[, list])."""
    said = {"action": "review", "reason": "Grand montant", "until": "", **more}
    said |= {"term-TOTAL_FORMS": len(terms) + 1, "term-INITIAL_FORMS": 0}
    for place, term in enumerate([*terms, ("", "is", "")]):
        names = ("fact", "comparator", "value", "values")
        said |= {f"term-{place}-{n}": v for n, v in zip(names, (*term, ""), strict=False)}
    said |= {"often-TOTAL_FORMS": 1, "often-INITIAL_FORMS": 0}
    names = ("count", "per", "comparator", "value", "window_h")
    blank = ("attempts", "card", "more_than", "", "24")
    return said | {f"often-0-{n}": v for n, v in zip(names, often or blank, strict=True)}


def test_there_is_nothing_to_be_afraid_of_at_first(desk):
    page = text(desk())
    assert "Aucune règle" in page
    assert "Aucune liste" in page


@pytest.mark.parametrize("member", [WEAVER, POTTER, NOBODY])
@pytest.mark.parametrize("path", ["", "new/", "lists/new/", "rule_aaaa/", "lists/rsl_aaaa/"])
def test_nobody_else_comes_here(desk, member, path):
    assert desk(path, member=member).status_code == 404


def test_an_officer_without_the_right_sees_no_rules(desk):
    officer("see_all_payments", "judge_reviews")
    assert desk().status_code == 404
    assert desk("new/", post=typed(("amount", "at_least", "5000"))).status_code == 404
    assert laws(desk) == []


def test_a_workshop_has_no_rules_of_its_own(desk, visit):  # noqa: F811
    assert visit(OFFICER, "fadma-ait-baha/rules/").status_code == 404


@pytest.mark.parametrize("path", ["new/", "lists/new/"])
def test_a_session_that_is_not_fresh_proves_itself_first(desk, path):
    assert "/account/confirm/" in desk(path, fresh=False)["Location"]
    assert desk(path, fresh=False, post=typed(("rail", "is", "card"))).status_code == 302
    assert laws(desk) == []


def test_a_rule_is_written_and_stands_there_with_who_wrote_it(desk):
    term = ("amount", "at_least", "5 000,50")
    page = desk("new/", post=typed(term, ("card_country", "none_of", "ma, fr")), follow=True)
    (law,) = laws(desk)
    assert law.conditions == (
        Condition("amount", "at_least", 500_050),
        Condition("card_country", "none_of", ("MA", "FR")),
        Condition("currency", "is", "mad"),
    )
    assert (law.action, law.reason, law.ends_at) == ("review", "Grand montant", None)
    for said in ("5\u202f000,50", "MA, FR", "n’est aucun de", "A écrit la règle", "Youssef"):
        assert said in text(page)
    assert "Grand montant" in text(desk())
    deed = Deed.objects.get(kind="rule_made")
    assert (deed.about, deed.by.phone) == (law.id, OFFICER.phone)


def test_a_press_that_is_sent_twice_writes_one_rule(desk):
    said = typed(("rail", "is", "wallet"), token="t" * 20)
    desk("new/", post=said)
    desk("new/", post=said)
    assert len(laws(desk)) == 1


def test_a_rule_can_count(desk):
    often = ("declines", "card", "more_than", "3", "48")
    page = desk("new/", post=typed(often=often, action="block"), follow=True)
    (law,) = laws(desk)
    (term,) = law.conditions
    assert term == Condition("velocity", "more_than", 3, per="card", count="declines", window_h=48)
    assert "en 48 heures" in text(page)


@pytest.mark.parametrize(
    "terms",
    [
        (),
        (("amount", "is", "5"),),
        (("amount", "at_least", "much"),),
        (("risk_score", "at_least", "100"),),
        (("email", "at_least", "a@b.org"),),
        (("email", "is", "nobody"),),
        (("rail", "is", "nothing"),),
        (("card_country", "one_of", "Maroc, FR"),),
        (("email", "in_list", "", ""),),
        (("", "is", "left alone"),),
        (("weather", "is", "fine"),),
    ],
)
def test_what_would_never_be_met_is_refused_with_what_was_typed(desk, terms):
    page = text(desk("new/", post=typed(*terms)))
    assert "field--error" in page or "une à dix conditions" in page
    assert "Grand montant" in page
    assert laws(desk) == []


def test_a_rule_ends_with_its_last_day_and_not_in_the_past(desk):
    yesterday = timezone.localdate() - timedelta(days=1)
    form = typed(("rail", "is", "wallet"), until=yesterday.isoformat())
    assert "n’est pas passé" in text(desk("new/", post=form))
    day = timezone.localdate() + timedelta(days=3)
    desk("new/", post={**form, "until": day.isoformat()})
    (law,) = laws(desk)
    assert timezone.localtime(law.ends_at).date() == day + timedelta(days=1)
    rendered = text(desk(f"{law.id}/change/"))
    assert f'value="{day.isoformat()}"' in rendered
    assert "required" in re.search(r'<input type="date"[^>]*>', rendered)[0]


def test_a_change_is_a_version_and_what_was_said_before_stays(desk):
    desk("new/", post=typed(("amount", "at_least", "5000"), ("rail", "is", "card")))
    (law,) = laws(desk)
    page = text(desk(f"{law.id}/change/"))
    assert 'value="5000.00"' in page
    said = typed(("amount", "at_least", "7000"), action="block", version="1")
    page = desk(f"{law.id}/change/", post=said, follow=True)
    (law,) = laws(desk)
    assert (law.version, law.action, law.conditions[0].value) == (2, "block", 700_000)
    assert "Ce qu’elle disait avant" in text(page)
    assert "5\u202f000" in text(page)
    late = desk(f"{law.id}/change/", post={**said, "reason": "x"}, follow=True)
    assert "entre-temps" in text(late)
    assert laws(desk)[0].version == 2


def test_a_rule_is_ended_and_can_be_read_on(desk):
    desk("new/", post=typed(("rail", "is", "wallet")))
    (law,) = laws(desk)
    desk(f"{law.id}/end/", post={})
    assert laws(desk)[0].has_ended
    assert "Règles terminées" in text(desk())
    assert "Changer" not in text(desk(f"{law.id}/")).split("<h1")[1]
    assert desk(f"{law.id}/change/").status_code == 302
    assert desk("rule_nobodys/").status_code == 404


def made_list(desk, kind="email"):
    desk("lists/new/", post={"name": "Tenus à l’écart", "kind": kind})
    return desk.bank.lists[""][-1]


def test_a_list_is_made_filled_emptied_and_looked_into(desk):
    one = made_list(desk)
    change = f"lists/{one.id}/change/"
    page = desk(change, post={"value": "voleur@example.org"}, follow=True)
    assert "voleur@example.org" in text(page)
    assert "Aucune règle ne regarde cette liste" in text(page)
    desk("new/", post=typed(("email", "in_list", "", one.id), action="block"))
    assert laws(desk)[0].conditions == (Condition("email", "in_list", one.id),)
    assert "Tenus à l’écart" in text(desk(f"{laws(desk)[0].id}/"))
    assert "1 règle la regarde" in text(desk())
    (kept,) = desk.bank.on_list[one.id]
    desk(change, post={"item": kept.id})
    assert desk.bank.on_list[one.id] == []
    kinds = set(Deed.objects.filter(about=one.id).values_list("kind", flat=True))
    assert kinds == {"list_made", "list_added", "list_removed"}


def test_a_list_in_use_stays_and_another_goes(desk):
    one = made_list(desk)
    desk("new/", post=typed(("email", "in_list", "", one.id)))
    page = desk(f"lists/{one.id}/change/", post={"do": "drop"}, follow=True)
    assert "refusé" in text(page)
    desk(f"{laws(desk)[0].id}/end/", post={})
    desk(f"lists/{one.id}/change/", post={"do": "drop"})
    assert desk.bank.lists[""] == []
    assert desk(f"lists/{one.id}/").status_code == 404


def test_a_list_of_something_else_is_no_choice(desk):
    one = made_list(desk, kind="country")
    page = text(desk("new/", post=typed(("email", "in_list", "", one.id))))
    assert "Cette liste contient autre chose" in page
    assert laws(desk) == []


def test_silence_is_said_and_keeps_what_was_typed(desk):
    said = typed(("rail", "is", "wallet"), token="t" * 20)
    desk.bank.trouble = "lost"
    page = text(desk("new/", post=said))
    assert "Pas encore de réponse" in page
    assert "Grand montant" in page
    desk.bank.trouble = ""
    desk("new/", post=said)
    assert len(laws(desk)) == 1
    desk.bank.trouble = "down"
    assert desk().status_code == 503
